#include "CParaKernels.h"
#include "clones.h"

PARA_KERNEL
void para_widen_bfloat16(const void *x, long size, float *out) {
  for (long i = 0; i < size; i++) {
    uint16_t high;
    memcpy(&high, (const char *)x + 2 * i, 2);
    uint32_t bits = (uint32_t)high << 16;
    memcpy(out + i, &bits, 4);
  }
}

PARA_KERNEL
void para_widen_float16(const void *x, long size, float *out) {
  for (long i = 0; i < size; i++) {
    _Float16 half;
    memcpy(&half, (const char *)x + 2 * i, 2);
    out[i] = (float)half;
  }
}
