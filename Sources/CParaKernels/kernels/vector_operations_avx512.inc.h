// Vector operations of AVX-512 with VNNI, and of BF16 where PARA_HAS_BFLOAT16_DOT is defined.

INLINE vf vf_select(vi mask, vf yes, vf no) { return (vf)(((vi)yes & mask) | ((vi)no & ~mask)); }

INLINE vf vf_load_first(const float *p, long n) { return _mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p); }
INLINE void vf_store_first(float *p, vf v, long n) { _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), v); }

INLINE vf vf_max(vf a, vf b) { return _mm512_max_ps(a, b); }

INLINE float vf_reduce_add(vf v) { return _mm512_reduce_add_ps(v); }
INLINE float vf_reduce_max(vf v) { return _mm512_reduce_max_ps(v); }

INLINE void vf_reduce_add_4(const vf v[4], float sums[4]) {
  vf ab = _mm512_unpacklo_ps(v[0], v[1]) + _mm512_unpackhi_ps(v[0], v[1]);
  vf cd = _mm512_unpacklo_ps(v[2], v[3]) + _mm512_unpackhi_ps(v[2], v[3]);
  vf abcd = (vf)(_mm512_unpacklo_pd((__m512d)ab, (__m512d)cd)) + (vf)(_mm512_unpackhi_pd((__m512d)ab, (__m512d)cd));
  __m256 half = _mm512_castps512_ps256(abcd) + _mm512_extractf32x8_ps(abcd, 1);
  _mm_storeu_ps(sums, _mm256_castps256_ps128(half) + _mm256_extractf128_ps(half, 1));
}
INLINE vu4 vu_reduce_add_4(const vu v[4]) {
  __m512i a = (__m512i)v[0], b = (__m512i)v[1], c = (__m512i)v[2], d = (__m512i)v[3];
  vu ab = (vu)_mm512_unpacklo_epi32(a, b) + (vu)_mm512_unpackhi_epi32(a, b);
  vu cd = (vu)_mm512_unpacklo_epi32(c, d) + (vu)_mm512_unpackhi_epi32(c, d);
  vu abcd = (vu)_mm512_unpacklo_epi64((__m512i)ab, (__m512i)cd) + (vu)_mm512_unpackhi_epi64((__m512i)ab, (__m512i)cd);
  __m256i half = _mm256_add_epi32(_mm512_castsi512_si256((__m512i)abcd), _mm512_extracti64x4_epi64((__m512i)abcd, 1));
  return (vu4)_mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

INLINE void vi_store_bytes(void *p, const vi v[4], const int offset) {
  __m512i ab = _mm512_packs_epi32((__m512i)v[0], (__m512i)v[1]), cd = _mm512_packs_epi32((__m512i)v[2], (__m512i)v[3]);
  __m512i order = _mm512_set_epi32(15, 11, 7, 3, 14, 10, 6, 2, 13, 9, 5, 1, 12, 8, 4, 0);
  __m512i bytes = _mm512_permutexvar_epi32(order, _mm512_packs_epi16(ab, cd));
  _mm512_storeu_si512(p, _mm512_add_epi8(bytes, _mm512_set1_epi8((char)offset)));
}

INLINE void vf_interleave(vf even, vf odd, vf *first, vf *second) {
  *first = _mm512_permutex2var_ps(even, _mm512_set_epi32(23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0), odd);
  *second =
    _mm512_permutex2var_ps(even, _mm512_set_epi32(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8), odd);
}

INLINE vi vi_dot_bytes(vi sum, vi unsignedBytes, vi signedBytes) {
  return (vi)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)unsignedBytes, (__m512i)signedBytes);
}

INLINE vi vi_dot_int16_pairs(vi sum, vi a, vi b) {
  // Not the intrinsic: compilers split it into a multiplication and an addition for some processors.
  __asm__("vpdpwssd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
  return sum;
}

#if defined(PARA_HAS_BFLOAT16_DOT)
INLINE vf vf_dot_bfloat16_pairs(vf sum, vf a, vf b) { return _mm512_dpbf16_ps(sum, (__m512bh)a, (__m512bh)b); }

INLINE vu vf_to_bfloat16(vf v) { return (vu)_mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(v)); }

INLINE void vf_store_bfloat16(uint16_t *p, vf v) {
  __m256bh narrow = _mm512_cvtneps_pbh(v);
  memcpy(p, &narrow, sizeof narrow);
}
#endif

// As the portable vf_exp in math.inc.h; `vscalefps` builds 2ⁿ, and its mask gives 0 below −87.3.
#define PARA_HAS_EXP
INLINE vf vf_exp_remainder(vf bounded, vf n);

INLINE vf vf_exp(vf x) {
  // The second operand is what remains where one is NaN.
  __mmask16 notLow = _mm512_cmp_ps_mask(x, vf_splat(-87.3f), _CMP_NLT_UQ);
  vf bounded = _mm512_max_ps(vf_splat(-87.3f), _mm512_min_ps(vf_splat(89), x));
  vf n = _mm512_roundscale_ps(bounded * 1.44269504088896341f, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  return _mm512_maskz_scalef_ps(notLow, vf_exp_remainder(bounded, n), n);
}
