#include "CParaKernels.h"

#include <stddef.h>
#include <string.h>

#if defined(__x86_64__)

extern const para_kernels para_kernels_avx512, para_kernels_avx512vnni, para_kernels_avx2, para_kernels_portable;

#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>

extern const para_kernels para_kernels_amx;
#define PARA_AMX_TABLE &para_kernels_amx,

// Linux keeps tile registers only for processes that ask (arch_prctl, ARCH_REQ_XCOMP_PERM, XTILEDATA).
static int may_use_tiles(void) { return syscall(SYS_arch_prctl, 0x1023, 18) == 0; }
#else
#define PARA_AMX_TABLE
#endif

static int runs(const para_kernels *kernels) {
  __builtin_cpu_init();
#if defined(__linux__)
  if (kernels == &para_kernels_amx)
    return runs(&para_kernels_avx512) && __builtin_cpu_supports("amx-tile") && __builtin_cpu_supports("amx-bf16") &&
           __builtin_cpu_supports("amx-int8") && may_use_tiles();
#endif
  if (kernels == &para_kernels_avx512) return runs(&para_kernels_avx512vnni) && __builtin_cpu_supports("avx512bf16");
  if (kernels == &para_kernels_avx512vnni)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vnni");
  if (kernels == &para_kernels_avx2)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  return 1;
}

static const para_kernels *const tables[] = {
  PARA_AMX_TABLE &para_kernels_avx512, &para_kernels_avx512vnni, &para_kernels_avx2, &para_kernels_portable};

#else

#if defined(__aarch64__)
#define PARA_ONLY para_kernels_neon
#else
#define PARA_ONLY para_kernels_portable
#endif
extern const para_kernels PARA_ONLY;
static int runs(const para_kernels *kernels) { return kernels != NULL; }
static const para_kernels *const tables[] = {&PARA_ONLY};

#endif

const para_kernels *para_kernels_at(long place) {
  for (unsigned long i = 0; i < sizeof tables / sizeof *tables; i++)
    if (runs(tables[i]) && place-- == 0) return tables[i];
  return NULL;
}

const para_kernels *para_kernels_named(const char *name) {
  const para_kernels *kernels;
  for (long place = 0; (kernels = para_kernels_at(place)); place++)
    if (!strcmp(name, kernels->name)) break;
  return kernels;
}
