// A prompt's cached keys and values, packed as weights are, so that their products are the tiles of
// product.inc.h: keys with positions as columns, values with positions as the summed index.
//
// An int8 cache holds 128 + x / scale, each position with a scale of its own. What it is multiplied
// with, queries and the softmax's weights, is in 16 bits, so that only the cache is rounded.

INLINE long rounded(long n) { return (n + 15) / 16 * 16; }

// Words of 4 bytes that so many numbers take: what a panel has of each column.
INLINE long words_of(long numbers, const int format) {
  return format == PARA_INT8 ? (numbers + 3) / 4 : format == PARA_BFLOAT16 ? (numbers + 1) / 2 : numbers;
}

// Keys of one head: [positions / 16][words][16]; `row` is room for one.
INLINE void store_prompt_key(
  const para_prompt_cache *c, const float *key, long position, long headSize, float *row, const int format) {
  long words = words_of(headSize, format);
  if (format == PARA_INT8) c->keyScales[position] = prepare_bytes(key, headSize, row);
  else if (format == PARA_BFLOAT16) prepare_bfloat16(key, headSize, row);
  else row = (float *)key;
  float *place = (float *)c->keys + position / 16 * words * 16 + position % 16;
  for (long word = 0; word < words; word++) place[word * 16] = row[word];
}

// Values of one head: [headSize / 16][words of positions][16]; `row` is room for one. The first
// position of a word leaves the others 0, unread, because reading new memory costs a fault of its own.
INLINE void store_prompt_value(
  const para_prompt_cache *c, const float *value, long position, long headSize, float *row, const int format) {
  const long each = format == PARA_INT8 ? 4 : format == PARA_BFLOAT16 ? 2 : 1;
  const int shift = (int)(position % each * (32 / each));
  if (format == PARA_INT8) c->valueScales[position] = prepare_bytes(value, headSize, row);
  for (long d = 0; d < headSize; d += PARA_LANES) {
    long n = headSize - d;
    char *place = (char *)c->values + d / 16 * c->valuePanelBytes + position / each * 64 + d % 16 * 4;
    vu bits;
    if (format == PARA_INT8) {
      vb bytes;
      memcpy(&bytes, (char *)row + d, sizeof bytes);
      bits = __builtin_convertvector(bytes, vu);
    } else {
      vf numbers = LOAD(value + d);
      bits = format == PARA_BFLOAT16 ? vf_bfloat16(numbers) : (vu)numbers;
    }
    if (shift) bits = bits << shift | ((vu)vi_load(place) & ((1u << shift) - 1));
    vi_store(place, (vi)bits);
  }
}

// A row in 16 bits, as two rows of signed bytes: x = scale · (256 · high + low). A cache's bytes are 128
// too large, so 128 · Σ of a row's comes off its products. These are sums modulo 2³², in which the
// difference is exact for up to 2¹⁷ positions.
typedef struct {
  float scale;
  uint32_t highOffset, lowOffset;
} split_row;

// A cache's keys or values, from some position on.
typedef struct {
  const char *panels;
  long panelBytes, count;
  const float *scales;       // int8: of the columns, for keys; null for values
  const char *after;         // as much is called from here into the cache
  const float *afterScales;  // and from here
} cache_part;

INLINE cache_part keys_from(
  const para_prompt_cache *c, long position, long positions, long headSize, const para_prompt_cache *next,
  const int format) {
  long panelBytes = 64 * words_of(headSize, format);
  return (cache_part){
    (const char *)c->keys + position / 16 * panelBytes, panelBytes, positions / 16,
    format == PARA_INT8 ? c->keyScales + position : 0, next->keys, next->keyScales};
}

INLINE cache_part values_from(
  const para_prompt_cache *c, long position, long headSize, const para_prompt_cache *next, const int format) {
  return (cache_part){
    (const char *)c->values + 64 * words_of(position, format), c->valuePanelBytes, rounded(headSize) / 16, 0,
    next->values, 0};
}

// Split rows, with room for what they are multiplied to.
typedef struct {
  split_row *rows;
  int8_t *bytes;  // [rows][high, low][rowBytes], filled with 0
  long rowBytes;
  float *sums;    // [rows][high, low][sumColumns]
  long sumColumns;
} split_rows;

#define SPLIT (4 * PARA_LANES)

INLINE split_rows split_room(float *scratch, long rows, long numbers, long columns) {
  split_row *splits = (split_row *)scratch;
  int8_t *bytes = (int8_t *)(splits + rows);
  long rowBytes = (numbers + SPLIT - 1) / SPLIT * SPLIT;
  return (split_rows){splits, bytes, rowBytes, (float *)(bytes + 2 * rows * rowBytes), columns};
}

// Splits a row; `greatest` is its greatest magnitude.
INLINE void split(const split_rows *s, long row, const float *x, float greatest, long count) {
  float scale = greatest == 0 ? 1 : greatest * (1.0f / 32512), inverse = greatest == 0 ? 1 : 32512 / greatest;
  int8_t *high = s->bytes + 2 * row * s->rowBytes, *low = high + s->rowBytes;
  vu sums[4] = {};  // of high and of low bytes
  for (long i = 0; i < count; i += SPLIT) {
    vi upper[4], lower[4];
    for (int k = 0; k < 4; k++) {
      long place = i + k * PARA_LANES, n = count - place;
      vf v = n >= PARA_LANES ? vf_load(x + place) : n > 0 ? vf_load_part(x + place, n) : (vf){};
      vi whole = nearest_whole(v * inverse);
      upper[k] = (whole + 128) >> 8;
      lower[k] = whole - (upper[k] << 8);
      sums[0] += (vu)upper[k];
      sums[1] += (vu)lower[k];
    }
    vi_store_bytes(high + i, upper, 0);
    vi_store_bytes(low + i, lower, 0);
  }
  whole_quad offsets = 128 * vu_sum_4(sums);
  s->rows[row] = (split_row){scale, offsets[0], offsets[1]};
}

// The rows' sums of products with a cache's bytes, `numbers` of each row.
INLINE void multiply_bytes(const split_rows *s, long rows, const cache_part *part, long numbers) {
  multiply_cached8(
    (const char *)s->bytes, s->rowBytes, 2 * rows, part->panels, part->panelBytes, part->count,
    words_of(numbers, PARA_INT8), part->after, s->sums, s->sumColumns);
}

// out[i] = what a row's sums stand for, times factors[i] if there are factors. As many of these are
// called from `after`.
INLINE void join(
  const split_rows *s, long row, const float *factors, const float *after, long count, float *out) {
  const split_row own = s->rows[row];
  const float *high = s->sums + 2 * row * s->sumColumns, *low = high + s->sumColumns;
  for (long i = 0; i < count; i += PARA_LANES) {
    long n = count - i;
    vf upper = __builtin_convertvector((vi)((vu)vi_load(high + i) - own.highOffset), vf);
    vf y = (256 * upper + __builtin_convertvector((vi)((vu)vi_load(low + i) - own.lowOffset), vf)) * own.scale;
    if (factors) {
      __builtin_prefetch(after + i, 0, 2);
      y *= vf_load(factors + i);
    }
    if (n >= PARA_LANES) vf_store(out + i, y);
    else vf_store_part(out + i, y, n);
  }
}

// out = a · part, [rows, part's columns], `a` having so many numbers a row, of the greatest magnitudes
// `greatest` if they are known; may round `a` in its place.
INLINE void multiply_cached(
  const cache_part *part, float *a, long stride, long rows, long numbers, const float *greatest, float *out,
  long outStride, float *scratch, const int format) {
  if (format == PARA_INT8) {
    const long columns = part->count * 16;
    const split_rows s = split_room(scratch, rows, numbers, columns);
    for (long row = 0; row < rows; row++) {
      const float *x = a + row * stride;
      split(&s, row, x, greatest ? greatest[row] : greatest_of(x, numbers), numbers);
    }
    multiply_bytes(&s, rows, part, numbers);
    for (long row = 0; row < rows; row++)
      join(&s, row, part->scales, part->afterScales, columns, out + row * outStride);
  } else if (format == PARA_BFLOAT16) {
    for (long row = 0; row < rows; row++) prepare_bfloat16(a + row * stride, numbers, a + row * stride);
    multiply_bfloat16(
      (const char *)a, stride * 4, rows, part->panels, part->panelBytes, part->count, words_of(numbers, format),
      part->after, out, outStride);
  } else {
    multiply_float32(
      (const char *)a, stride * 4, rows, part->panels, part->panelBytes, part->count, numbers, part->after, out,
      outStride);
  }
}
