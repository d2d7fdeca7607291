// A decoding step's attention over fp32 and bf16 KV caches: each lane's new token attends to the prompt, whose
// cache all lanes share, and to the lane's own generated tokens, which are looked up in the page table.
// `isBfloat16` is a constant argument. int8 caches are in attention_decode_int8.inc.h.

INLINE void store_generated(char *entry, const float *x, long size, const int isBfloat16) {
  if (isBfloat16) quantize_bfloat16(x, size, entry);
  else memcpy(entry, x, 4 * (unsigned long)size);
}

// PARA_LANES groups of 4 bytes from `group` on, of which n are left: one fp32, two bf16 or four int8 elements each.
INLINE vf load_groups(const void *entry, long group, long n) {
  return vf_load_up_to((const float *)entry + group, n);
}

INLINE vf dot_groups(vf sum, vf a, vf b, const int isBfloat16) {
  return isBfloat16 ? vf_dot_bfloat16_pairs(sum, a, b) : sum + a * b;
}

// The newest `count` entries of a lane, and those that are read next and prefetched meanwhile.
typedef struct {
  const char *const *entries, *const *nextEntries;
  long count, lastNext;
  const para_generated_kv *kv, *next;
} lane_kv;

INLINE const char *const *newest_entries(const para_generated_kv *kv, long lane, long count) {
  if (lane >= kv->lanes) lane = kv->lanes - 1;
  return kv->table + lane * kv->tableStride + kv->count - count;
}

INLINE lane_kv kv_of_lane(const para_generated_kv *kv, long lane, long count) {
  const para_generated_kv *next = kv->next ? kv->next : kv;
  long nextCount = next->count < count ? next->count : count;
  return (lane_kv){
    newest_entries(kv, lane, count), newest_entries(next, lane, nextCount), count, nextCount - 1, kv, next};
}

// The entries to prefetch while entries i to i + 3 are read.
INLINE const char *const *entries_to_prefetch(const lane_kv *l, long i) {
  return l->nextEntries + (i < l->lastNext ? i : l->lastNext);
}

// scores [group, stride] = queries [group, headSize] · the lane's keysᵀ; four keys at a time, so that four sums are
// in flight.
INLINE void generated_scores(
  const para_attention *p, const lane_kv *l, const float *queries, float *scores, long stride, const int isBfloat16) {
  long groups = isBfloat16 ? p->headSize / 2 : p->headSize;
  for (long i = 0; i < l->count; i += 4) {
    const char *keys[4], *const *next = entries_to_prefetch(l, i);
    for (int j = 0; j < 4; j++) {
      keys[j] = l->entries[i + j] + l->kv->keyOffset;
      const char *nextKey = next[j] + l->next->keyOffset;
      for (long byte = 0; byte < 4 * groups; byte += 64) __builtin_prefetch(nextKey + byte, 0, 2);
    }
    for (long g = 0; g < p->group; g++) {
      const float *query = queries + g * p->headSize;
      vf sums[4] = {};
      for (long group = 0; group < groups; group += PARA_LANES) {
        vf q = load_groups(query, group, groups - group);
        for (int j = 0; j < 4; j++)
          sums[j] = dot_groups(sums[j], q, load_groups(keys[j], group, groups - group), isBfloat16);
      }
      float four[4];
      vf_reduce_add_4(sums, four);
      for (int j = 0; j < 4 && i + j < l->count; j++) scores[g * stride + i + j] = four[j];
    }
  }
}

// out += Σ weights[i] · value i over `vectors` vectors of groups from `group` on, the last one of n groups, for one
// query.
INLINE void add_value_groups(
  const lane_kv *l, const float *weights, float *out, long group, const int vectors, long n, const int isBfloat16) {
  vf sums[2][2] = {};  // of each vector; of bf16 the even and the odd elements
  for (long i = 0; i < l->count; i++) {
    const char *entry = l->entries[i] + l->kv->valueOffset, *next = *entries_to_prefetch(l, i) + l->next->valueOffset;
    vf weight = vf_splat(weights[i]);
    for (int v = 0; v < vectors; v++) {
      __builtin_prefetch(next + 4 * (group + v * PARA_LANES), 0, 2);
      vf value = load_groups(entry, group + v * PARA_LANES, v + 1 < vectors ? PARA_LANES : n);
      sums[v][0] += weight * (isBfloat16 ? (vf)((vu)value << 16) : value);
      if (isBfloat16) sums[v][1] += weight * (vf)((vu)value & 0xFFFF0000u);
    }
  }
  for (int v = 0; v < vectors; v++) {
    long place = group + v * PARA_LANES, m = v + 1 < vectors ? PARA_LANES : n;
    if (isBfloat16) {
      vf_interleave(sums[v][0], sums[v][1], &sums[v][0], &sums[v][1]);
      place *= 2;
      m *= 2;
    }
    for (int part = 0; part <= isBfloat16; part++, place += PARA_LANES, m -= PARA_LANES) {
      if (m >= PARA_LANES) vf_store(out + place, vf_load(out + place) + sums[v][part]);
      else if (m > 0) vf_store_first(out + place, vf_load_first(out + place, m) + sums[v][part], m);
    }
  }
}

// out [headSize] += weights [count] · the lane's values [count, headSize]
INLINE void add_generated(
  const para_attention *p, const lane_kv *l, const float *weights, float *out, const int isBfloat16) {
  long groups = isBfloat16 ? p->headSize / 2 : p->headSize, group = 0;
  for (; group + 2 * PARA_LANES <= groups; group += 2 * PARA_LANES)
    add_value_groups(l, weights, out, group, 2, PARA_LANES, isBfloat16);
  if (group + PARA_LANES < groups) add_value_groups(l, weights, out, group, 2, groups - group - PARA_LANES, isBfloat16);
  else if (group < groups) add_value_groups(l, weights, out, group, 1, groups - group, isBfloat16);
}

// The positions that a step attends to: `prompt` of the prompt from `start` on, padded to panels, and the newest
// `own` generated ones.
typedef struct {
  long position, lowest;  // of the new token, and the first that its window reaches
  long start, prompt, own, width;
} decode_span;

INLINE decode_span span_of(const para_attention *p, const para_prompt_kv *c, const para_generated_kv *kv) {
  long position = c->count + kv->count - 1;
  long lowest = position + 1 > p->window ? position + 1 - p->window : 0;
  long start = lowest < c->count ? lowest / 16 * 16 : padded_to_panels(c->count);
  long prompt = padded_to_panels(c->count) - start;
  long own = kv->count - (lowest > c->count ? lowest - c->count : 0);
  return (decode_span){position, lowest, start, prompt, own, prompt + padded_to_panels(own)};
}

// Caps a token's scores and masks positions outside the window and padding.
INLINE void mask_scores(const para_attention *p, const para_prompt_kv *c, const decode_span *v, float *scores) {
  if (p->cap < __builtin_inff()) soft_cap(scores, p->cap, v->prompt + v->own);
  if (v->prompt > 0) {
    mask(scores, 0, v->lowest - v->start);
    mask(scores, c->count - v->start, v->prompt);
  }
}

INLINE void attend_decode_of_type(
  const para_attention *p, const para_prompt_kv *c, const para_attention_tokens *t, const para_generated_kv *kv,
  const int isBfloat16) {
  const decode_span v = span_of(p, c, kv);
  const int type = isBfloat16 ? PARA_BFLOAT16 : PARA_FLOAT32;
  long size = p->headSize, group = p->group, queryCount = kv->lanes * group, columns = padded_to_panels(size);
  long width = v.width;
  float *queries = p->scratch;             // [lanes × group, headSize]
  float *sums = queries + queryCount * size;     // p · v, [lanes × group, headSize padded]
  float *scores = sums + queryCount * columns;   // q · kᵀ, [lanes × group, width]
  const float *angles = p->rotary + v.position * size;
  const para_prompt_kv *next = c->next ? c->next : c;

  for (long lane = 0; lane < kv->lanes; lane++) {
    char *newest = (char *)kv->table[lane * kv->tableStride + kv->count - 1];
    float *key = t->key + lane * t->keyStride;
    apply_rotary(key, 1, size, angles, angles + size / 2);
    store_generated(newest + kv->keyOffset, key, size, isBfloat16);
    store_generated(newest + kv->valueOffset, t->value + lane * t->valueStride, size, isBfloat16);
    rotate_query(p, t->query + lane * t->queryStride, v.position, queries + lane * group * size);
  }
  kv_weight keys = keys_from(c, v.start, v.prompt, size, next, type);
  multiply_kv(&keys, queries, size, queryCount, size, 0, scores, width, 0, type);
  for (long lane = 0; lane < kv->lanes; lane++) {
    lane_kv l = kv_of_lane(kv, lane, v.own);
    generated_scores(
      p, &l, queries + lane * group * size, scores + lane * group * width + v.prompt, width, isBfloat16);
  }
  float *softmaxSums = queries;  // which are no longer needed
  for (long query = 0; query < queryCount; query++) {
    mask_scores(p, c, &v, scores + query * width);
    softmaxSums[query] = exponentiate(scores + query * width, v.prompt + v.own);
  }
  // The generated tokens' weights stay fp32: multiply_kv rounds only the prompt's in place.
  kv_weight values = values_from(c, v.start, size, next, type);
  if (v.prompt > 0) multiply_kv(&values, scores, width, queryCount, v.prompt, 0, sums, columns, 0, type);
  else memset(sums, 0, 4 * (unsigned long)(queryCount * columns));
  for (long lane = 0; lane < kv->lanes; lane++) {
    lane_kv l = kv_of_lane(kv, lane, v.own);
    for (long g = 0; g < group; g++) {
      long query = lane * group + g;
      float *out = t->out + lane * t->outStride + g * size;
      add_generated(p, &l, scores + query * width + v.prompt, sums + query * columns, isBfloat16);
      scaled_copy(sums + query * columns, 1 / softmaxSums[query], size, out);
    }
  }
}
