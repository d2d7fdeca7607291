#ifndef PARA_CKERNELS_H
#define PARA_CKERNELS_H

#include <stdint.h>

// Kernels over rows of fp32 numbers. Each works on one row (or one group of query rows) at a time,
// in an order of operations that does not depend on how many rows a batch holds. Pointers need no
// alignment, sizes may be 0.

// out[i] = x[i] · weight[i] / sqrt(mean(x²) + epsilon)
void para_rms_norm(const float *x, const float *weight, float epsilon, long size, float *out);

// Rotates the pairs (i, i + headSize/2) of every head of one row: x is [heads, headSize],
// cosine and sine are [headSize/2].
void para_rotate(float *x, long heads, long headSize, const float *cosine, const float *sine);

// gate[i] = f(gate[i]) · up[i], f(x) = x · sigmoid(x)
void para_silu_multiply(float *gate, const float *up, long size);

// The same with f(x) = x · Φ(x), Φ the normal distribution function
void para_gelu_multiply(float *gate, const float *up, long size);

// The same with f(x) = x · ½ (1 + tanh(√(2/π) (x + 0.044715 x³)))
void para_gelu_tanh_multiply(float *gate, const float *up, long size);

// x[i] = cap · tanh(x[i] / cap)
void para_soft_cap(float *x, float cap, long size);

// x[i] *= factor
void para_scale(float *x, float factor, long size);

// x[i] += y[i]
void para_add(float *x, const float *y, long size);

// x[i] *= y[i]
void para_multiply(float *x, const float *y, long size);

// A run of cached keys and values of one head: `count` rows of `stride` floats. Row i is the i-th
// of the run or, where `rows` is given, the rows[i]-th.
typedef struct {
  const float *keys;
  const float *values;
  long stride;
  long count;
  const int32_t *rows;
} para_key_value_run;

// Softmax attention of `queries` query heads that share one key/value head, over the concatenation
// of the runs. query and out are [queries, headSize] with the given row strides; scores is scratch
// of queries × (sum of counts). A finite cap bounds the scaled scores as para_soft_cap does.
void para_attend(
  const float *query, long queryStride, long queries, long headSize, const para_key_value_run *runs, long runCount,
  float scale, float cap, float *scores, float *out, long outStride);

// log(Σ exp(x[i])); −∞ for size 0.
float para_log_sum_exp(const float *x, long size);

// The `count` largest of x, by falling value and, where equal, rising index. NaN never ranks.
// Returns how many were found: min(count, numbers in x).
long para_largest(const float *x, long size, long count, int32_t *indices, float *values);

// Widening copies of half-precision numbers, which need no alignment.
void para_widen_bfloat16(const void *x, long size, float *out);
void para_widen_float16(const void *x, long size, float *out);

// bf16 numbers evenly spread over [−bound, bound): number i depends on seed and first + i alone.
void para_random_bfloat16(uint64_t seed, uint64_t first, float bound, long size, uint16_t *out);

#endif
