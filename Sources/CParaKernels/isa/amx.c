// AMX for bf16 and int8 linear layers, AVX-512 for all else.

#if defined(__x86_64__) && defined(__linux__)

#include "CParaKernels.h"
#include <immintrin.h>

#define PARA_ISA amx
#define PARA_REQUIRED (PARA_CPU_AVX512 | PARA_CPU_AVX512_VNNI | PARA_CPU_AVX512_BF16 | PARA_CPU_AMX)
#define PARA_PREFERRED 0

#define PARA_LANES 16
#define PARA_VECTOR_OPERATIONS "vector_operations_avx512.inc.h"
#define PARA_HAS_BYTE_DOT
#define PARA_HAS_BFLOAT16_DOT
#define PARA_HAS_TILES
#define PARA_INT8_VALUES_KERNEL "add_generated_int8_avx512.inc.h"
#define PARA_TILE_TOKENS 8
#define PARA_TILE_PANELS(tokens) ((tokens) > 4 ? 3 : (tokens) > 2 ? 6 : 8)
#define PARA_UNROLL_GROUPS

#pragma clang attribute push(__attribute__((target( \
    "amx-tile,amx-bf16,amx-int8,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,fma," \
    "bmi2"))), apply_to = function)
#include "../kernels/table.inc.h"
#pragma clang attribute pop

#endif
