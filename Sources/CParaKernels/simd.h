// Vectors of PARA_LANES floats, for the instruction set that the including file has chosen. Written
// once in the compiler's vector types; where an instruction set has something better, it says so.

#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

// A product and the sum that follows may be one instruction; nothing else of IEEE arithmetic is
// given up.
#pragma clang fp contract(fast)

typedef float vf __attribute__((vector_size(4 * PARA_LANES)));
typedef int32_t vi __attribute__((vector_size(4 * PARA_LANES)));
typedef uint32_t vu __attribute__((vector_size(4 * PARA_LANES)));
typedef uint16_t vh __attribute__((vector_size(2 * PARA_LANES)));
typedef uint8_t vb __attribute__((vector_size(PARA_LANES)));
typedef float quad __attribute__((vector_size(16)));
typedef int32_t int_quad __attribute__((vector_size(16)));
typedef uint32_t whole_quad __attribute__((vector_size(16)));

INLINE vf vf_all(float x) { return x - (vf){}; }
INLINE vi vi_all(int32_t x) { return x - (vi){}; }

INLINE vf vf_load(const void *p) {
  vf v;
  memcpy(&v, p, sizeof v);
  return v;
}

INLINE vi vi_load(const void *p) {
  vi v;
  memcpy(&v, p, sizeof v);
  return v;
}

INLINE void vf_store(void *p, vf v) { memcpy(p, &v, sizeof v); }
INLINE void vi_store(void *p, vi v) { memcpy(p, &v, sizeof v); }

INLINE vf vf_select(vi mask, vf yes, vf no) {
#if PARA_LANES == 8
  return _mm256_blendv_ps(no, yes, (vf)mask);
#else
  return (vf)(((vi)yes & mask) | ((vi)no & ~mask));
#endif
}

#if defined(PARA_AVX512)

INLINE vf vf_load_part(const float *p, long n) {
  return _mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
}
INLINE void vf_store_part(float *p, vf v, long n) {
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), v);
}
INLINE vf vf_max(vf a, vf b) { return _mm512_max_ps(a, b); }
INLINE float vf_sum(vf v) { return _mm512_reduce_add_ps(v); }
INLINE float vf_largest(vf v) { return _mm512_reduce_max_ps(v); }
// The sums of four vectors.
INLINE void vf_sum_4(const vf v[4], float sums[4]) {
  vf ab = _mm512_unpacklo_ps(v[0], v[1]) + _mm512_unpackhi_ps(v[0], v[1]);
  vf cd = _mm512_unpacklo_ps(v[2], v[3]) + _mm512_unpackhi_ps(v[2], v[3]);
  vf abcd = (vf)(_mm512_unpacklo_pd((__m512d)ab, (__m512d)cd)) + (vf)(_mm512_unpackhi_pd((__m512d)ab, (__m512d)cd));
  __m256 half = _mm512_castps512_ps256(abcd) + _mm512_extractf32x8_ps(abcd, 1);
  _mm_storeu_ps(sums, _mm256_castps256_ps128(half) + _mm256_extractf128_ps(half, 1));
}
// Numbers from −128 to 127 as bytes.
INLINE void vi_store_bytes(void *p, const vi v[4], const int more) {
  __m512i ab = _mm512_packs_epi32((__m512i)v[0], (__m512i)v[1]), cd = _mm512_packs_epi32((__m512i)v[2], (__m512i)v[3]);
  __m512i order = _mm512_set_epi32(15, 11, 7, 3, 14, 10, 6, 2, 13, 9, 5, 1, 12, 8, 4, 0);
  __m512i bytes = _mm512_permutexvar_epi32(order, _mm512_packs_epi16(ab, cd));
  _mm512_storeu_si512(p, _mm512_add_epi8(bytes, _mm512_set1_epi8((char)more)));
}
INLINE whole_quad vu_sum_4(const vu v[4]) {
  vu ab = (vu)_mm512_unpacklo_epi32((__m512i)v[0], (__m512i)v[1]) + (vu)_mm512_unpackhi_epi32((__m512i)v[0], (__m512i)v[1]);
  vu cd = (vu)_mm512_unpacklo_epi32((__m512i)v[2], (__m512i)v[3]) + (vu)_mm512_unpackhi_epi32((__m512i)v[2], (__m512i)v[3]);
  vu abcd = (vu)_mm512_unpacklo_epi64((__m512i)ab, (__m512i)cd) + (vu)_mm512_unpackhi_epi64((__m512i)ab, (__m512i)cd);
  __m256i half = _mm256_add_epi32(_mm512_castsi512_si256((__m512i)abcd), _mm512_extracti64x4_epi64((__m512i)abcd, 1));
  return (whole_quad)_mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

#elif PARA_LANES == 8

INLINE __m256i first_lanes(long n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0));
}
INLINE vf vf_load_part(const float *p, long n) { return _mm256_maskload_ps(p, first_lanes(n)); }
INLINE void vf_store_part(float *p, vf v, long n) { _mm256_maskstore_ps(p, first_lanes(n), v); }
INLINE vf vf_max(vf a, vf b) { return _mm256_max_ps(a, b); }
INLINE vf vf_min(vf a, vf b) { return _mm256_min_ps(a, b); }
INLINE float vf_sum(vf v) {
  quad four = _mm256_castps256_ps128(v) + _mm256_extractf128_ps(v, 1);
  quad two = four + _mm_movehl_ps(four, four);
  return two[0] + two[1];
}
INLINE float vf_largest(vf v) {
  quad four = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  quad two = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return two[0] > two[1] ? two[0] : two[1];
}
INLINE void vf_sum_4(const vf v[4], float sums[4]) {
  vf all = _mm256_hadd_ps(_mm256_hadd_ps(v[0], v[1]), _mm256_hadd_ps(v[2], v[3]));
  _mm_storeu_ps(sums, _mm256_castps256_ps128(all) + _mm256_extractf128_ps(all, 1));
}
INLINE void vi_store_bytes(void *p, const vi v[4], const int more) {
  __m256i ab = _mm256_packs_epi32((__m256i)v[0], (__m256i)v[1]), cd = _mm256_packs_epi32((__m256i)v[2], (__m256i)v[3]);
  __m256i bytes = _mm256_permutevar8x32_epi32(_mm256_packs_epi16(ab, cd), _mm256_set_epi32(7, 3, 6, 2, 5, 1, 4, 0));
  _mm256_storeu_si256(p, _mm256_add_epi8(bytes, _mm256_set1_epi8((char)more)));
}
INLINE whole_quad vu_sum_4(const vu v[4]) {
  __m256i all = _mm256_hadd_epi32(
    _mm256_hadd_epi32((__m256i)v[0], (__m256i)v[1]), _mm256_hadd_epi32((__m256i)v[2], (__m256i)v[3]));
  return (whole_quad)_mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
}

#else

INLINE vf vf_load_part(const float *p, long n) {
  vf v = {};
  for (long i = 0; i < n; i++) v[i] = p[i];
  return v;
}
INLINE void vf_store_part(float *p, vf v, long n) {
  for (long i = 0; i < n; i++) p[i] = v[i];
}
INLINE vf vf_max(vf a, vf b) { return vf_select(a > b, a, b); }
INLINE vf vf_min(vf a, vf b) { return vf_select(a < b, a, b); }
INLINE float vf_sum(vf v) {
  float lanes[PARA_LANES];
  memcpy(lanes, &v, sizeof v);
  for (long width = PARA_LANES / 2; width > 0; width /= 2)
    for (long i = 0; i < width; i++) lanes[i] += lanes[i + width];
  return lanes[0];
}
INLINE void vf_sum_4(const vf v[4], float sums[4]) {
  for (int i = 0; i < 4; i++) sums[i] = vf_sum(v[i]);
}
INLINE void vi_store_bytes(void *p, const vi v[4], const int more) {
  for (int i = 0; i < 4; i++) {
    vb bytes = __builtin_convertvector(v[i] + more, vb);
    memcpy((char *)p + i * PARA_LANES, &bytes, sizeof bytes);
  }
}
INLINE whole_quad vu_sum_4(const vu v[4]) {
  whole_quad sums = {};
  for (int i = 0; i < 4; i++)
    for (long lane = 0; lane < PARA_LANES; lane++) sums[i] += v[i][lane];
  return sums;
}
INLINE float vf_largest(vf v) {
  float largest = v[0];
  for (long i = 1; i < PARA_LANES; i++) largest = v[i] > largest ? v[i] : largest;
  return largest;
}

#endif

// exp(x) to 2 ulp for x in [−87.3, 88.7], 0 below (numbers that are not normal take some processors a
// hundred cycles), +∞ above. exp(x) = 2^n · exp(r),
// n = round(x / ln 2), |r| ≤ ln 2 / 2, exp(r) by its Taylor polynomial of degree 7.
INLINE vf vf_exp(vf x) {
#if defined(PARA_AVX512)
  // The second of two operands is what remains where one is NaN.
  __mmask16 notLow = _mm512_cmp_ps_mask(x, vf_all(-87.3f), _CMP_NLT_UQ);
  vf bounded = _mm512_max_ps(vf_all(-87.3f), _mm512_min_ps(vf_all(89), x));
  vf n = _mm512_roundscale_ps(bounded * 1.44269504088896341f, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
#else
  vf bounded = vf_max(vf_all(-87.3f), vf_min(vf_all(88.7f), x));
  vf shifted = bounded * 1.44269504088896341f + 12582912.0f;  // 1.5 · 2²³: rounds to an integer
  vf n = shifted - 12582912.0f;
#endif
  vf r = bounded - n * 0.693145751953125f;  // ln 2 in two parts
  r = r - n * 1.42860682030941723212e-6f;
  vf p = r * 1.9841270e-4f + 1.3888889e-3f;
  p = p * r + 8.3333333e-3f;
  p = p * r + 4.1666668e-2f;
  p = p * r + 1.6666667e-1f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
#if defined(PARA_AVX512)
  return _mm512_maskz_scalef_ps(notLow, p, n);
#else
  // p · 2^n by adding n, the low bits of `shifted`, to the exponent: within the bounds all are normal.
  vf result = (vf)(((vu)shifted << 23) + (vu)p);
  result = vf_select(x > 88.7f, vf_all(__builtin_inff()), result);
  return vf_select(x == x, (vf)((vi)result & (x >= -87.3f)), x);
#endif
}

// tanh(x) to 4 ulp: its Taylor polynomial of degree 9 for |x| < ¼, else 1 − 2 / (exp(2x) + 1).
INLINE vf vf_tanh(vf x) {
  vf s = x * x;
  vf p = s * 2.1869488e-2f - 5.3968254e-2f;
  p = p * s + 1.3333334e-1f;
  p = p * s - 3.3333334e-1f;
  vf large = 1.0f - 2.0f / (vf_exp(2.0f * x) + 1.0f);
  return vf_select(s < 0.0625f, x + x * s * p, large);
}

// PARA_LANES bf16 numbers as fp32, exactly.
INLINE vf vf_widen(const uint16_t *p) {
  vh h;
  memcpy(&h, p, sizeof h);
  return (vf)(__builtin_convertvector(h, vu) << 16);
}

// fp32 rounded to the nearest bf16, ties to even, as whole numbers.
INLINE vu vf_bfloat16(vf v) {
#if defined(PARA_BF16)
  return (vu)_mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(v));
#else
  vu bits = (vu)v;
  vu rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
  return (vu)vf_select(v == v, (vf)rounded, (vf)((vu){} + 0x7FC0));
#endif
}

INLINE void vf_narrow(uint16_t *p, vf v) {
#if defined(PARA_BF16)
  __m256bh h = _mm512_cvtneps_pbh(v);
#else
  vh h = __builtin_convertvector(vf_bfloat16(v), vh);
#endif
  memcpy(p, &h, sizeof h);
}

// Two vectors of every other number as one run: e₀ o₀ e₁ o₁ …
INLINE void vf_interleave(vf even, vf odd, vf *first, vf *second) {
#if defined(PARA_AVX512)
  *first = _mm512_permutex2var_ps(even, _mm512_set_epi32(23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0), odd);
  *second =
    _mm512_permutex2var_ps(even, _mm512_set_epi32(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8), odd);
#elif PARA_LANES == 8
  vf low = _mm256_unpacklo_ps(even, odd), high = _mm256_unpackhi_ps(even, odd);
  *first = _mm256_permute2f128_ps(low, high, 0x20);
  *second = _mm256_permute2f128_ps(low, high, 0x31);
#else
  float run[2 * PARA_LANES];
  for (int i = 0; i < PARA_LANES; i++) {
    run[2 * i] = even[i];
    run[2 * i + 1] = odd[i];
  }
  *first = vf_load(run);
  *second = vf_load(run + PARA_LANES);
#endif
}
