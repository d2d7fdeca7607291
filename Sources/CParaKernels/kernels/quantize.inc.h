// Quantization of one token's activations, x [count], for linear layers and KV caches.

// To bf16: what a KV cache holds, and linear layers where there are bf16 dot products. An odd count is padded
// with 0.
static float quantize_bfloat16(const float *x, long count, void *out) {
  uint16_t *elements = out;
  long i = 0;
  for (; i + PARA_LANES <= count; i += PARA_LANES) vf_store_bfloat16(elements + i, vf_load(x + i));
  if (i < count) {
    uint16_t rest[PARA_LANES];
    vf_store_bfloat16(rest, vf_load_first(x + i, count - i));
    memcpy(elements + i, rest, 2 * (unsigned long)(count - i));
  }
  if (count % 2) elements[count] = 0;
  return 1;
}

// max |x|; NaN if x is not finite.
INLINE float max_abs(const float *x, long count) {
  vf most = {}, rest = {};
  for (long i = 0; i < count; i += PARA_LANES) {
    vf v = vf_load_up_to(x + i, count - i);
    most = vf_max(most, vf_max(v, -v));
    rest += v * 0.0f;
  }
  return vf_reduce_max(most) + vf_reduce_add(rest);
}

// The scale with which max |x / scale| is `limit`.
INLINE float symmetric_scale(const float *x, long count, const float limit) {
  float maximum = max_abs(x, count);
  return maximum == 0 ? 1 : maximum / limit;
}

// To bytes: 128 + x / scale in [1, 255], scale = max |x| / 127, padded with 128 to a multiple of four. Returns the
// scale.
static float quantize_bytes(const float *x, long count, void *out) {
  uint8_t *elements = out;
  const float scale = symmetric_scale(x, count, 127), inverse = 1 / scale;
  long i = 0;
  for (; i + 4 * PARA_LANES <= count; i += 4 * PARA_LANES) {
    vi four[4];
    for (int k = 0; k < 4; k++) four[k] = vf_nearest(vf_load(x + i + k * PARA_LANES) * inverse);
    vi_store_bytes(elements + i, four, 128);
  }
  for (; i < count; i += PARA_LANES) {
    long n = count - i;
    vb bytes = __builtin_convertvector(vf_nearest(vf_load_up_to(x + i, n) * inverse) + 128, vb);
    if (n >= PARA_LANES) memcpy(elements + i, &bytes, sizeof bytes);
    else memcpy(elements + i, &bytes, (unsigned long)n);
  }
  for (i = count; i % 4; i++) elements[i] = 128;
  return scale;
}

#if defined(PARA_HAS_BFLOAT16_DOT)
#define quantize_linear_bfloat16 quantize_bfloat16
#else
// Rounded to bf16, stored as fp32.
static float quantize_linear_bfloat16(const float *x, long count, void *out) {
  float *elements = out;
  for (long i = 0; i < count; i += PARA_LANES) {
    long n = count - i;
    vf_store_up_to(elements + i, (vf)(vf_to_bfloat16(vf_load_up_to(x + i, n)) << 16), n);
  }
  if (count % 2) elements[count] = 0;
  return 1;
}
#endif

#if INT8_IS_INT16_PAIRS
// As int16: 128 + x / scale, of every four elements 0, 2, 1, 3, as vi_signed_pairs orders weights. In 16 bits,
// 12-bit activations cost no more than 8-bit ones and lose less of a token's small elements; sums of more than
// 8,192 inputs allow less.
static float quantize_linear_int8(const float *x, long count, void *out) {
  uint16_t *elements = out;
  const float limit = 2147483647.0f / 127 / (float)(count + 1);
  const float scale = symmetric_scale(x, count, limit < INT8_LIMIT ? limit : INT8_LIMIT), inverse = 1 / scale;
  for (long i = 0; i < count; i += PARA_LANES) {
    long n = count - i;
    vh v = __builtin_convertvector(vf_nearest(vf_load_up_to(x + i, n) * inverse) + 128, vh);
    v = vh_swap_middle_of_four(v);
    if (n >= PARA_LANES) memcpy(elements + i, &v, sizeof v);
    else memcpy(elements + i, &v, 2 * (unsigned long)((n + 3) / 4 * 4));
  }
  return scale;
}
#else
#define quantize_linear_int8 quantize_bytes
#endif

#if defined(PARA_HAS_INT16_DOT)
// To int16: x / scale, scale = para_int16_scale, so that sums of products with para_pack_int16's weights fit 32
// bits. An odd count is padded with 0.
static float quantize_int16(const float *x, long count, void *out) {
  int16_t *elements = out;
  const float maximum = max_abs(x, count), unit = maximum > 0 ? 1 / maximum : 1;
  vf squares = {};
  for (long i = 0; i < count; i += PARA_LANES) {
    vf v = vf_load_up_to(x + i, count - i) * unit;
    squares += v * v;
  }
  const float scale = para_int16_scale(maximum, vf_reduce_add(squares)), inverse = 1 / scale;
  for (long i = 0; i < count; i += PARA_LANES) {
    long n = count - i;
    vh v = __builtin_convertvector(vf_nearest(vf_load_up_to(x + i, n) * inverse), vh);
    if (n >= PARA_LANES) memcpy(elements + i, &v, sizeof v);
    else memcpy(elements + i, &v, 2 * (unsigned long)n);
  }
  if (count % 2) elements[count] = 0;
  return scale;
}
#else
#define quantize_int16 0
#endif
