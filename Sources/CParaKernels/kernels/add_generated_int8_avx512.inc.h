// add_generated_int8 with AVX-512's byte shuffles: four values at a time are transposed, so that a dot product of
// bytes sums over four tokens.
INLINE void add_generated_int8(
  const para_attention *p, const lane_kv *l, const int8_t *high, const int8_t *low, float *highs, float *lows) {
  const long groups = byte_groups(p);
  for (long group = 0; group < groups; group += 16) {
    vi sums[2][4] = {};
    for (long i = 0; i < l->count; i += 4) {
      __m512i values[4], quads[4];
      if (group == 0) prefetch_entries(entries_to_prefetch(l, i), l->next->valueOffset, groups);
      for (int j = 0; j < 4; j++)
        values[j] = (__m512i)load_groups(l->entries[i + j] + l->kv->valueOffset, group, groups - group);
      // Bytes of four values side by side: quads[m] has elements 16 q + 4 m + 0…3 in its quarter q.
      __m512i a = _mm512_unpacklo_epi8(values[0], values[1]), b = _mm512_unpackhi_epi8(values[0], values[1]);
      __m512i c = _mm512_unpacklo_epi8(values[2], values[3]), d = _mm512_unpackhi_epi8(values[2], values[3]);
      quads[0] = _mm512_unpacklo_epi16(a, c);
      quads[1] = _mm512_unpackhi_epi16(a, c);
      quads[2] = _mm512_unpacklo_epi16(b, d);
      quads[3] = _mm512_unpackhi_epi16(b, d);
      for (int m = 0; m < 4; m++) {
        sums[0][m] = vi_dot_bytes(sums[0][m], (vi)quads[m], vi_splat_load((const char *)high + i));
        sums[1][m] = vi_dot_bytes(sums[1][m], (vi)quads[m], vi_splat_load((const char *)low + i));
      }
    }
    for (int half = 0; half < 2; half++) {
      __m512i *m = (__m512i *)sums[half];
      __m512i a = _mm512_shuffle_i32x4(m[0], m[1], 0x88), b = _mm512_shuffle_i32x4(m[0], m[1], 0xDD);
      __m512i c = _mm512_shuffle_i32x4(m[2], m[3], 0x88), d = _mm512_shuffle_i32x4(m[2], m[3], 0xDD);
      const __m512i quarters[4] = {
        _mm512_shuffle_i32x4(a, c, 0x88), _mm512_shuffle_i32x4(b, d, 0x88), _mm512_shuffle_i32x4(a, c, 0xDD),
        _mm512_shuffle_i32x4(b, d, 0xDD)};
      for (int q = 0; q < 4 && group + 4 * q < groups; q++) {
        float *place = (half ? lows : highs) + 4 * group + 16 * q;
        vi_store(place, (vi)((vu)vi_load(place) + (vu)quarters[q]));
      }
    }
  }
}
