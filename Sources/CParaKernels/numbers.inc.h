// The kinds of numbers that products run on. Each says what it takes of one group of a row (4 bytes, 8
// where its numbers are widened) and of a panel (16 columns), in parts, and how a vector of sums grows by
// their product.

INLINE vi row_float32(const char *row, const int part) {
  float x;
  memcpy(&x, row + 4 * part, 4);
  return (vi)vf_all(x);
}
INLINE vi weights_float32(const char *weights, const int part) { return vi_load(weights); }
INLINE vi add_float32(vi sum, vi x, vi w) { return (vi)((vf)sum + (vf)x * (vf)w); }

// Of a pair of bf16 numbers the first, or the second.
INLINE vi half_of(vi pairs, const int part) {
  return part ? (vi)((vu)pairs & 0xFFFF0000u) : (vi)((vu)pairs << 16);
}

INLINE vi row_widened(const char *row, const int part) { return row_float32(row, part); }
INLINE vi weights_widened(const char *weights, const int part) { return half_of(vi_load(weights), part); }
INLINE vi add_widened(vi sum, vi x, vi w) { return add_float32(sum, x, w); }

INLINE vi word_of(const char *row, const int word) {
  int32_t x;
  memcpy(&x, row + 4 * word, 4);
  return vi_all(x);
}

#if defined(PARA_BF16)
enum { BFLOAT16_PARTS = 1, BFLOAT16_BYTES = 2 };
INLINE vi row_bfloat16(const char *row, const int part) { return word_of(row, 0); }
INLINE vi weights_bfloat16(const char *weights, const int part) { return vi_load(weights); }
INLINE vi add_bfloat16(vi sum, vi x, vi w) { return (vi)_mm512_dpbf16_ps((vf)sum, (__m512bh)x, (__m512bh)w); }
#else
// Rows of products hold fp32 numbers, which are rounded to bf16: nothing is left to do to them in a tile.
enum { BFLOAT16_PARTS = 2, BFLOAT16_BYTES = 4 };
INLINE vi row_bfloat16(const char *row, const int part) { return half_of(word_of(row, 0), part); }
INLINE vi weights_bfloat16(const char *weights, const int part) { return half_of(vi_load(weights), part); }
INLINE vi add_bfloat16(vi sum, vi x, vi w) { return add_float32(sum, x, w); }
#endif

#if defined(PARA_PAIRS)

// Pairs of 16 bits times others, added to each sum.
INLINE vi add_pairs(vi sum, vi a, vi b) {
#if defined(PARA_AVX512)
  // Not by its intrinsic, which compilers take apart for processors they do not know.
  __asm__("vpdpwssd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
  return sum;
#else
  return (vi)_mm256_add_epi32((__m256i)sum, _mm256_madd_epi16((__m256i)a, (__m256i)b));
#endif
}

// Whole numbers of 16 bits: pairs as they are.
INLINE vi row_int16(const char *row, const int part) { return word_of(row, 0); }
INLINE vi weights_int16(const char *weights, const int part) { return vi_load(weights); }
INLINE vi add_int16(vi sum, vi x, vi w) { return add_pairs(sum, x, w); }

#endif

#if PARA_LANES == 8

// Without `vpdpbusd`, pairs of 16 bits are multiplied: of each four numbers 0 and 2, then 1 and 3.
INLINE vi pairs_of_signed(vi bytes, const int part) {
  return (vi)_mm256_srai_epi16(part ? (__m256i)bytes : _mm256_slli_epi16((__m256i)bytes, 8), 8);
}
INLINE vi pairs_of_unsigned(vi bytes, const int part) {
  return part ? (vi)_mm256_srli_epi16((__m256i)bytes, 8) : bytes & 0x00FF00FF;
}

// Four unsigned bytes times four signed ones, added to each sum.
INLINE vi dot_bytes(vi sum, vi a, vi b) {
  for (int part = 0; part < 2; part++) sum = add_pairs(sum, pairs_of_unsigned(a, part), pairs_of_signed(b, part));
  return sum;
}

// A prepared row's pairs lie so already.
enum { INT8_PARTS = 2, INT8_BYTES = 2, INT8_STEPS = 2047 };
INLINE vi row_int8(const char *row, const int part) { return word_of(row, part); }
INLINE vi weights_int8(const char *weights, const int part) { return pairs_of_signed(vi_load(weights), part); }
INLINE vi add_int8(vi sum, vi x, vi w) { return add_pairs(sum, x, w); }

// Here the unsigned bytes are those of the cache.
INLINE vi row_cached8(const char *row, const int part) { return pairs_of_signed(word_of(row, 0), part); }
INLINE vi weights_cached8(const char *cache, const int part) { return pairs_of_unsigned(vi_load(cache), part); }
INLINE vi add_cached8(vi sum, vi x, vi cache) { return add_pairs(sum, x, cache); }

#else

// Four unsigned bytes times four signed ones, added to each sum.
INLINE vi dot_bytes(vi sum, vi a, vi b) {
#if defined(PARA_AVX512)
  return (vi)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)a, (__m512i)b);
#else
  vu total = (vu)sum;
  for (int byte = 0; byte < 4; byte++)
    total += ((vu)a >> (8 * byte) & 0xFF) * (vu)((vi)((vu)b << (24 - 8 * byte)) >> 24);
  return (vi)total;
#endif
}

enum { INT8_PARTS = 1, INT8_BYTES = 1, INT8_STEPS = 127 };
INLINE vi row_int8(const char *row, const int part) { return word_of(row, 0); }
INLINE vi weights_int8(const char *weights, const int part) { return vi_load(weights); }
INLINE vi add_int8(vi sum, vi x, vi w) { return dot_bytes(sum, x, w); }

// Here the unsigned bytes are those of the cache.
INLINE vi row_cached8(const char *row, const int part) { return word_of(row, 0); }
INLINE vi weights_cached8(const char *cache, const int part) { return vi_load(cache); }
INLINE vi add_cached8(vi sum, vi x, vi cache) { return dot_bytes(sum, cache, x); }

#endif

// One group of a row and some columns.
#define STEP(KIND, PARTS)                                                                   \
  INLINE void step_##KIND(vi *sum, const char *row, const char *weights) {                  \
    for (int part = 0; part < PARTS; part++)                                                \
      *sum = add_##KIND(*sum, row_##KIND(row, part), weights_##KIND(weights, part));        \
  }
STEP(float32, 1)
STEP(widened, 2)
