// AVX-512 with VNNI and BF16: 24 of 32 registers hold the sums of a tile of 8 tokens × 48 output features.

#if defined(__x86_64__)

#include "CParaKernels.h"
#include <immintrin.h>

#define PARA_ISA avx512
#define PARA_REQUIRED (PARA_CPU_AVX512 | PARA_CPU_AVX512_VNNI | PARA_CPU_AVX512_BF16)
#define PARA_PREFERRED PARA_CPU_FAST_BFLOAT16_DOT

#define PARA_LANES 16
#define PARA_VECTOR_OPERATIONS "vector_operations_avx512.inc.h"
#define PARA_HAS_BYTE_DOT
#define PARA_HAS_BFLOAT16_DOT
#define PARA_INT8_VALUES_KERNEL "add_generated_int8_avx512.inc.h"
#define PARA_TILE_TOKENS 8
#define PARA_TILE_PANELS(tokens) ((tokens) > 4 ? 3 : (tokens) > 2 ? 6 : 8)
#define PARA_UNROLL_GROUPS

#pragma clang attribute push(__attribute__((target( \
    "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,fma,bmi2"))), apply_to = function)
#include "../kernels/table.inc.h"
#pragma clang attribute pop

#endif
