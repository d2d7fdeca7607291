// AVX2 and FMA: 12 of 16 registers hold the sums of a tile of 6 tokens × 16 output features.

#if defined(__x86_64__)

#include "CParaKernels.h"
#include <immintrin.h>

#define PARA_ISA avx2
#define PARA_REQUIRED PARA_CPU_AVX2
#define PARA_PREFERRED 0

#define PARA_LANES 8
#define PARA_VECTOR_OPERATIONS "vector_operations_avx2.inc.h"
#define PARA_HAS_INT16_DOT
#define PARA_INT8_VALUES_KERNEL "add_generated_int8_avx2.inc.h"
#define PARA_TILE_TOKENS 6
#define PARA_TILE_PANELS(tokens) ((tokens) > 2 ? 1 : (tokens) > 1 ? 2 : 4)
// Address arithmetic competes for the few units that the many instructions of a group need.
#define PARA_UNROLL_GROUPS _Pragma("clang loop unroll_count(2)")

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,bmi2"))), apply_to = function)
#include "../kernels/table.inc.h"
#pragma clang attribute pop

#endif
