// Whatever the compiler targets: SSE2 on x86-64.

#if !defined(__aarch64__)

#include "CParaKernels.h"

#define PARA_ISA portable
#define PARA_REQUIRED 0
#define PARA_PREFERRED 0

#define PARA_LANES 4
#define PARA_VECTOR_OPERATIONS "vector_operations_portable.inc.h"
#define PARA_TILE_TOKENS 4
#define PARA_TILE_PANELS(tokens) ((tokens) > 2 ? 1 : (tokens) > 1 ? 2 : 4)
#define PARA_UNROLL_GROUPS

#include "../kernels/table.inc.h"

#endif
