#include "CKernels.h"
#include "vector.h"

PARA_KERNEL
void para_rms_norm(const float *x, const float *weight, float epsilon, long size, float *out) {
  PARA_REASSOCIATE
  float squares = 0;
  for (long i = 0; i < size; i++) squares += x[i] * x[i];
  float inverse = 1.0f / __builtin_sqrtf(squares / (float)size + epsilon);
  for (long i = 0; i < size; i++) out[i] = x[i] * inverse * weight[i];
}
