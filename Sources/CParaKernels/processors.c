#include "CParaKernels.h"

#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>

long para_allowed_processors(void) {
  unsigned char mask[8192] = {};
  long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask), count = 0;
  for (long i = 0; i < bytes; i++) count += __builtin_popcount(mask[i]);
  return count;
}
#else
long para_allowed_processors(void) { return 0; }
#endif
