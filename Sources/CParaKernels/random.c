#include "CParaKernels.h"
#include "clones.h"

// SplitMix64 (Steele, Lea and Flood, 2014) by counter: the state after `count` steps is seed + count · γ.
INLINE uint64_t split_mix(uint64_t seed, uint64_t count) {
  uint64_t bits = seed + count * 0x9E3779B97F4A7C15u;
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9u;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBu;
  return bits ^ (bits >> 31);
}

PARA_KERNEL
void para_random_bfloat16(uint64_t seed, uint64_t first, float bound, long size, uint16_t *restrict out) {
  for (long i = 0; i < size; i++) {
    int32_t step = (int32_t)(split_mix(seed, first + (uint64_t)i) >> 40) - (1 << 23);
    float number = (float)step * 0x1p-23f * bound;
    uint32_t bits;
    memcpy(&bits, &number, 4);
    out[i] = (uint16_t)(bits >> 16);
  }
}
