// Reductions over a token's logits: maximum, log-sum-exp's sum, and top-k.

static float largest_of(const float *x, long size) {
  vf most = vf_splat(-__builtin_inff());
  long i = 0;
  for (; i + PARA_LANES <= size; i += PARA_LANES) most = vf_max(vf_load(x + i), most);
  float largest = vf_reduce_max(most);
  for (; i < size; i++) largest = x[i] > largest ? x[i] : largest;
  return largest;
}

// Σ exp(x − largest); NaN if any x is, which `largest` passes over.
static float sum_of_exp(const float *x, long size, float largest) {
  if (largest == -__builtin_inff()) {
    for (long i = 0; i < size; i++)
      if (x[i] != x[i]) return x[i];
    return 0;
  }
  vf sum = {};
  long i = 0;
  for (; i + PARA_LANES <= size; i += PARA_LANES) sum += vf_exp(vf_load(x + i) - largest);
  if (i < size) {
    // Lanes beyond the end must add exp(−∞) = 0.
    float rest[PARA_LANES];
    for (long lane = 0; lane < PARA_LANES; lane++) rest[lane] = i + lane < size ? x[i + lane] : -__builtin_inff();
    sum += vf_exp(vf_load(rest) - largest);
  }
  return vf_reduce_add(sum);
}

// True if one of 64 elements exceeds `least`.
INLINE int any_exceeds(const float *x, float least) {
  vi any = {};
  for (long i = 0; i < 64; i += PARA_LANES) any |= vf_load(x + i) > least;
  return vf_reduce_max(vf_select(any, vf_splat(1), (vf){})) != 0;
}

// Insertion into a sorted list. Most blocks of 64 elements hold nothing that ranks, and are skipped.
static long keep_largest(
  const float *x, long size, int32_t firstIndex, long count, long found, int32_t *indices, float *values) {
  if (count <= 0) return 0;
  for (long start = 0; start < size; start += 64) {
    long end = start + 64 < size ? start + 64 : size;
    if (found == count && end - start == 64 && !any_exceeds(x + start, values[count - 1])) continue;
    for (long i = start; i < end; i++) {
      float value = x[i];
      if (value != value || (found == count && !(value > values[count - 1]))) continue;
      long place = found < count ? found++ : count - 1;
      for (; place > 0 && value > values[place - 1]; place--) {
        values[place] = values[place - 1];
        indices[place] = indices[place - 1];
      }
      values[place] = value;
      indices[place] = firstIndex + (int32_t)i;
    }
  }
  return found;
}
