#include "CKernels.h"
#include "vector.h"

#include <math.h>

PARA_KERNEL
static float sum_of_exp(const float *x, long size, float largest) {
  PARA_REASSOCIATE
  float sum = 0;
  for (long i = 0; i < size; i++) sum += para_exp(x[i] - largest);
  return sum;
}

PARA_KERNEL
static float largest_of(const float *x, long size) {
  float largest = -__builtin_inff();
  for (long i = 0; i < size; i++) largest = x[i] > largest ? x[i] : largest;
  return largest;
}

float para_log_sum_exp(const float *x, long size) {
  float largest = largest_of(x, size);
  if (largest == -__builtin_inff()) return largest;
  // Blocks keep the fp32 partial sums short, so that 256 k terms lose no digits.
  double sum = 0;
  for (long first = 0; first < size; first += 4096) {
    long count = size - first < 4096 ? size - first : 4096;
    sum += sum_of_exp(x + first, count, largest);
  }
  return largest + (float)log(sum);
}

long para_largest(const float *x, long size, long count, int32_t *indices, float *values) {
  if (count <= 0) return 0;
  long found = 0;
  for (long i = 0; i < size; i++) {
    float value = x[i];
    if (value != value || (found == count && !(value > values[count - 1]))) continue;
    long place = found < count ? found++ : count - 1;
    for (; place > 0 && value > values[place - 1]; place--) {
      values[place] = values[place - 1];
      indices[place] = indices[place - 1];
    }
    values[place] = value;
    indices[place] = (int32_t)i;
  }
  return found;
}
