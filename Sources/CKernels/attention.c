#include "CKernels.h"
#include "vector.h"

static inline __attribute__((always_inline)) const float *row_of(
  const para_key_value_run *run, const float *base, long i) {
  return base + (run->rows ? run->rows[i] : i) * run->stride;
}

PARA_KERNEL
void para_attend(
  const float *query, long queryStride, long queries, long headSize, const para_key_value_run *runs, long runCount,
  float scale, float cap, float *scores, float *out, long outStride) {
  PARA_REASSOCIATE
  long total = 0;
  for (long run = 0; run < runCount; run++) total += runs[run].count;

  for (long run = 0, first = 0; run < runCount; first += runs[run].count, run++) {
    for (long i = 0; i < runs[run].count; i++) {
      const float *key = row_of(&runs[run], runs[run].keys, i);
      for (long q = 0; q < queries; q++) {
        const float *row = query + q * queryStride;
        float dot = 0;
        for (long d = 0; d < headSize; d++) dot += row[d] * key[d];
        scores[q * total + first + i] = dot * scale;
      }
    }
  }

  if (cap < __builtin_inff()) para_soft_cap(scores, cap, queries * total);

  for (long q = 0; q < queries; q++) {
    float *restrict row = scores + q * total;
    float largest = -__builtin_inff(), sum = 0;
    for (long i = 0; i < total; i++) largest = row[i] > largest ? row[i] : largest;
    for (long i = 0; i < total; i++) {
      row[i] = para_exp(row[i] - largest);
      sum += row[i];
    }
    float inverse = 1.0f / sum;
    for (long i = 0; i < total; i++) row[i] *= inverse;
    memset(out + q * outStride, 0, sizeof(float) * (unsigned long)headSize);
  }

  for (long run = 0, first = 0; run < runCount; first += runs[run].count, run++) {
    for (long i = 0; i < runs[run].count; i++) {
      const float *value = row_of(&runs[run], runs[run].values, i);
      for (long q = 0; q < queries; q++) {
        float weight = scores[q * total + first + i];
        float *restrict sum = out + q * outStride;
        for (long d = 0; d < headSize; d++) sum[d] += weight * value[d];
      }
    }
  }
}
