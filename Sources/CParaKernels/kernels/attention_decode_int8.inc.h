// A decoding step's attention over int8 KV caches. Generated entries are bytes as a prompt's are, each followed by
// its scale. Queries, and then softmax weights, are split into int8 halves once for both parts.

INLINE long byte_groups(const para_attention *p) { return groups_of(p->headSize, PARA_INT8); }

INLINE void store_generated_int8(char *entry, const float *x, long size) {
  float scale = quantize_bytes(x, size, entry);
  memcpy(entry + 4 * groups_of(size, PARA_INT8), &scale, 4);
}

INLINE float scale_of_entry(const char *entry, long groups) {
  float scale;
  memcpy(&scale, entry + 4 * groups, 4);
  return scale;
}

INLINE void prefetch_entries(const char *const *entries, long offset, long groups) {
  for (int j = 0; j < 4; j++)
    for (long byte = 0; byte < 4 * groups; byte += 64) __builtin_prefetch(entries[j] + offset + byte, 0, 2);
}

// scores [group, stride] = a lane's queries, halves of tokens from `first` on, · its keysᵀ; four keys at a time, the
// last ones padded to four.
INLINE void generated_scores_int8(
  const para_attention *p, const lane_kv *l, const int16_halves *s, long first, float *scores, long stride) {
  const long groups = byte_groups(p);
  for (long i = 0; i < l->count; i += 4) {
    const char *keys[4];
    vf4 scales;
    prefetch_entries(entries_to_prefetch(l, i), l->next->keyOffset, groups);
    for (int j = 0; j < 4; j++) {
      keys[j] = l->entries[i + j] + l->kv->keyOffset;
      scales[j] = scale_of_entry(keys[j], groups);
    }
    for (long g = 0; g < p->group; g++) {
      const int16_scale query = s->scales[first + g];
      const int8_t *high = s->bytes + 2 * (first + g) * s->byteStride, *low = high + s->byteStride;
      vi highs[4] = {}, lows[4] = {};
      for (long group = 0; group < groups; group += PARA_LANES) {
        vi a = (vi)load_groups(high, group, groups - group), b = (vi)load_groups(low, group, groups - group);
        for (int j = 0; j < 4; j++) {
          vi key = (vi)load_groups(keys[j], group, groups - group);
          highs[j] = vi_dot_bytes(highs[j], key, a);
          lows[j] = vi_dot_bytes(lows[j], key, b);
        }
      }
      vu both[4];
      for (int j = 0; j < 4; j++) both[j] = ((vu)highs[j] << 8) + (vu)lows[j];
      vu4 sums = vu_reduce_add_4(both) - (256 * query.highOffset + query.lowOffset);
      vf4 found = __builtin_convertvector((vi4)sums, vf4) * (query.scale * scales);
      memcpy(scores + g * stride + i, &found, sizeof found);
    }
  }
}

// add_generated_int8: sums of high and low halves, highs and lows [headSize padded], += a query's weights
// high and low [count] · the lane's values [count, headSize]. An instruction set may bring its own.
#if defined(PARA_INT8_VALUES_KERNEL)
#include PARA_INT8_VALUES_KERNEL
#else
INLINE void add_generated_int8(
  const para_attention *p, const lane_kv *l, const int8_t *high, const int8_t *low, float *highs, float *lows) {
  for (long d = 0; d < p->headSize; d += PARA_LANES) {
    vu sums[2] = {(vu)vi_load(highs + d), (vu)vi_load(lows + d)};
    for (long i = 0; i < l->count; i++) {
      vb bytes = {};
      long n = p->headSize - d;
      memcpy(&bytes, l->entries[i] + l->kv->valueOffset + d, (unsigned long)(n < PARA_LANES ? n : PARA_LANES));
      vu value = __builtin_convertvector(bytes, vu);
      sums[0] += value * (uint32_t)high[i];
      sums[1] += value * (uint32_t)low[i];
    }
    vi_store(highs + d, (vi)sums[0]);
    vi_store(lows + d, (vi)sums[1]);
  }
}
#endif

static void attend_decode_int8(
  const para_attention *p, const para_prompt_kv *c, const para_attention_tokens *t, const para_generated_kv *kv) {
  const decode_span v = span_of(p, c, kv);
  long size = p->headSize, group = p->group, queryCount = kv->lanes * group, columns = padded_to_panels(size);
  long width = v.width;
  float *queries = p->scratch;                // [lanes × group, headSize]
  float *scores = queries + queryCount * size;      // [lanes × group, width]
  float *ownScales = scores + queryCount * width;   // of a lane's generated values
  const long widest = columns > width ? columns : width;
  const int16_halves s = halves_in(ownScales + padded_to_panels(v.own), queryCount, widest, widest);
  const float *angles = p->rotary + v.position * size;
  const para_prompt_kv *next = c->next ? c->next : c;

  for (long lane = 0; lane < kv->lanes; lane++) {
    char *newest = (char *)kv->table[lane * kv->tableStride + kv->count - 1];
    float *key = t->key + lane * t->keyStride, *query = queries + lane * group * size;
    apply_rotary(key, 1, size, angles, angles + size / 2);
    store_generated_int8(newest + kv->keyOffset, key, size);
    store_generated_int8(newest + kv->valueOffset, t->value + lane * t->valueStride, size);
    rotate_query(p, t->query + lane * t->queryStride, v.position, query);
    for (long g = 0; g < group; g++)
      split_into_halves(&s, lane * group + g, query + g * size, max_abs(query + g * size, size), size);
  }
  const kv_weight keys = keys_from(c, v.start, v.prompt, size, next, PARA_INT8);
  multiply_halves(&s, queryCount, &keys, size);
  for (long query = 0; query < queryCount; query++)
    combine_halves(&s, query, keys.scales, keys.nextScales, v.prompt, scores + query * width);
  for (long lane = 0; lane < kv->lanes; lane++) {
    lane_kv l = kv_of_lane(kv, lane, v.own);
    generated_scores_int8(p, &l, &s, lane * group, scores + lane * group * width + v.prompt, width);
  }
  float *softmaxSums = queries;  // which are no longer needed
  for (long lane = 0; lane < kv->lanes; lane++) {
    lane_kv l = kv_of_lane(kv, lane, v.own);
    for (long i = 0; i < v.own; i++) ownScales[i] = scale_of_entry(l.entries[i] + kv->valueOffset, byte_groups(p));
    for (long query = lane * group; query < (lane + 1) * group; query++) {
      float *own = scores + query * width;
      mask_scores(p, c, &v, own);
      float largest = largest_of(own, v.prompt + v.own);
      vf sum = {}, most = {};
      exponentiate_part(own, largest, c->valueScales + v.start, next->valueScales, v.prompt, &sum, &most);
      exponentiate_part(own + v.prompt, largest, ownScales, ownScales, v.own, &sum, &most);
      softmaxSums[query] = vf_reduce_add(sum);
      split_into_halves(&s, query, own, vf_reduce_max(most), v.prompt + v.own);
    }
  }
  const kv_weight values = values_from(c, v.start, size, next, PARA_INT8);
  if (v.prompt > 0) multiply_halves(&s, queryCount, &values, v.prompt);
  else memset(s.sums, 0, 8 * (unsigned long)(queryCount * s.sumStride));
  for (long lane = 0; lane < kv->lanes; lane++) {
    lane_kv l = kv_of_lane(kv, lane, v.own);
    for (long g = 0; g < group; g++) {
      long query = lane * group + g;
      const int8_t *high = s.bytes + 2 * query * s.byteStride + v.prompt;
      float *highs = s.sums + 2 * query * s.sumStride;
      add_generated_int8(p, &l, high, high + s.byteStride, highs, highs + s.sumStride);
      s.scales[query].scale /= softmaxSums[query];
      combine_halves(&s, query, 0, 0, size, t->out + lane * t->outStride + g * size);
    }
  }
}

INLINE para_prompt_kv prompt_of_head(const para_prompt_kv *c, long head) {
  para_prompt_kv moved = *c;
  moved.keys = (char *)c->keys + head * c->headBytes;
  moved.values = (char *)c->values + head * c->headBytes;
  moved.keyScales = (float *)((char *)c->keyScales + head * c->headBytes);
  moved.valueScales = (float *)((char *)c->valueScales + head * c->headBytes);
  return moved;
}

INLINE para_generated_kv generated_of_head(const para_generated_kv *kv, long head) {
  para_generated_kv moved = *kv;
  moved.keyOffset += head * kv->headBytes;
  moved.valueOffset += head * kv->headBytes;
  return moved;
}

static void attend_decode(
  const para_attention *p, const para_prompt_kv *prompt, const para_attention_tokens *t,
  const para_generated_kv *generated, long heads) {
  para_prompt_kv cache = *prompt;
  para_generated_kv own = *generated;
  para_attention_tokens tokens = *t;
  for (long head = 0; head < heads; head++) {
    const int isLast = head + 1 == heads;
    para_prompt_kv nextCache = prompt_of_head(prompt, head + 1);
    para_generated_kv nextOwn = generated_of_head(generated, head + 1);
    cache.next = isLast ? prompt->next : &nextCache;
    own.next = isLast ? generated->next : &nextOwn;
    switch (p->cacheType) {
      case PARA_INT8: attend_decode_int8(p, &cache, &tokens, &own); break;
      case PARA_BFLOAT16: attend_decode_of_type(p, &cache, &tokens, &own, 1); break;
      default: attend_decode_of_type(p, &cache, &tokens, &own, 0);
    }
    cache = nextCache;
    own = nextOwn;
    tokens.query += p->group * p->headSize;
    tokens.out += p->group * p->headSize;
    tokens.key += p->headSize;
    tokens.value += p->headSize;
  }
}
