#include "CKernels.h"
#include "vector.h"

PARA_KERNEL
void para_add(float *restrict x, const float *restrict y, long size) {
  for (long i = 0; i < size; i++) x[i] += y[i];
}

PARA_KERNEL
void para_multiply(float *restrict x, const float *restrict y, long size) {
  for (long i = 0; i < size; i++) x[i] *= y[i];
}

PARA_KERNEL
void para_scale(float *x, float factor, long size) {
  for (long i = 0; i < size; i++) x[i] *= factor;
}
