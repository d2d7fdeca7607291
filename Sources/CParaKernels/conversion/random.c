#include "CParaKernels.h"
#include "multiversion.h"

MULTIVERSIONED
void para_random_bfloat16(uint64_t seed, uint64_t first, float bound, long size, uint16_t *restrict out) {
  for (long i = 0; i < size; i++) {
    int32_t step = (int32_t)(para_split_mix(seed, first + (uint64_t)i) >> 40) - (1 << 23);
    float element = (float)step * 0x1p-23f * bound;
    uint32_t bits;
    memcpy(&bits, &element, 4);
    out[i] = (uint16_t)(bits >> 16);
  }
}
