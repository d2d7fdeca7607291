// Causal attention of a prompt's tokens, whose keys and values are in the prompt's KV cache.

INLINE void store_prompt_of_type(
  const para_attention *p, const para_prompt_kv *c, const para_attention_tokens *t, long start, long end,
  const int type) {
  long size = p->headSize;
  float *quantized = p->scratch, *zeros = quantized + padded_to_panels(size);
  for (long token = start; token < end; token++) {
    const float *angles = p->rotary + token * size;
    float *key = t->key + (token - start) * t->keyStride;
    apply_rotary(key, 1, size, angles, angles + size / 2);
    store_prompt_key(c, key, token, size, quantized, type);
    store_prompt_value(c, t->value + (token - start) * t->valueStride, token, size, quantized, type);
  }
  // Padding has weight 0, but 0 · NaN is NaN.
  memset(zeros, 0, 4 * (unsigned long)size);
  for (long token = end; token < padded_to_panels(end); token++) store_prompt_value(c, zeros, token, size, quantized, type);
}

static void store_prompt(
  const para_attention *p, const para_prompt_kv *c, const para_attention_tokens *t, long first, long end) {
  switch (p->cacheType) {
    case PARA_INT8: return store_prompt_of_type(p, c, t, first, end, PARA_INT8);
    case PARA_BFLOAT16: return store_prompt_of_type(p, c, t, first, end, PARA_BFLOAT16);
    default: return store_prompt_of_type(p, c, t, first, end, PARA_FLOAT32);
  }
}

INLINE void attend_prefill_of_type(
  const para_attention *p, const para_prompt_kv *c, const para_attention_tokens *t, long start, long end,
  const int type) {
  long size = p->headSize, group = p->group, columns = padded_to_panels(size);
  // Queries of some tokens at a time, [tokens × group, headSize], so that tiles are full.
  long block = group >= 32 ? 1 : 32 / group;
  float *queries = p->scratch;                     // [tokens × group, headSize]
  float *sums = queries + block * group * size;    // p · v, [tokens × group, headSize padded]
  float *scores = sums + block * group * columns;  // q · kᵀ, [tokens × group, positions padded]
  for (long first = start; first < end; first += block) {
    long tokens = end - first < block ? end - first : block, queryCount = tokens * group;
    // The first position, on a boundary of the largest tiles, so that sums do not depend on where a block starts.
    long low = first + 1 > p->window ? (first + 1 - p->window) / 32 * 32 : 0;
    long width = padded_to_panels(first + tokens) - low;
    float *rest = scores + queryCount * width;
    for (long i = 0; i < tokens; i++)
      rotate_query(p, t->query + (first - start + i) * t->queryStride, first + i, queries + i * group * size);
    kv_weight keys = keys_from(c, low, width, size, c, type), values = values_from(c, low, size, c, type);
    multiply_kv(&keys, queries, size, queryCount, size, 0, scores, width, rest, type);
    // The queries are no longer needed: their memory takes the sums of the softmax and the maxima of p.
    float *softmaxSums = queries, *maxima = queries + queryCount;
    for (long query = 0; query < queryCount; query++) {
      long token = first + query / group;
      float *s = scores + query * width;
      if (p->cap < __builtin_inff()) soft_cap(s, p->cap, width);
      mask(s, 0, token + 1 > p->window ? token + 1 - p->window - low : 0);
      mask(s, token + 1 - low, width);
      if (type == PARA_INT8) {
        vf sum = {}, most = {};
        exponentiate_part(s, largest_of(s, width), c->valueScales + low, c->valueScales, width, &sum, &most);
        softmaxSums[query] = vf_reduce_add(sum);
        maxima[query] = vf_reduce_max(most);
      } else softmaxSums[query] = exponentiate(s, width);
    }
    multiply_kv(&values, scores, width, queryCount, width, maxima, sums, columns, rest, type);
    for (long query = 0; query < queryCount; query++) {
      float *out = t->out + (first - start + query / group) * t->outStride + query % group * size;
      scaled_copy(sums + query * columns, 1 / softmaxSums[query], size, out);
    }
  }
}

static void attend_prefill(
  const para_attention *p, const para_prompt_kv *c, const para_attention_tokens *t, long first, long end) {
  switch (p->cacheType) {
    case PARA_INT8: return attend_prefill_of_type(p, c, t, first, end, PARA_INT8);
    case PARA_BFLOAT16: return attend_prefill_of_type(p, c, t, first, end, PARA_BFLOAT16);
    default: return attend_prefill_of_type(p, c, t, first, end, PARA_FLOAT32);
  }
}
