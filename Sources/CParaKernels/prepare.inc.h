// Rows of activations, prepared for products and caches.

// As bf16: what a cache holds, and products of bf16 where there are such.
static float prepare_bfloat16(const float *x, long count, void *out) {
  uint16_t *row = out;
  long i = 0;
  for (; i + PARA_LANES <= count; i += PARA_LANES) vf_narrow(row + i, vf_load(x + i));
  if (i < count) {
    uint16_t rest[PARA_LANES];
    vf_narrow(rest, vf_load_part(x + i, count - i));
    memcpy(row + i, rest, 2 * (unsigned long)(count - i));
  }
  if (count % 2) row[count] = 0;
  return 1;
}

// The greatest magnitude; NaN unless all are finite.
INLINE float greatest_of(const float *x, long count) {
  vf most = {}, rest = {};
  for (long i = 0; i < count; i += PARA_LANES) {
    long n = count - i;
    vf v = LOAD(x + i);
    most = vf_max(most, vf_max(v, -v));
    rest += v * 0.0f;
  }
  return vf_largest(most) + vf_sum(rest);
}

// 1.5 · 2²³ rounds to a whole number; its low bits hold that number's.
INLINE vi nearest_whole(vf v) { return (vi)(v + 12582912.0f) - 0x4B400000; }

// What a step is worth where the greatest of the numbers is so many.
INLINE float step_of(const float *x, long count, const float steps) {
  float greatest = greatest_of(x, count);
  return greatest == 0 ? 1 : greatest / steps;
}

// x / scale + 128 in [1, 255] as bytes, scale = greatest |x| / 127; returns the scale.
static float prepare_bytes(const float *x, long count, void *out) {
  uint8_t *row = out;
  const float scale = step_of(x, count, 127), inverse = 1 / scale;
  long i = 0;
  for (; i + 4 * PARA_LANES <= count; i += 4 * PARA_LANES) {
    vi four[4];
    for (int k = 0; k < 4; k++) four[k] = nearest_whole(vf_load(x + i + k * PARA_LANES) * inverse);
    vi_store_bytes(row + i, four, 128);
  }
  for (; i < count; i += PARA_LANES) {
    long n = count - i;
    vb bytes = __builtin_convertvector(nearest_whole(LOAD(x + i) * inverse) + 128, vb);
    if (n >= PARA_LANES) memcpy(row + i, &bytes, sizeof bytes);
    else memcpy(row + i, &bytes, (unsigned long)n);
  }
  for (i = count; i % 4; i++) row[i] = 128;
  return scale;
}

#if defined(PARA_BF16)
#define prepare_row_bfloat16 prepare_bfloat16
#else
// Rounded to bf16, stored as fp32.
static float prepare_row_bfloat16(const float *x, long count, void *out) {
  float *row = out;
  for (long i = 0; i < count; i += PARA_LANES) {
    long n = count - i;
    vf v = (vf)(vf_bfloat16(LOAD(x + i)) << 16);
    if (n >= PARA_LANES) vf_store(row + i, v);
    else vf_store_part(row + i, v, n);
  }
  if (count % 2) row[count] = 0;
  return 1;
}
#endif

#if PARA_LANES == 8
// Of every four numbers 0, 2, 1, 3, each 128 + x / scale in 16 bits. Where there is room for 16, 12 cost no
// more than 8 and spare a row's small numbers what its greatest would cost them; sums of longer rows
// than 8,192 allow less.
static float prepare_row_int8(const float *x, long count, void *out) {
  uint16_t *row = out;
  const float most = 2147483647.0f / 127 / (float)(count + 1);
  const float scale = step_of(x, count, most < INT8_STEPS ? most : INT8_STEPS), inverse = 1 / scale;
  for (long i = 0; i < count; i += PARA_LANES) {
    long n = count - i;
    vh numbers = __builtin_convertvector(nearest_whole(LOAD(x + i) * inverse) + 128, vh);
    numbers = __builtin_shufflevector(numbers, numbers, 0, 2, 1, 3, 4, 6, 5, 7);
    if (n >= PARA_LANES) memcpy(row + i, &numbers, sizeof numbers);
    else memcpy(row + i, &numbers, n > 4 ? 16 : 8);
  }
  return scale;
}
#else
#define prepare_row_int8 prepare_bytes
#endif

#if defined(PARA_PAIRS)
// x / scale in 16 bits. Rows and features (para_pack_int16) are no longer, in steps, than
// para_int16_scale says, so that by Cauchy and Schwarz sums of their products stay below 2³¹.
static float prepare_int16(const float *x, long count, void *out) {
  int16_t *row = out;
  const float greatest = greatest_of(x, count), unit = greatest > 0 ? 1 / greatest : 1;
  vf squares = {};
  for (long i = 0; i < count; i += PARA_LANES) {
    long n = count - i;
    vf v = LOAD(x + i) * unit;
    squares += v * v;
  }
  const float scale = para_int16_scale(greatest, vf_sum(squares)), inverse = 1 / scale;
  for (long i = 0; i < count; i += PARA_LANES) {
    long n = count - i;
    vh numbers = __builtin_convertvector(nearest_whole(LOAD(x + i) * inverse), vh);
    if (n >= PARA_LANES) memcpy(row + i, &numbers, sizeof numbers);
    else memcpy(row + i, &numbers, 2 * (unsigned long)n);
  }
  if (count % 2) row[count] = 0;
  return scale;
}
#else
#define prepare_int16 0
#endif
