// AMX for products of bf16 and int8, AVX-512 for all else.

#if defined(__x86_64__) && defined(__linux__)

#include "CParaKernels.h"
#include <immintrin.h>
#include <math.h>

#pragma clang attribute push( \
  __attribute__((target( \
    "amx-tile,amx-bf16,amx-int8,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,fma,bmi2"))), \
  apply_to = function)

#define PARA_AMX
#define PARA_AVX512
#define PARA_BF16
#define PARA_LANES 16
#define PARA_TILE_ROWS 8

#define PARA_TABLE para_kernels_amx
#define PARA_NAME "amx"

#include "kernels.inc.h"

#pragma clang attribute pop

#endif
