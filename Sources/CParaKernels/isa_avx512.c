// AVX-512 with VNNI and BF16: 24 of 32 registers hold a tile of 8 rows × 48 columns.

#if defined(__x86_64__)

#include "CParaKernels.h"
#include <immintrin.h>
#include <math.h>

#pragma clang attribute push( \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,fma,bmi2"))), apply_to = function)

#define PARA_AVX512
#define PARA_BF16
#define PARA_LANES 16
#define PARA_TILE_ROWS 8

#define PARA_TABLE para_kernels_avx512
#define PARA_NAME "avx512"

#include "kernels.inc.h"

#pragma clang attribute pop

#endif
