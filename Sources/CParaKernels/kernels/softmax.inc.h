// Softmax over a token's attention scores, and the masks and scales around it.

// x[i] = exp(x[i] − largest), all [size], times factors[i] ≥ 0 unless null. Adds up the exponentials in `sum` and
// keeps the greatest product in `maximum`. Scores of −∞ become 0. As many factors are prefetched from
// `nextFactors`.
INLINE void exponentiate_part(
  float *x, float largest, const float *factors, const float *nextFactors, long size, vf *sum, vf *maximum) {
  for (long i = 0; i < size; i += PARA_LANES) {
    long n = size - i;
    vf e = vf_exp(vf_load_up_to(x + i, n) - largest);
    if (n < PARA_LANES) {
      vf_store_first(x + i, e, n);
      e = vf_load_first(x + i, n);
    }
    *sum += e;
    if (factors) {
      __builtin_prefetch(nextFactors + i, 0, 2);
      e *= vf_load_up_to(factors + i, n);
      *maximum = vf_max(*maximum, e);
    }
    vf_store_up_to(x + i, e, n);
  }
}

// x[i] = exp(x[i] − max x); returns the sum, by which the output is divided.
static float exponentiate(float *x, long size) {
  vf sum = {};
  exponentiate_part(x, largest_of(x, size), 0, 0, size, &sum, 0);
  return vf_reduce_add(sum);
}

INLINE void mask(float *scores, long from, long to) {
  for (long i = from; i < to; i++) scores[i] = -__builtin_inff();
}

// A token's queries [group, headSize], rotated and scaled.
INLINE void rotate_query(const para_attention *p, const float *query, long position, float *out) {
  long half = p->headSize / 2;
  const float *cosine = p->rotary + position * p->headSize, *sine = cosine + half;
  for (long g = 0; g < p->group; g++, query += p->headSize, out += p->headSize)
    for (long i = 0; i < half; i += PARA_LANES) {
      long n = half - i;
      vf a = vf_load_up_to(query + i, n), b = vf_load_up_to(query + half + i, n);
      vf c = vf_load_up_to(cosine + i, n), s = vf_load_up_to(sine + i, n);
      vf first = (a * c - b * s) * p->scale, second = (b * c + a * s) * p->scale;
      vf_store_up_to(out + i, first, n);
      vf_store_up_to(out + half + i, second, n);
    }
}

// out = x · factor
INLINE void scaled_copy(const float *x, float factor, long size, float *out) {
  for (long i = 0; i < size; i += PARA_LANES) {
    long n = size - i;
    vf_store_up_to(out + i, vf_load_up_to(x + i, n) * factor, n);
  }
}
