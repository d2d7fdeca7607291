#ifndef PARA_CLONES_H
#define PARA_CLONES_H

#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

// The compiler writes one version of each kernel per instruction set and the loader picks by the
// processor.
#if defined(__x86_64__) && defined(__linux__)
#define PARA_KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define PARA_KERNEL
#endif

#endif
