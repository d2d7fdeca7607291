// Products of an int8 KV cache with queries and softmax weights in int16, so that only the cache is rounded to
// 8 bits: an int16 is two int8 halves, x = scale · (256 · high + low), and each half is multiplied with the
// cache's bytes.
//
// The cache's bytes are 128 too large, so 128 · Σ of a token's halves is subtracted from its products. Sums are
// modulo 2³², in which that difference is exact for up to 2¹⁷ inputs.

typedef struct {
  float scale;
  uint32_t highOffset, lowOffset;  // 128 · Σ
} int16_scale;

typedef struct {
  int16_scale *scales;  // [tokens]
  int8_t *bytes;        // [tokens][high, low][byteStride], padded with 0
  long byteStride;
  float *sums;          // int32 products, [tokens][high, low][sumStride]
  long sumStride;
} int16_halves;

// Bytes that vi_store_bytes stores at a time.
enum { STORED_BYTES = 4 * PARA_LANES };

// Lays the halves of [tokens, inputs] and their sums [tokens, outputs] out in scratch memory:
// tokens · (3 + 2 · inputs⌈64⌉ / 4 + 2 · outputs) floats.
INLINE int16_halves halves_in(float *scratch, long tokens, long inputs, long outputs) {
  int16_scale *scales = (int16_scale *)scratch;
  int8_t *bytes = (int8_t *)(scales + tokens);
  long byteStride = (inputs + STORED_BYTES - 1) / STORED_BYTES * STORED_BYTES;
  return (int16_halves){scales, bytes, byteStride, (float *)(bytes + 2 * tokens * byteStride), outputs};
}

// Quantizes x [inputs], whose greatest magnitude is `maximum`.
INLINE void split_into_halves(const int16_halves *s, long token, const float *x, float maximum, long inputs) {
  float scale = maximum == 0 ? 1 : maximum * (1.0f / 32512), inverse = maximum == 0 ? 1 : 32512 / maximum;
  int8_t *high = s->bytes + 2 * token * s->byteStride, *low = high + s->byteStride;
  vu sums[4] = {};  // of high and of low halves
  for (long i = 0; i < inputs; i += STORED_BYTES) {
    vi upper[4], lower[4];
    for (int k = 0; k < 4; k++) {
      long place = i + k * PARA_LANES, n = inputs - place;
      vf v = n >= PARA_LANES ? vf_load(x + place) : n > 0 ? vf_load_first(x + place, n) : (vf){};
      vi whole = vf_nearest(v * inverse);
      upper[k] = (whole + 128) >> 8;
      lower[k] = whole - (upper[k] << 8);
      sums[0] += (vu)upper[k];
      sums[1] += (vu)lower[k];
    }
    vi_store_bytes(high + i, upper, 0);
    vi_store_bytes(low + i, lower, 0);
  }
  vu4 offsets = 128 * vu_reduce_add_4(sums);
  s->scales[token] = (int16_scale){scale, offsets[0], offsets[1]};
}

// A cache's keys or values from some position on, as a packed weight.
typedef struct {
  const char *panels;
  long panelBytes, count;    // panels
  const float *scales;       // int8 keys: of the positions; null for values
  const char *next;          // as many panels are prefetched from here
  const float *nextScales;   // and as many scales from here
} kv_weight;

// sums = halves · weightᵀ, as integers.
INLINE void multiply_halves(const int16_halves *s, long tokens, const kv_weight *weight, long inputs) {
  multiply(
    LINEAR_INT8_KV, (const char *)s->bytes, s->byteStride, 2 * tokens, weight->panels, weight->panelBytes,
    weight->count, (inputs + 3) / 4, weight->next, s->sums, s->sumStride);
}

// Dequantizes a token's sums: out [outputs] = scale · (256 · high + low), times factors [outputs] unless null. As
// many factors are prefetched from `nextFactors`.
INLINE void combine_halves(
  const int16_halves *s, long token, const float *factors, const float *nextFactors, long outputs, float *out) {
  const int16_scale own = s->scales[token];
  const float *high = s->sums + 2 * token * s->sumStride, *low = high + s->sumStride;
  for (long i = 0; i < outputs; i += PARA_LANES) {
    vf upper = __builtin_convertvector((vi)((vu)vi_load(high + i) - own.highOffset), vf);
    vf y = (256 * upper + __builtin_convertvector((vi)((vu)vi_load(low + i) - own.lowOffset), vf)) * own.scale;
    if (factors) {
      __builtin_prefetch(nextFactors + i, 0, 2);
      y *= vf_load(factors + i);
    }
    vf_store_up_to(out + i, y, outputs - i);
  }
}
