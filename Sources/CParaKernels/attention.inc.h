// Softmax attention over cached keys and values: a prompt's (caches.inc.h) and, row by row, generated
// ones, in bf16 if `half` says so or else in fp32. Steps over int8 caches are in attention8.inc.h.

// x[i] = exp(x[i] − largest), times factors[i] if there are factors, which are then at least 0; adds up
// the exponentials, and finds the greatest product. Entries of −∞ become 0. As many factors are
// called from `after`.
INLINE void exponentiate_part(
  float *x, float largest, const float *factors, const float *after, long size, vf *sum, vf *greatest) {
  for (long i = 0; i < size; i += PARA_LANES) {
    long n = size - i;
    vf e = vf_exp(LOAD(x + i) - largest);
    if (n < PARA_LANES) {
      vf_store_part(x + i, e, n);
      e = vf_load_part(x + i, n);
    }
    *sum += e;
    if (factors) {
      __builtin_prefetch(after + i, 0, 2);
      e *= LOAD(factors + i);
      *greatest = vf_max(*greatest, e);
    }
    if (n >= PARA_LANES) vf_store(x + i, e);
    else vf_store_part(x + i, e, n);
  }
}

// x[i] = exp(x[i] − max x); returns the sum.
static float exponentiate(float *x, long size) {
  vf sum = {};
  exponentiate_part(x, largest_of(x, size), 0, 0, size, &sum, 0);
  return vf_sum(sum);
}

INLINE void hide(float *scores, long from, long to) {
  for (long i = from; i < to; i++) scores[i] = -__builtin_inff();
}

INLINE void rotated_query(const para_attention *p, const float *query, long position, float *out) {
  long half = p->headSize / 2;
  const float *cosine = p->rotary + position * p->headSize, *sine = cosine + half;
  for (long g = 0; g < p->group; g++, query += p->headSize, out += p->headSize)
    for (long i = 0; i < half; i += PARA_LANES) {
      long n = half - i;
      vf a = LOAD(query + i), b = LOAD(query + half + i), c = LOAD(cosine + i), s = LOAD(sine + i);
      vf first = (a * c - b * s) * p->scale, second = (b * c + a * s) * p->scale;
      if (n >= PARA_LANES) {
        vf_store(out + i, first);
        vf_store(out + half + i, second);
      } else {
        vf_store_part(out + i, first, n);
        vf_store_part(out + half + i, second, n);
      }
    }
}

// out = x · factor
INLINE void scaled_copy(const float *x, float factor, long size, float *out) {
  for (long i = 0; i < size; i += PARA_LANES) {
    long n = size - i;
    if (n >= PARA_LANES) vf_store(out + i, vf_load(x + i) * factor);
    else vf_store_part(out + i, vf_load_part(x + i, n) * factor, n);
  }
}

INLINE void prompt_storage(
  const para_attention *p, const para_prompt_cache *c, const para_attention_rows *r, long start, long end,
  const int format) {
  long size = p->headSize;
  float *row = p->scratch, *zeros = row + rounded(size);
  for (long token = start; token < end; token++) {
    const float *angles = p->rotary + token * size;
    float *key = r->key + (token - start) * r->keyStride;
    rotate(key, 1, size, angles, angles + size / 2);
    store_prompt_key(c, key, token, size, row, format);
    store_prompt_value(c, r->value + (token - start) * r->valueStride, token, size, row, format);
  }
  // Positions that fill the last panel weigh 0, which must not meet a NaN.
  memset(zeros, 0, 4 * (unsigned long)size);
  for (long token = end; token < rounded(end); token++) store_prompt_value(c, zeros, token, size, row, format);
}

static void store_prompt(
  const para_attention *p, const para_prompt_cache *c, const para_attention_rows *r, long first, long end) {
  switch (p->format) {
    case PARA_INT8: return prompt_storage(p, c, r, first, end, PARA_INT8);
    case PARA_BFLOAT16: return prompt_storage(p, c, r, first, end, PARA_BFLOAT16);
    default: return prompt_storage(p, c, r, first, end, PARA_FLOAT32);
  }
}

INLINE void prompt_attention(
  const para_attention *p, const para_prompt_cache *c, const para_attention_rows *r, long start, long end,
  const int format) {
  long size = p->headSize, group = p->group, columns = rounded(size);
  // Query rows of some tokens at a time: [tokens × group], so that tiles are full.
  long block = group >= 32 ? 1 : 32 / group;
  float *queries = p->scratch, *sums = queries + block * group * size, *scores = sums + block * group * columns;
  for (long first = start; first < end; first += block) {
    long tokens = end - first < block ? end - first : block, rows = tokens * group;
    // Whole tiles of any instruction set, so that sums do not depend on where a block starts.
    long seen = first + 1 > p->window ? (first + 1 - p->window) / 32 * 32 : 0;
    long width = rounded(first + tokens) - seen;
    float *rest = scores + rows * width;
    for (long i = 0; i < tokens; i++)
      rotated_query(p, r->query + (first - start + i) * r->queryStride, first + i, queries + i * group * size);
    cache_part keys = keys_from(c, seen, width, size, c, format), values = values_from(c, seen, size, c, format);
    multiply_cached(&keys, queries, size, rows, size, 0, scores, width, rest, format);
    // The queries are spent: their memory takes the sums of the softmax and the greatest weights.
    float *greatest = queries + rows;
    for (long row = 0; row < rows; row++) {
      long token = first + row / group;
      long low = token + 1 > p->window ? token + 1 - p->window - seen : 0, high = token + 1 - seen;
      float *s = scores + row * width;
      if (p->cap < __builtin_inff()) soft_cap(s, p->cap, width);
      hide(s, 0, low);
      hide(s, high, width);
      if (format == PARA_INT8) {
        vf sum = {}, most = {};
        exponentiate_part(s, largest_of(s, width), c->valueScales + seen, c->valueScales, width, &sum, &most);
        queries[row] = vf_sum(sum);
        greatest[row] = vf_largest(most);
      } else queries[row] = exponentiate(s, width);
    }
    multiply_cached(&values, scores, width, rows, width, greatest, sums, columns, rest, format);
    for (long row = 0; row < rows; row++) {
      float *out = r->out + (first - start + row / group) * r->outStride + row % group * size;
      scaled_copy(sums + row * columns, 1 / queries[row], size, out);
    }
  }
}

static void attend_prompt(
  const para_attention *p, const para_prompt_cache *c, const para_attention_rows *r, long first, long end) {
  switch (p->format) {
    case PARA_INT8: return prompt_attention(p, c, r, first, end, PARA_INT8);
    case PARA_BFLOAT16: return prompt_attention(p, c, r, first, end, PARA_BFLOAT16);
    default: return prompt_attention(p, c, r, first, end, PARA_FLOAT32);
  }
}

INLINE void store_generated(char *row, const float *x, long size, const int half) {
  if (half) prepare_bfloat16(x, size, row);
  else memcpy(row, x, 4 * (unsigned long)size);
}

// Generated rows are read in words of 4 bytes: one fp32 number, two bf16 or four int8.
INLINE vf load_words(const void *row, long word, long n) {
  const float *place = (const float *)row + word;
  return LOAD(place);
}

INLINE vf dot_words(vf sum, vf a, vf b, const int half) {
  if (!half) return sum + a * b;
#if defined(PARA_BF16)
  return _mm512_dpbf16_ps(sum, (__m512bh)a, (__m512bh)b);
#else
  sum += (vf)((vu)a & 0xFFFF0000u) * (vf)((vu)b & 0xFFFF0000u);
  return sum + (vf)((vu)a << 16) * (vf)((vu)b << 16);
#endif
}

// The newest rows of one lane's past, and those of the past that is read next, which are called
// into the cache meanwhile: rows lie apart in memory.
typedef struct {
  const char *const *rows, *const *after;
  long count, afterLast;
  const para_generated_past *past, *next;
} lane_past;

INLINE const char *const *newest_rows(const para_generated_past *past, long lane, long count) {
  if (lane >= past->lanes) lane = past->lanes - 1;
  return past->rows + lane * past->rowsStride + past->count - count;
}

INLINE lane_past past_of_lane(const para_generated_past *past, long lane, long count) {
  const para_generated_past *next = past->after ? past->after : past;
  long after = next->count < count ? next->count : count;
  return (lane_past){newest_rows(past, lane, count), newest_rows(next, lane, after), count, after - 1, past, next};
}

// The rows that are read next in the place of row i and the three behind it.
INLINE const char *const *rows_after(const lane_past *l, long i) {
  return l->after + (i < l->afterLast ? i : l->afterLast);
}

// Scores of one lane's queries against its own past, [group] rows `stride` apart; four keys at a
// time, so that their sums go on side by side.
INLINE void generated_scores(
  const para_attention *p, const lane_past *l, const float *queries, float *scores, long stride, const int half) {
  long words = half ? p->headSize / 2 : p->headSize;
  for (long i = 0; i < l->count; i += 4) {
    const char *keys[4], *const *after = rows_after(l, i);
    for (int j = 0; j < 4; j++) {
      keys[j] = l->rows[i + j] + l->past->keyOffset;
      const char *next = after[j] + l->next->keyOffset;
      for (long byte = 0; byte < 4 * words; byte += 64) __builtin_prefetch(next + byte, 0, 2);
    }
    for (long g = 0; g < p->group; g++) {
      const float *query = queries + g * p->headSize;
      vf sums[4] = {};
      for (long word = 0; word < words; word += PARA_LANES) {
        vf q = load_words(query, word, words - word);
        for (int j = 0; j < 4; j++) sums[j] = dot_words(sums[j], q, load_words(keys[j], word, words - word), half);
      }
      float four[4];
      vf_sum_4(sums, four);
      for (int j = 0; j < 4 && i + j < l->count; j++) scores[g * stride + i + j] = four[j];
    }
  }
}

// out += Σ weights[i] · value row i over some vectors of words, the last of `n` words, for one query.
INLINE void add_words(
  const lane_past *l, const float *weights, float *out, long word, const int vectors, long n, const int half) {
  vf sums[2][2] = {};  // of each vector, in bf16 the even and the odd numbers
  for (long i = 0; i < l->count; i++) {
    const char *row = l->rows[i] + l->past->valueOffset, *next = *rows_after(l, i) + l->next->valueOffset;
    vf weight = vf_all(weights[i]);
    for (int v = 0; v < vectors; v++) {
      __builtin_prefetch(next + 4 * (word + v * PARA_LANES), 0, 2);
      vf value = load_words(row, word + v * PARA_LANES, v + 1 < vectors ? PARA_LANES : n);
      sums[v][0] += weight * (half ? (vf)((vu)value << 16) : value);
      if (half) sums[v][1] += weight * (vf)((vu)value & 0xFFFF0000u);
    }
  }
  for (int v = 0; v < vectors; v++) {
    long place = word + v * PARA_LANES, m = v + 1 < vectors ? PARA_LANES : n;
    if (half) {
      vf_interleave(sums[v][0], sums[v][1], &sums[v][0], &sums[v][1]);
      place *= 2;
      m *= 2;
    }
    for (int part = 0; part <= half; part++, place += PARA_LANES, m -= PARA_LANES) {
      if (m >= PARA_LANES) vf_store(out + place, vf_load(out + place) + sums[v][part]);
      else if (m > 0) vf_store_part(out + place, vf_load_part(out + place, m) + sums[v][part], m);
    }
  }
}

INLINE void add_generated(
  const para_attention *p, const lane_past *l, const float *weights, float *out, const int half) {
  long words = half ? p->headSize / 2 : p->headSize, word = 0;
  for (; word + 2 * PARA_LANES <= words; word += 2 * PARA_LANES) add_words(l, weights, out, word, 2, PARA_LANES, half);
  if (word + PARA_LANES < words) add_words(l, weights, out, word, 2, words - word - PARA_LANES, half);
  else if (word < words) add_words(l, weights, out, word, 1, words - word, half);
}

// What a step attends to: `prompt` positions of the prompt from `start` on, to whole panels, and the
// newest `own` of the generated ones.
typedef struct {
  long position, lowest;  // of the new token, and the first that it sees
  long start, prompt, own, width;
} step_view;

INLINE step_view view_of(const para_attention *p, const para_prompt_cache *c, const para_generated_past *past) {
  long position = c->count + past->count - 1;
  long lowest = position + 1 > p->window ? position + 1 - p->window : 0;
  long start = lowest < c->count ? lowest / 16 * 16 : rounded(c->count), prompt = rounded(c->count) - start;
  long own = past->count - (lowest > c->count ? lowest - c->count : 0);
  return (step_view){position, lowest, start, prompt, own, prompt + rounded(own)};
}

// Caps a row of scores and hides what is not seen.
INLINE void mask_scores(const para_attention *p, const para_prompt_cache *c, const step_view *v, float *scores) {
  if (p->cap < __builtin_inff()) soft_cap(scores, p->cap, v->prompt + v->own);
  if (v->prompt > 0) {
    hide(scores, 0, v->lowest - v->start);
    hide(scores, c->count - v->start, v->prompt);
  }
}

INLINE void step_attention(
  const para_attention *p, const para_prompt_cache *c, const para_attention_rows *r, const para_generated_past *past,
  const int half) {
  const step_view v = view_of(p, c, past);
  const int format = half ? PARA_BFLOAT16 : PARA_FLOAT32;
  long size = p->headSize, group = p->group, rows = past->lanes * group, columns = rounded(size), width = v.width;
  float *queries = p->scratch, *sums = queries + rows * size, *scores = sums + rows * columns;
  const float *angles = p->rotary + v.position * size;
  const para_prompt_cache *next = c->after ? c->after : c;

  for (long lane = 0; lane < past->lanes; lane++) {
    char *newest = (char *)past->rows[lane * past->rowsStride + past->count - 1];
    float *key = r->key + lane * r->keyStride;
    rotate(key, 1, size, angles, angles + size / 2);
    store_generated(newest + past->keyOffset, key, size, half);
    store_generated(newest + past->valueOffset, r->value + lane * r->valueStride, size, half);
    rotated_query(p, r->query + lane * r->queryStride, v.position, queries + lane * group * size);
  }
  cache_part keys = keys_from(c, v.start, v.prompt, size, next, format);
  multiply_cached(&keys, queries, size, rows, size, 0, scores, width, 0, format);
  for (long lane = 0; lane < past->lanes; lane++) {
    lane_past l = past_of_lane(past, lane, v.own);
    generated_scores(
      p, &l, queries + lane * group * size, scores + lane * group * width + v.prompt, width, half);
  }
  // The queries are spent: their memory takes the sums of the softmax.
  for (long row = 0; row < rows; row++) {
    mask_scores(p, c, &v, scores + row * width);
    queries[row] = exponentiate(scores + row * width, v.prompt + v.own);
  }
  // The generated part's weights stay fp32: rounding the prompt's in place leaves them alone.
  cache_part values = values_from(c, v.start, size, next, format);
  if (v.prompt > 0) multiply_cached(&values, scores, width, rows, v.prompt, 0, sums, columns, 0, format);
  else memset(sums, 0, 4 * (unsigned long)(rows * columns));
  for (long lane = 0; lane < past->lanes; lane++) {
    lane_past l = past_of_lane(past, lane, v.own);
    for (long g = 0; g < group; g++) {
      long row = lane * group + g;
      float *out = r->out + lane * r->outStride + g * size;
      add_generated(p, &l, scores + row * width + v.prompt, sums + row * columns, half);
      scaled_copy(sums + row * columns, 1 / queries[row], size, out);
    }
  }
}
