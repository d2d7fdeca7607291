#include "CParaKernels.h"

#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

#if defined(__x86_64__)
#include <cpuid.h>

// Linux keeps tile registers only for processes that ask (arch_prctl, ARCH_REQ_XCOMP_PERM, XTILEDATA).
static int may_use_tiles(void) {
#if defined(__linux__)
  return syscall(SYS_arch_prctl, 0x1023, 18) == 0;
#else
  return 0;
#endif
}

static uint32_t detected_features(void) {
  uint32_t features = 0;
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2"))
    features |= PARA_CPU_AVX2;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    features |= PARA_CPU_AVX512;
  if (__builtin_cpu_supports("avx512vnni")) features |= PARA_CPU_AVX512_VNNI;
  if (__builtin_cpu_supports("avx512bf16")) features |= PARA_CPU_AVX512_BF16;
  if (__builtin_cpu_supports("amx-tile") && __builtin_cpu_supports("amx-bf16") && __builtin_cpu_supports("amx-int8") &&
      may_use_tiles())
    features |= PARA_CPU_AMX;
  return features;
}

static int detected_vendor(void) {
  unsigned int highest, b, c, d;
  if (!__get_cpuid(0, &highest, &b, &c, &d)) return PARA_VENDOR_OTHER;
  if (b == signature_INTEL_ebx && d == signature_INTEL_edx && c == signature_INTEL_ecx) return PARA_VENDOR_INTEL;
  if (b == signature_AMD_ebx && d == signature_AMD_edx && c == signature_AMD_ecx) return PARA_VENDOR_AMD;
  return PARA_VENDOR_OTHER;
}

para_processor para_this_processor(void) {
  unsigned int signature = 0, b, c, d;
  __get_cpuid(1, &signature, &b, &c, &d);
  int family = signature >> 8 & 15, model = signature >> 4 & 15;
  if (family == 6 || family == 15) model |= signature >> 12 & 0xF0;
  if (family == 15) family += signature >> 20 & 0xFF;
  return (para_processor){
    .features = detected_features(), .vendor = detected_vendor(), .family = family, .model = model};
}

#else

para_processor para_this_processor(void) { return (para_processor){.features = 0}; }

#endif

// The processors in this process's affinity mask.
long para_allowed_processors(void) {
#if defined(__linux__)
  unsigned char mask[8192] = {0};
  long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask), count = 0;
  for (long i = 0; i < bytes; i++) count += __builtin_popcount(mask[i]);
  return count;
#else
  return 0;
#endif
}
