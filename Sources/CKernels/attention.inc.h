// Softmax attention over cached keys and values. A prompt's cache is packed as weights are, so that
// its products are the tiles of product.inc.h: keys with positions as columns, values with
// positions as the summed index. `half` says that caches hold bf16.

// One number's, or in bf16 two numbers', words of a row: what a group of a panel has of each column.
INLINE long words_of(long headSize, const int half) { return half ? headSize / 2 : headSize; }

INLINE void store_generated(char *row, const float *x, long size, const int half) {
  if (half) prepare_bfloat16(x, size, row);
  else memcpy(row, x, 4 * (unsigned long)size);
}

// Keys of one head: [positions / 16][words][16]; `row` is room for one.
INLINE void store_prompt_key(
  void *keys, const float *key, long position, long headSize, float *row, const int half) {
  long words = words_of(headSize, half);
  store_generated((char *)row, key, headSize, half);
  float *place = (float *)keys + position / 16 * words * 16 + position % 16;
  for (long word = 0; word < words; word++) place[word * 16] = row[word];
}

// Values of one head: [headSize / 16][positions][16], in bf16 two positions side by side.
INLINE void store_prompt_value(
  void *values, long panelBytes, const float *value, long position, long headSize, const int half) {
  for (long d = 0; d < headSize; d += PARA_LANES) {
    long n = headSize - d;
    vf numbers = LOAD(value + d);
    char *place = (char *)values + d / 16 * panelBytes + (half ? position / 2 : position) * 64 + d % 16 * 4;
    if (half) {
      // The first of two is not read for, because reading new memory costs a fault of its own.
      vu bits = vf_bfloat16(numbers);
      numbers = (vf)(position % 2 ? bits << 16 | ((vu)vi_load(place) & 0xFFFF) : bits);
    }
    vf_store(place, numbers);
  }
}

// x[i] = exp(x[i] − max x); returns the sum. Entries of −∞ become 0.
static float exponentiate(float *x, long size) {
  float largest = largest_of(x, size);
  vf sum = {};
  for (long i = 0; i < size; i += PARA_LANES) {
    long n = size - i;
    vf e = vf_exp(LOAD(x + i) - largest);
    if (n >= PARA_LANES) {
      vf_store(x + i, e);
      sum += e;
    } else {
      vf_store_part(x + i, e, n);
      sum += vf_load_part(x + i, n);
    }
  }
  return vf_sum(sum);
}

INLINE void hide(float *scores, long from, long to) {
  for (long i = from; i < to; i++) scores[i] = -__builtin_inff();
}

// Rows of fp32 numbers, each rounded to bf16 in its own place.
INLINE void narrow_rows(float *x, long stride, long rows, long numbers) {
  for (long row = 0; row < rows; row++) prepare_bfloat16(x + row * stride, numbers, x + row * stride);
}

// out = a · cache; a bf16 cache takes rows that `narrow_rows` has rounded. As much is called from `after`.
INLINE void multiply_cached(
  const float *a, long stride, long rows, const char *cache, long panelBytes, long panels, long numbers,
  const char *after, float *out, long outStride, const int half) {
  if (half)
    multiply_bfloat16(
      (const char *)a, stride * 4, rows, cache, panelBytes, panels, (numbers + 1) / 2, after, out, outStride);
  else
    multiply_float32((const char *)a, stride * 4, rows, cache, panelBytes, panels, numbers, after, out, outStride);
}

INLINE long rounded(long n) { return (n + 15) / 16 * 16; }

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

INLINE void prompt_attention(
  const para_attention *p, const para_prompt_cache *c, const para_attention_rows *r, long start, long end,
  const int half) {
  long size = p->headSize, group = p->group, number = half ? 2 : 4;
  for (long token = start; token < end; token++) {
    const float *angles = p->rotary + token * size;
    float *key = r->key + (token - start) * r->keyStride;
    rotate(key, 1, size, angles, angles + size / 2);
    store_prompt_key(c->keys, key, token, size, p->scratch, half);
    store_prompt_value(c->values, c->valuePanelBytes, r->value + (token - start) * r->valueStride, token, size, half);
  }
  // Positions that fill the last panel weigh 0, which must not meet a NaN.
  for (long d = 0; d < size; d += 16) {
    const float zeros[16] = {0};
    for (long token = end; token < rounded(end); token++)
      store_prompt_value((char *)c->values + d / 16 * c->valuePanelBytes, 0, zeros, token, 16, half);
  }
  // Query rows of some tokens at a time: [tokens × group], so that tiles are full.
  long block = group >= 32 ? 1 : 32 / group, columns = rounded(size);
  float *queries = p->scratch, *sums = queries + block * group * size, *scores = sums + block * group * columns;
  for (long first = start; first < end; first += block) {
    long tokens = end - first < block ? end - first : block, rows = tokens * group;
    long seen = first + 1 > p->window ? (first + 1 - p->window) / 16 * 16 : 0;
    long width = rounded(first + tokens) - seen;
    for (long i = 0; i < tokens; i++)
      rotated_query(p, r->query + (first - start + i) * r->queryStride, first + i, queries + i * group * size);
    if (half) narrow_rows(queries, size, rows, size);
    multiply_cached(
      queries, size, rows, (const char *)c->keys + seen * size * number, 16 * size * number, width / 16, size,
      (const char *)c->values + seen * 16 * number, scores, width, half);
    // The queries are spent: their memory takes the sums of the softmax.
    for (long row = 0; row < rows; row++) {
      long token = first + row / group;
      long low = token + 1 > p->window ? token + 1 - p->window - seen : 0, high = token + 1 - seen;
      float *s = scores + row * width;
      if (p->cap < __builtin_inff()) soft_cap(s, p->cap, width);
      hide(s, 0, low);
      hide(s, high, width);
      queries[row] = exponentiate(s, width);
    }
    if (half) narrow_rows(scores, width, rows, width);
    multiply_cached(
      scores, width, rows, (const char *)c->values + seen * 16 * number, c->valuePanelBytes, columns / 16, width,
      (const char *)c->values + seen * 16 * number, sums, columns, half);
    for (long row = 0; row < rows; row++) {
      float *out = r->out + (first - start + row / group) * r->outStride + row % group * size;
      scaled_copy(sums + row * columns, 1 / queries[row], size, out);
    }
  }
}

static void attend_prompt(
  const para_attention *p, const para_prompt_cache *c, const para_attention_rows *r, long first, long end) {
  if (p->half) prompt_attention(p, c, r, first, end, 1);
  else prompt_attention(p, c, r, first, end, 0);
}

// Generated rows are read in words of 4 bytes: one fp32 number, or two bf16.
INLINE vf load_words(const void *row, long word, long n) {
  const float *place = (const float *)row + word;
  return LOAD(place);
}

INLINE vf dot_words(vf sum, vf a, vf b, const int half) {
  if (!half) return sum + a * b;
#if defined(PARA_AVX512)
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
  long count, afterCount;
  const para_generated_past *past, *next;
} lane_past;

INLINE const char *const *newest_rows(const para_generated_past *past, long lane, long count) {
  if (lane >= past->lanes) lane = past->lanes - 1;
  return past->rows + lane * past->rowsStride + past->count - count;
}

INLINE lane_past past_of_lane(const para_generated_past *past, long lane, long count) {
  const para_generated_past *next = past->after ? past->after : past;
  long after = next->count < count ? next->count : count;
  return (lane_past){newest_rows(past, lane, count), newest_rows(next, lane, after), count, after, past, next};
}

// Where the row lies that is read next in the place of row i.
INLINE const char *row_after(const lane_past *l, long i) { return l->after[i < l->afterCount ? i : l->afterCount - 1]; }

// Scores of one lane's queries against its own past, [group] rows `stride` apart; four keys at a
// time, so that their sums go on side by side.
INLINE void generated_scores(
  const para_attention *p, const lane_past *l, const float *queries, float *scores, long stride, const int half) {
  long words = words_of(p->headSize, half);
  for (long i = 0; i < l->count; i += 4) {
    const char *keys[4];
    for (int j = 0; j < 4; j++) {
      keys[j] = l->rows[i + j < l->count ? i + j : l->count - 1] + l->past->keyOffset;
      const char *next = row_after(l, i + j) + l->next->keyOffset;
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

// out += Σ weights[i] · value row i over PARA_LANES words, or `n` if fewer, for one query.
INLINE void add_words(
  const lane_past *l, const float *weights, float *out, long word, long n, const int half) {
  vf sums[2] = {};  // in bf16 the even and the odd numbers
  for (long i = 0; i < l->count; i++) {
    __builtin_prefetch(row_after(l, i) + l->next->valueOffset + 4 * word, 0, 2);
    vf value = load_words(l->rows[i] + l->past->valueOffset, word, n);
    sums[0] += weights[i] * (half ? (vf)((vu)value << 16) : value);
    if (half) sums[1] += weights[i] * (vf)((vu)value & 0xFFFF0000u);
  }
  if (half) {
    vf_interleave(sums[0], sums[1], &sums[0], &sums[1]);
    word *= 2;
    n *= 2;
  }
  for (int part = 0; part <= half; part++, word += PARA_LANES, n -= PARA_LANES) {
    float *place = out + word;
    if (n >= PARA_LANES) vf_store(place, vf_load(place) + sums[part]);
    else if (n > 0) vf_store_part(place, vf_load_part(place, n) + sums[part], n);
  }
}

INLINE void add_generated(
  const para_attention *p, const lane_past *l, const float *weights, float *out, const int half) {
  long words = words_of(p->headSize, half), word = 0;
  for (; word + PARA_LANES <= words; word += PARA_LANES)
    add_words(l, weights, out, word, PARA_LANES, half);
  if (word < words) add_words(l, weights, out, word, words - word, half);
}

INLINE void step_attention(
  const para_attention *p, const para_prompt_cache *c, const para_attention_rows *r, const para_generated_past *past,
  const int half) {
  long size = p->headSize, group = p->group, number = half ? 2 : 4, rows = past->lanes * group, columns = rounded(size);
  long position = c->count + past->count - 1;
  long lowest = position + 1 > p->window ? position + 1 - p->window : 0;
  long start = lowest < c->count ? lowest / 16 * 16 : rounded(c->count), prompt = rounded(c->count) - start;
  long skipped = lowest > c->count ? lowest - c->count : 0, own = past->count - skipped, width = prompt + rounded(own);
  float *queries = p->scratch, *sums = queries + rows * size, *scores = sums + rows * columns;
  const float *angles = p->rotary + position * size;
  const para_prompt_cache *next = c->after ? c->after : c;

  for (long lane = 0; lane < past->lanes; lane++) {
    char *newest = (char *)past->rows[lane * past->rowsStride + past->count - 1];
    float *key = r->key + lane * r->keyStride;
    rotate(key, 1, size, angles, angles + size / 2);
    store_generated(newest + past->keyOffset, key, size, half);
    store_generated(newest + past->valueOffset, r->value + lane * r->valueStride, size, half);
    rotated_query(p, r->query + lane * r->queryStride, position, queries + lane * group * size);
  }
  if (half) narrow_rows(queries, size, rows, size);
  for (long lane = 0; lane < past->lanes; lane++) {
    lane_past l = past_of_lane(past, lane, own);
    generated_scores(
      p, &l, queries + lane * group * size, scores + lane * group * width + prompt, width, half);
  }
  multiply_cached(
    queries, size, rows, (const char *)c->keys + start * size * number, 16 * size * number, prompt / 16, size,
    (const char *)next->keys, scores, width, half);
  // The queries are spent: their memory takes the sums of the softmax.
  for (long row = 0; row < rows; row++) {
    float *s = scores + row * width;
    if (p->cap < __builtin_inff()) soft_cap(s, p->cap, prompt + own);
    if (prompt > 0) {
      hide(s, 0, lowest - start);
      hide(s, c->count - start, prompt);
    }
    queries[row] = exponentiate(s, prompt + own);
  }
  // The generated part's weights stay fp32: rounding the prompt's in place leaves them alone.
  if (half) narrow_rows(scores, width, rows, prompt);
  if (prompt > 0)
    multiply_cached(
      scores, width, rows, (const char *)c->values + start * 16 * number, c->valuePanelBytes, columns / 16, prompt,
      (const char *)next->values, sums, columns, half);
  else memset(sums, 0, 4 * (unsigned long)(rows * columns));
  for (long lane = 0; lane < past->lanes; lane++) {
    lane_past l = past_of_lane(past, lane, own);
    for (long g = 0; g < group; g++) {
      long row = lane * group + g;
      float *out = r->out + lane * r->outStride + g * size;
      add_generated(p, &l, scores + row * width + prompt, sums + row * columns, half);
      scaled_copy(sums + row * columns, 1 / queries[row], size, out);
    }
  }
}

static void attend_step(
  const para_attention *p, const para_prompt_cache *c, const para_attention_rows *r, const para_generated_past *past) {
  if (p->half) step_attention(p, c, r, past, 1);
  else step_attention(p, c, r, past, 0);
}
