// Vector operations of AVX2.

INLINE vf vf_select(vi mask, vf yes, vf no) { return _mm256_blendv_ps(no, yes, (vf)mask); }

INLINE __m256i first_lanes(long n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0));
}
INLINE vf vf_load_first(const float *p, long n) { return _mm256_maskload_ps(p, first_lanes(n)); }
INLINE void vf_store_first(float *p, vf v, long n) { _mm256_maskstore_ps(p, first_lanes(n), v); }

INLINE vf vf_max(vf a, vf b) { return _mm256_max_ps(a, b); }
INLINE vf vf_min(vf a, vf b) { return _mm256_min_ps(a, b); }

INLINE float vf_reduce_add(vf v) {
  vf4 four = _mm256_castps256_ps128(v) + _mm256_extractf128_ps(v, 1);
  vf4 two = four + _mm_movehl_ps(four, four);
  return two[0] + two[1];
}
INLINE float vf_reduce_max(vf v) {
  vf4 four = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  vf4 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return two[0] > two[1] ? two[0] : two[1];
}

INLINE void vf_reduce_add_4(const vf v[4], float sums[4]) {
  vf all = _mm256_hadd_ps(_mm256_hadd_ps(v[0], v[1]), _mm256_hadd_ps(v[2], v[3]));
  _mm_storeu_ps(sums, _mm256_castps256_ps128(all) + _mm256_extractf128_ps(all, 1));
}
INLINE vu4 vu_reduce_add_4(const vu v[4]) {
  __m256i all = _mm256_hadd_epi32(
    _mm256_hadd_epi32((__m256i)v[0], (__m256i)v[1]), _mm256_hadd_epi32((__m256i)v[2], (__m256i)v[3]));
  return (vu4)_mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
}

INLINE void vi_store_bytes(void *p, const vi v[4], const int offset) {
  __m256i ab = _mm256_packs_epi32((__m256i)v[0], (__m256i)v[1]), cd = _mm256_packs_epi32((__m256i)v[2], (__m256i)v[3]);
  __m256i bytes = _mm256_permutevar8x32_epi32(_mm256_packs_epi16(ab, cd), _mm256_set_epi32(7, 3, 6, 2, 5, 1, 4, 0));
  _mm256_storeu_si256(p, _mm256_add_epi8(bytes, _mm256_set1_epi8((char)offset)));
}

INLINE void vf_interleave(vf even, vf odd, vf *first, vf *second) {
  vf low = _mm256_unpacklo_ps(even, odd), high = _mm256_unpackhi_ps(even, odd);
  *first = _mm256_permute2f128_ps(low, high, 0x20);
  *second = _mm256_permute2f128_ps(low, high, 0x31);
}

INLINE vi vi_dot_int16_pairs(vi sum, vi a, vi b) {
  return (vi)_mm256_add_epi32((__m256i)sum, _mm256_madd_epi16((__m256i)a, (__m256i)b));
}

// Bytes 0 and 2 (part 0), or 1 and 3 (part 1), of each lane as a pair of int16.
INLINE vi vi_signed_pairs(vi bytes, const int part) {
  return (vi)_mm256_srai_epi16(part ? (__m256i)bytes : _mm256_slli_epi16((__m256i)bytes, 8), 8);
}
INLINE vi vi_unsigned_pairs(vi bytes, const int part) {
  return part ? (vi)_mm256_srli_epi16((__m256i)bytes, 8) : bytes & 0x00FF00FF;
}

INLINE vi vi_dot_bytes(vi sum, vi unsignedBytes, vi signedBytes) {
  for (int part = 0; part < 2; part++)
    sum = vi_dot_int16_pairs(sum, vi_unsigned_pairs(unsignedBytes, part), vi_signed_pairs(signedBytes, part));
  return sum;
}

// Of every four elements 0, 2, 1, 3: the order in which vi_signed_pairs takes bytes.
INLINE vh vh_swap_middle_of_four(vh v) { return __builtin_shufflevector(v, v, 0, 2, 1, 3, 4, 6, 5, 7); }
