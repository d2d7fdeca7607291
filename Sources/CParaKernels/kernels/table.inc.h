// All kernels of one instruction set and their table, para_kernels_NAME. Included by a file in ../isa, which
// defines before:
//
// PARA_ISA                     the name
// PARA_REQUIRED, _PREFERRED    processor features, see CParaKernels.h
// PARA_LANES                   floats of a vector
// PARA_VECTOR_OPERATIONS       the file with vector operations
// PARA_TILE_TOKENS             tokens of a tile of linear layers
// PARA_TILE_PANELS(tokens)     panels of a tile of `tokens` tokens
// PARA_UNROLL_GROUPS           how the compiler unrolls a tile's loop over the inputs; may be empty
//
// and, where the instruction set has them:
//
// PARA_HAS_BYTE_DOT            vi_dot_bytes is one instruction
// PARA_HAS_INT16_DOT           vi_dot_int16_pairs exists, and takes the place of bf16 products
// PARA_HAS_BFLOAT16_DOT        vf_dot_bfloat16_pairs is one instruction
// PARA_HAS_TILES               AMX
// PARA_INT8_VALUES_KERNEL      a file with add_generated_int8

#include "vectors.inc.h"

#include "math.inc.h"

#include "data_types.inc.h"

#include "epilogue.inc.h"

#include "linear.inc.h"

#if defined(PARA_HAS_TILES)
#include "linear_amx.inc.h"
#endif

#include "quantize.inc.h"

#include "elementwise.inc.h"

#include "logits.inc.h"

#include "int16_halves.inc.h"

#include "kv_cache.inc.h"

#include "softmax.inc.h"

#include "attention_prefill.inc.h"

#include "attention_decode.inc.h"

#include "attention_decode_int8.inc.h"

#include "microbenchmark.inc.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define STRING_(a) #a
#define STRING(a) STRING_(a)

#define PARA_TABLE JOIN(para_kernels_, PARA_ISA)

extern const para_kernels PARA_TABLE;
const para_kernels PARA_TABLE = {
  .name = STRING(PARA_ISA),
  .required = PARA_REQUIRED,
  .preferred = PARA_PREFERRED,
  .linearFloat32 = linear_float32,
  .linearMixed = linear_mixed,
  .linearBfloat16 = linear_bfloat16,
  .linearInt8 = linear_int8,
  .linearInt16 = linear_int16,
  .bfloat16Bytes = BFLOAT16_BYTES,
  .int8Bytes = INT8_BYTES,
#if defined(PARA_HAS_BYTE_DOT)
  .int8IsFasterThanBfloat16 = 1,
#endif
  .int8Limit = INT8_LIMIT,
  .quantizeBfloat16 = quantize_linear_bfloat16,
  .quantizeInt8 = quantize_linear_int8,
  .quantizeInt16 = quantize_int16,
  .rotateHadamard = rotate_hadamard,
  .storePrompt = store_prompt,
  .attendPrefill = attend_prefill,
  .attendDecode = attend_decode,
  .rmsNorm = rms_norm,
  .applyRotary = apply_rotary,
  .siluMultiply = silu_multiply,
  .geluMultiply = gelu_multiply,
  .geluTanhMultiply = gelu_tanh_multiply,
  .softCap = soft_cap,
  .scale = scale,
  .add = add,
  .multiply = multiply_elements,
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
