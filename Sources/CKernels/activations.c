#include "CKernels.h"
#include "vector.h"

#include <math.h>

PARA_KERNEL
void para_silu_multiply(float *restrict gate, const float *restrict up, long size) {
  for (long i = 0; i < size; i++) gate[i] = gate[i] / (1.0f + para_exp(-gate[i])) * up[i];
}

PARA_KERNEL
void para_gelu_multiply(float *restrict gate, const float *restrict up, long size) {
  for (long i = 0; i < size; i++)
    gate[i] = 0.5f * gate[i] * (1.0f + erff(gate[i] * 0.70710678118654752440f)) * up[i];
}

PARA_KERNEL
void para_gelu_tanh_multiply(float *restrict gate, const float *restrict up, long size) {
  for (long i = 0; i < size; i++) {
    // ½ (1 + tanh(u)) = sigmoid(2u), without the cancellation that tanh brings for u < 0.
    float x = gate[i], u = 0.79788456080286535588f * (x + 0.044715f * x * x * x);
    gate[i] = x / (1.0f + para_exp(-2.0f * u)) * up[i];
  }
}

PARA_KERNEL
void para_soft_cap(float *x, float cap, long size) {
  for (long i = 0; i < size; i++) x[i] = cap * para_tanh(x[i] / cap);
}
