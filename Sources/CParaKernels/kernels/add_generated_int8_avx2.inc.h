// add_generated_int8 with AVX2: two values at a time are interleaved in int16, so that a dot product of pairs sums
// over two tokens.
INLINE void add_generated_int8(
  const para_attention *p, const lane_kv *l, const int8_t *high, const int8_t *low, float *highs, float *lows) {
  const long groups = byte_groups(p);
  for (long group = 0; group < groups; group += 4) {
    const unsigned long bytes = 4 * (unsigned long)(groups - group < 4 ? groups - group : 4);
    vi sums[2][2] = {};
    for (long i = 0; i < l->count; i += 2) {
      __m128i values[2] = {};
      if (group == 0 && i % 4 == 0) prefetch_entries(entries_to_prefetch(l, i), l->next->valueOffset, groups);
      for (int j = 0; j < 2; j++) {
        const char *place = l->entries[i + j] + l->kv->valueOffset + 4 * group;
        if (bytes == 16) values[j] = _mm_loadu_si128((const __m128i *)place);
        else memcpy(&values[j], place, bytes);
      }
      const vi pairs[2] = {
        (vi)_mm256_cvtepu8_epi16(_mm_unpacklo_epi8(values[0], values[1])),
        (vi)_mm256_cvtepu8_epi16(_mm_unpackhi_epi8(values[0], values[1]))};
      const vi upper = vi_splat((uint16_t)high[i] | (int32_t)high[i + 1] << 16);
      const vi lower = vi_splat((uint16_t)low[i] | (int32_t)low[i + 1] << 16);
      for (int part = 0; part < 2; part++) {
        sums[0][part] = vi_dot_int16_pairs(sums[0][part], pairs[part], upper);
        sums[1][part] = vi_dot_int16_pairs(sums[1][part], pairs[part], lower);
      }
    }
    for (int part = 0; part < 2 && 4 * group + 8 * part < p->headSize; part++) {
      const long place = 4 * group + 8 * part;
      vi_store(highs + place, (vi)((vu)vi_load(highs + place) + (vu)sums[0][part]));
      vi_store(lows + place, (vi)((vu)vi_load(lows + place) + (vu)sums[1][part]));
    }
  }
}
