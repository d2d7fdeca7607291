// Whatever the compiler targets: SSE2 on x86-64, NEON on 64-bit Arm.

#include "CParaKernels.h"
#include <math.h>

#define PARA_LANES 4
#define PARA_TILE_ROWS 4

#if defined(__aarch64__)
#define PARA_TABLE para_kernels_neon
#define PARA_NAME "neon"
#else
#define PARA_TABLE para_kernels_portable
#define PARA_NAME "portable"
#endif

#include "kernels.inc.h"
