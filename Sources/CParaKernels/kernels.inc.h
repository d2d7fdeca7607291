// Every kernel for one instruction set, and the table of them.

#include "simd.h"

#include "numbers.inc.h"

#include "product.inc.h"

#if defined(PARA_AMX)
#include "amx.inc.h"
#endif

#include "prepare.inc.h"

#include "rows.inc.h"

#include "caches.inc.h"

#include "attention.inc.h"

#include "attention8.inc.h"

#include "peak.inc.h"

extern const para_kernels PARA_TABLE;
const para_kernels PARA_TABLE = {
  .name = PARA_NAME,
  .productFloat32 = product_float32,
  .productWidened = product_widened,
  .productBfloat16 = product_bfloat16,
  .productInt8 = product_int8,
  .productInt16 = product_int16,
  .bfloat16Bytes = BFLOAT16_BYTES,
  .int8Bytes = INT8_BYTES,
#if defined(PARA_AVX512)
  .bytesAreFaster = 1,
#endif
  .int8Steps = INT8_STEPS,
  .prepareBfloat16 = prepare_row_bfloat16,
  .prepareInt8 = prepare_row_int8,
  .prepareInt16 = prepare_int16,
  .hadamard = hadamard,
  .storePrompt = store_prompt,
  .attendPrompt = attend_prompt,
  .attendStep = attend_step,
  .rmsNorm = rms_norm,
  .rotate = rotate,
  .siluMultiply = silu_multiply,
  .geluMultiply = gelu_multiply,
  .geluTanhMultiply = gelu_tanh_multiply,
  .softCap = soft_cap,
  .scale = scale,
  .add = add,
  .multiply = multiply,
  .dot = dot,
  .addScaled = add_scaled,
  .largest = largest_of,
  .sumOfExp = sum_of_exp,
  .keepLargest = keep_largest,
  .peakFloat32 = peak_float32,
  .peakBfloat16 = peak_bfloat16,
  .peakInt8 = peak_int8,
  .readLines = read_lines,
};
