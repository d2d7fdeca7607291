// A prompt's KV cache, packed as weights are, so that q · kᵀ and p · v run on the tiles of linear.inc.h: keys have
// positions as output features, values have positions as inputs. `type` is the cache's: PARA_FLOAT32,
// PARA_BFLOAT16 or PARA_INT8.

INLINE long padded_to_panels(long n) { return (n + 15) / 16 * 16; }

// Groups of 4 bytes that `count` elements take.
INLINE long groups_of(long count, const int type) {
  return type == PARA_INT8 ? (count + 3) / 4 : type == PARA_BFLOAT16 ? (count + 1) / 2 : count;
}

// Stores key [headSize] as one output feature; `quantized` is scratch.
INLINE void store_prompt_key(
  const para_prompt_kv *c, const float *key, long position, long headSize, float *quantized, const int type) {
  long groups = groups_of(headSize, type);
  if (type == PARA_INT8) c->keyScales[position] = quantize_bytes(key, headSize, quantized);
  else if (type == PARA_BFLOAT16) quantize_bfloat16(key, headSize, quantized);
  else quantized = (float *)key;
  float *place = (float *)c->keys + position / 16 * groups * 16 + position % 16;
  for (long group = 0; group < groups; group++) place[group * 16] = quantized[group];
}

// Stores value [headSize] as one input of headSize output features; `quantized` is scratch.
// The first position of a group writes 0 for the others without reading them: reading untouched memory would
// cost a page fault more.
INLINE void store_prompt_value(
  const para_prompt_kv *c, const float *value, long position, long headSize, float *quantized, const int type) {
  const long perGroup = type == PARA_INT8 ? 4 : type == PARA_BFLOAT16 ? 2 : 1;
  const int shift = (int)(position % perGroup * (32 / perGroup));
  if (type == PARA_INT8) c->valueScales[position] = quantize_bytes(value, headSize, quantized);
  for (long d = 0; d < headSize; d += PARA_LANES) {
    long n = headSize - d;
    char *place = (char *)c->values + d / 16 * c->valuePanelBytes + position / perGroup * 64 + d % 16 * 4;
    vu bits;
    if (type == PARA_INT8) {
      vb bytes;
      memcpy(&bytes, (char *)quantized + d, sizeof bytes);
      bits = __builtin_convertvector(bytes, vu);
    } else {
      vf elements = vf_load_up_to(value + d, n);
      bits = type == PARA_BFLOAT16 ? vf_to_bfloat16(elements) : (vu)elements;
    }
    if (shift) bits = bits << shift | ((vu)vi_load(place) & ((1u << shift) - 1));
    vi_store(place, (vi)bits);
  }
}

INLINE kv_weight keys_from(
  const para_prompt_kv *c, long position, long positions, long headSize, const para_prompt_kv *next,
  const int type) {
  long panelBytes = 64 * groups_of(headSize, type);
  return (kv_weight){
    (const char *)c->keys + position / 16 * panelBytes, panelBytes, positions / 16,
    type == PARA_INT8 ? c->keyScales + position : 0, next->keys, next->keyScales};
}

INLINE kv_weight values_from(
  const para_prompt_kv *c, long position, long headSize, const para_prompt_kv *next, const int type) {
  return (kv_weight){
    (const char *)c->values + 64 * groups_of(position, type), c->valuePanelBytes, padded_to_panels(headSize) / 16, 0,
    next->values, 0};
}

// out = a · weightᵀ, a [tokens, inputs] in fp32, out [tokens, weight's outputs]. May round `a` in place.
// `maxima`: max |a| of each token where it is known, else null. `scratch`: of int16_halves.
INLINE void multiply_kv(
  const kv_weight *weight, float *a, long stride, long tokens, long inputs, const float *maxima, float *out,
  long outStride, float *scratch, const int type) {
  if (type == PARA_INT8) {
    const long outputs = weight->count * 16;
    const int16_halves s = halves_in(scratch, tokens, inputs, outputs);
    for (long token = 0; token < tokens; token++) {
      const float *x = a + token * stride;
      split_into_halves(&s, token, x, maxima ? maxima[token] : max_abs(x, inputs), inputs);
    }
    multiply_halves(&s, tokens, weight, inputs);
    for (long token = 0; token < tokens; token++)
      combine_halves(&s, token, weight->scales, weight->nextScales, outputs, out + token * outStride);
    return;
  }
  const long groups = groups_of(inputs, type);
  if (type == PARA_BFLOAT16)
    for (long token = 0; token < tokens; token++) quantize_bfloat16(a + token * stride, inputs, a + token * stride);
#if defined(PARA_HAS_TILES)
  if (type == PARA_BFLOAT16)
    return multiply_bfloat16_by_tiles(
      (const char *)a, stride * 4, tokens, weight->panels, weight->panelBytes, weight->count, groups, weight->next,
      out, outStride);
#endif
  multiply(
    type == PARA_BFLOAT16 ? LINEAR_BFLOAT16 : LINEAR_FLOAT32, (const char *)a, stride * 4, tokens, weight->panels,
    weight->panelBytes, weight->count, groups, weight->next, out, outStride);
}
