#include "CKernels.h"
#include "vector.h"

PARA_KERNEL
void para_rotate(float *x, long heads, long headSize, const float *cosine, const float *sine) {
  long half = headSize / 2;
  for (long head = 0; head < heads; head++) {
    float *restrict low = x + head * headSize, *restrict high = low + half;
    for (long i = 0; i < half; i++) {
      float a = low[i], b = high[i];
      low[i] = a * cosine[i] - b * sine[i];
      high[i] = b * cosine[i] + a * sine[i];
    }
  }
}
