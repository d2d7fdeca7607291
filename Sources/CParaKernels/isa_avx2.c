// AVX2 and FMA: 12 of 16 registers hold a tile of 6 rows × 16 columns.

#if defined(__x86_64__)

#include "CParaKernels.h"
#include <immintrin.h>
#include <math.h>

#pragma clang attribute push( \
  __attribute__((target("avx2,fma,f16c,bmi2"))), apply_to = function)

#define PARA_PAIRS
#define PARA_LANES 8
#define PARA_TILE_ROWS 6

#define PARA_TABLE para_kernels_avx2
#define PARA_NAME "avx2"

#include "kernels.inc.h"

#pragma clang attribute pop

#endif
