// A step's attention over int8 caches. Generated rows are bytes as a prompt's are, each with its scale
// behind it. Queries, and then weights, are split once for both parts.

INLINE long row_words(const para_attention *p) { return words_of(p->headSize, PARA_INT8); }

INLINE void store_bytes(char *row, const float *x, long size) {
  float scale = prepare_bytes(x, size, row);
  memcpy(row + 4 * words_of(size, PARA_INT8), &scale, 4);
}

INLINE float scale_behind(const char *row, long words) {
  float scale;
  memcpy(&scale, row + 4 * words, 4);
  return scale;
}

// Calls four rows' bytes at an offset into the cache.
INLINE void call_rows(const char *const *rows, long offset, long words) {
  for (int j = 0; j < 4; j++)
    for (long byte = 0; byte < 4 * words; byte += 64) __builtin_prefetch(rows[j] + offset + byte, 0, 2);
}

// Scores of one lane's queries, split rows from `first` on, against its own past; four keys at a time,
// the last up to whole fours.
INLINE void generated_scores8(
  const para_attention *p, const lane_past *l, const split_rows *s, long first, float *scores, long stride) {
  const long words = row_words(p);
  for (long i = 0; i < l->count; i += 4) {
    const char *keys[4];
    quad scales;
    call_rows(rows_after(l, i), l->next->keyOffset, words);
    for (int j = 0; j < 4; j++) {
      keys[j] = l->rows[i + j] + l->past->keyOffset;
      scales[j] = scale_behind(keys[j], words);
    }
    for (long g = 0; g < p->group; g++) {
      const split_row query = s->rows[first + g];
      const int8_t *high = s->bytes + 2 * (first + g) * s->rowBytes, *low = high + s->rowBytes;
      vi highs[4] = {}, lows[4] = {};
      for (long word = 0; word < words; word += PARA_LANES) {
        vi a = (vi)load_words(high, word, words - word), b = (vi)load_words(low, word, words - word);
        for (int j = 0; j < 4; j++) {
          vi key = (vi)load_words(keys[j], word, words - word);
          highs[j] = dot_bytes(highs[j], key, a);
          lows[j] = dot_bytes(lows[j], key, b);
        }
      }
      vu both[4];
      for (int j = 0; j < 4; j++) both[j] = ((vu)highs[j] << 8) + (vu)lows[j];
      whole_quad sums = vu_sum_4(both) - (256 * query.highOffset + query.lowOffset);
      quad found = __builtin_convertvector((int_quad)sums, quad) * (query.scale * scales);
      memcpy(scores + g * stride + i, &found, sizeof found);
    }
  }
}

// Adds one query's products with values, four rows at a time, to its sums of high and low bytes.
INLINE void add_generated8(
  const para_attention *p, const lane_past *l, const int8_t *high, const int8_t *low, float *highs, float *lows) {
#if defined(PARA_AVX512)
  const long words = row_words(p);
  for (long word = 0; word < words; word += 16) {
    vi sums[2][4] = {};
    for (long i = 0; i < l->count; i += 4) {
      __m512i rows[4], quads[4];
      if (word == 0) call_rows(rows_after(l, i), l->next->valueOffset, words);
      for (int j = 0; j < 4; j++)
        rows[j] = (__m512i)load_words(l->rows[i + j] + l->past->valueOffset, word, words - word);
      // Bytes of four rows side by side: quads[m] has numbers 16 q + 4 m + 0…3 in its quarter q.
      __m512i a = _mm512_unpacklo_epi8(rows[0], rows[1]), b = _mm512_unpackhi_epi8(rows[0], rows[1]);
      __m512i c = _mm512_unpacklo_epi8(rows[2], rows[3]), d = _mm512_unpackhi_epi8(rows[2], rows[3]);
      quads[0] = _mm512_unpacklo_epi16(a, c);
      quads[1] = _mm512_unpackhi_epi16(a, c);
      quads[2] = _mm512_unpacklo_epi16(b, d);
      quads[3] = _mm512_unpackhi_epi16(b, d);
      for (int m = 0; m < 4; m++) {
        sums[0][m] = dot_bytes(sums[0][m], (vi)quads[m], word_of((const char *)high + i, 0));
        sums[1][m] = dot_bytes(sums[1][m], (vi)quads[m], word_of((const char *)low + i, 0));
      }
    }
    for (int part = 0; part < 2; part++) {
      __m512i *m = (__m512i *)sums[part];
      __m512i a = _mm512_shuffle_i32x4(m[0], m[1], 0x88), b = _mm512_shuffle_i32x4(m[0], m[1], 0xDD);
      __m512i c = _mm512_shuffle_i32x4(m[2], m[3], 0x88), d = _mm512_shuffle_i32x4(m[2], m[3], 0xDD);
      const __m512i quarters[4] = {
        _mm512_shuffle_i32x4(a, c, 0x88), _mm512_shuffle_i32x4(b, d, 0x88), _mm512_shuffle_i32x4(a, c, 0xDD),
        _mm512_shuffle_i32x4(b, d, 0xDD)};
      for (int q = 0; q < 4 && word + 4 * q < words; q++) {
        float *place = (part ? lows : highs) + 4 * word + 16 * q;
        vi_store(place, (vi)((vu)vi_load(place) + (vu)quarters[q]));
      }
    }
  }
#elif PARA_LANES == 8
  const long words = row_words(p);
  for (long word = 0; word < words; word += 4) {
    const unsigned long bytes = 4 * (unsigned long)(words - word < 4 ? words - word : 4);
    vi sums[2][2] = {};
    for (long i = 0; i < l->count; i += 2) {
      __m128i rows[2] = {};
      if (word == 0 && i % 4 == 0) call_rows(rows_after(l, i), l->next->valueOffset, words);
      for (int j = 0; j < 2; j++) {
        const char *place = l->rows[i + j] + l->past->valueOffset + 4 * word;
        if (bytes == 16) rows[j] = _mm_loadu_si128((const __m128i *)place);
        else memcpy(&rows[j], place, bytes);
      }
      // Numbers of both rows side by side, in 16 bits, as their weights are.
      const vi pairs[2] = {
        (vi)_mm256_cvtepu8_epi16(_mm_unpacklo_epi8(rows[0], rows[1])),
        (vi)_mm256_cvtepu8_epi16(_mm_unpackhi_epi8(rows[0], rows[1]))};
      const vi upper = vi_all((uint16_t)high[i] | (int32_t)high[i + 1] << 16);
      const vi lower = vi_all((uint16_t)low[i] | (int32_t)low[i + 1] << 16);
      for (int half = 0; half < 2; half++) {
        sums[0][half] = add_pairs(sums[0][half], pairs[half], upper);
        sums[1][half] = add_pairs(sums[1][half], pairs[half], lower);
      }
    }
    for (int half = 0; half < 2 && 4 * word + 8 * half < p->headSize; half++) {
      const long place = 4 * word + 8 * half;
      vi_store(highs + place, (vi)((vu)vi_load(highs + place) + (vu)sums[0][half]));
      vi_store(lows + place, (vi)((vu)vi_load(lows + place) + (vu)sums[1][half]));
    }
  }
#else
  for (long d = 0; d < p->headSize; d += PARA_LANES) {
    vu sums[2] = {(vu)vi_load(highs + d), (vu)vi_load(lows + d)};
    for (long i = 0; i < l->count; i++) {
      vb bytes = {};
      long n = p->headSize - d;
      memcpy(&bytes, l->rows[i] + l->past->valueOffset + d, (unsigned long)(n < PARA_LANES ? n : PARA_LANES));
      vu value = __builtin_convertvector(bytes, vu);
      sums[0] += value * (uint32_t)high[i];
      sums[1] += value * (uint32_t)low[i];
    }
    vi_store(highs + d, (vi)sums[0]);
    vi_store(lows + d, (vi)sums[1]);
  }
#endif
}

static void step_attention8(
  const para_attention *p, const para_prompt_cache *c, const para_attention_rows *r, const para_generated_past *past) {
  const step_view v = view_of(p, c, past);
  long size = p->headSize, group = p->group, rows = past->lanes * group, columns = rounded(size), width = v.width;
  float *queries = p->scratch, *scores = queries + rows * size, *ownScales = scores + rows * width;
  const long widest = columns > width ? columns : width;
  const split_rows s = split_room(ownScales + rounded(v.own), rows, widest, widest);
  const float *angles = p->rotary + v.position * size;
  const para_prompt_cache *next = c->after ? c->after : c;

  for (long lane = 0; lane < past->lanes; lane++) {
    char *newest = (char *)past->rows[lane * past->rowsStride + past->count - 1];
    float *key = r->key + lane * r->keyStride, *query = queries + lane * group * size;
    rotate(key, 1, size, angles, angles + size / 2);
    store_bytes(newest + past->keyOffset, key, size);
    store_bytes(newest + past->valueOffset, r->value + lane * r->valueStride, size);
    rotated_query(p, r->query + lane * r->queryStride, v.position, query);
    for (long g = 0; g < group; g++)
      split(&s, lane * group + g, query + g * size, greatest_of(query + g * size, size), size);
  }
  const cache_part keys = keys_from(c, v.start, v.prompt, size, next, PARA_INT8);
  multiply_bytes(&s, rows, &keys, size);
  for (long row = 0; row < rows; row++)
    join(&s, row, keys.scales, keys.afterScales, v.prompt, scores + row * width);
  for (long lane = 0; lane < past->lanes; lane++) {
    lane_past l = past_of_lane(past, lane, v.own);
    generated_scores8(p, &l, &s, lane * group, scores + lane * group * width + v.prompt, width);
  }
  float *sums = queries;  // of the softmax; the queries are spent
  for (long lane = 0; lane < past->lanes; lane++) {
    lane_past l = past_of_lane(past, lane, v.own);
    for (long i = 0; i < v.own; i++) ownScales[i] = scale_behind(l.rows[i] + past->valueOffset, row_words(p));
    for (long row = lane * group; row < (lane + 1) * group; row++) {
      float *own = scores + row * width;
      mask_scores(p, c, &v, own);
      float largest = largest_of(own, v.prompt + v.own);
      vf sum = {}, greatest = {};
      exponentiate_part(own, largest, c->valueScales + v.start, next->valueScales, v.prompt, &sum, &greatest);
      exponentiate_part(own + v.prompt, largest, ownScales, ownScales, v.own, &sum, &greatest);
      sums[row] = vf_sum(sum);
      split(&s, row, own, vf_largest(greatest), v.prompt + v.own);
    }
  }
  const cache_part values = values_from(c, v.start, size, next, PARA_INT8);
  if (v.prompt > 0) multiply_bytes(&s, rows, &values, v.prompt);
  else memset(s.sums, 0, 8 * (unsigned long)(rows * s.sumColumns));
  for (long lane = 0; lane < past->lanes; lane++) {
    lane_past l = past_of_lane(past, lane, v.own);
    for (long g = 0; g < group; g++) {
      long row = lane * group + g;
      const int8_t *high = s.bytes + 2 * row * s.rowBytes + v.prompt;
      float *highs = s.sums + 2 * row * s.sumColumns;
      add_generated8(p, &l, high, high + s.rowBytes, highs, highs + s.sumColumns);
      s.rows[row].scale /= sums[row];
      join(&s, row, 0, 0, size, r->out + lane * r->outStride + g * size);
    }
  }
}

// The caches of a head further on.
INLINE para_prompt_cache cache_of_head(const para_prompt_cache *c, long head) {
  para_prompt_cache moved = *c;
  moved.keys = (char *)c->keys + head * c->headBytes;
  moved.values = (char *)c->values + head * c->headBytes;
  moved.keyScales = (float *)((char *)c->keyScales + head * c->headBytes);
  moved.valueScales = (float *)((char *)c->valueScales + head * c->headBytes);
  return moved;
}

INLINE para_generated_past past_of_head(const para_generated_past *past, long head) {
  para_generated_past moved = *past;
  moved.keyOffset += head * past->headBytes;
  moved.valueOffset += head * past->headBytes;
  return moved;
}

static void attend_step(
  const para_attention *p, const para_prompt_cache *c, const para_attention_rows *r, const para_generated_past *past,
  long heads) {
  para_prompt_cache cache = *c;
  para_generated_past own = *past;
  para_attention_rows rows = *r;
  for (long head = 0; head < heads; head++) {
    const int last = head + 1 == heads;
    para_prompt_cache nextCache = cache_of_head(c, head + 1);
    para_generated_past nextPast = past_of_head(past, head + 1);
    cache.after = last ? c->after : &nextCache;
    own.after = last ? past->after : &nextPast;
    switch (p->format) {
      case PARA_INT8: step_attention8(p, &cache, &rows, &own); break;
      case PARA_BFLOAT16: step_attention(p, &cache, &rows, &own, 1); break;
      default: step_attention(p, &cache, &rows, &own, 0);
    }
    cache = nextCache;
    own = nextPast;
    rows.query += p->group * p->headSize;
    rows.out += p->group * p->headSize;
    rows.key += p->headSize;
    rows.value += p->headSize;
  }
}
