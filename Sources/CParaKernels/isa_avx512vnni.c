// AVX-512 with VNNI alone: bf16 products run on pairs of 16 bits, at the speed that BF16 would have.

#if defined(__x86_64__)

#include "CParaKernels.h"
#include <immintrin.h>
#include <math.h>

#pragma clang attribute push( \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,fma,bmi2"))), apply_to = function)

#define PARA_AVX512
#define PARA_PAIRS
#define PARA_LANES 16
#define PARA_TILE_ROWS 8

#define PARA_TABLE para_kernels_avx512vnni
#define PARA_NAME "avx512vnni"

#include "kernels.inc.h"

#pragma clang attribute pop

#endif
