#ifndef PARA_MULTIVERSION_H
#define PARA_MULTIVERSION_H

#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

// For functions that are bound by memory and exact on every instruction set: the compiler makes one version per
// x86-64 level of plain loops, and the loader chooses; PARA_ISA has no say in it.
#if defined(__x86_64__) && defined(__linux__)
#define MULTIVERSIONED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define MULTIVERSIONED
#endif

#endif
