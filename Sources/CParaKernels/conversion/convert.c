#include "CParaKernels.h"
#include "multiversion.h"

// MARK: From stored weights to fp32

MULTIVERSIONED
void para_upcast_bfloat16(const void *x, long size, float *out) {
  for (long i = 0; i < size; i++) {
    uint16_t high;
    memcpy(&high, (const char *)x + 2 * i, 2);
    uint32_t bits = (uint32_t)high << 16;
    memcpy(out + i, &bits, 4);
  }
}

MULTIVERSIONED
void para_upcast_float16(const void *x, long size, float *out) {
  for (long i = 0; i < size; i++) {
    _Float16 half;
    memcpy(&half, (const char *)x + 2 * i, 2);
    out[i] = (float)half;
  }
}

// MARK: From fp32 to packed weights

// Elements that a loop takes at a time, so that the compiler can vectorize maxima and sums, whose order it may not
// change. The last stretch of a row may be shorter.
enum { STRETCH = 64 };

// Calls f(row, count, …) for each stretch of a row; uses up `row` and `size`.
#define EACH_STRETCH(f, ...)                                                             \
  for (; size >= STRETCH; row += STRETCH, size -= STRETCH) f(row, STRETCH, __VA_ARGS__); \
  f(row, size, __VA_ARGS__)

// Writes elements, 4 bytes at a time, as one feature of the next groups of a panel [groups][16 features][4 bytes].
INLINE void scatter(const void *elements, long bytes, char **out) {
  for (long i = 0; i < bytes; i += 4) memcpy(*out + i * 16, (const char *)elements + i, 4);
  *out += bytes * 16;
}

void para_pack_float32(const float *row, long size, long feature, void *panel) {
  char *out = (char *)panel + feature * 4;
  scatter(row, size * 4, &out);
}

INLINE uint16_t to_bfloat16(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  return x == x ? (uint16_t)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16) : 0x7FC0;
}

INLINE void pack_bfloat16(const float *row, long count, char **out) {
  uint16_t elements[STRETCH] = {0};
  for (long i = 0; i < count; i++) elements[i] = to_bfloat16(row[i]);
  scatter(elements, count * 2, out);
}

MULTIVERSIONED
void para_pack_bfloat16(const float *row, long size, long feature, void *panel) {
  char *out = (char *)panel + feature * 4;
  EACH_STRETCH(pack_bfloat16, &out);
}

INLINE void update_max_abs(const float *row, long count, float *maxima, float *rest) {
  for (long i = 0; i < count; i++) {
    float magnitude = __builtin_fabsf(row[i]);
    maxima[i] = magnitude > maxima[i] ? magnitude : maxima[i];
    rest[i] += row[i] * 0.0f;
  }
}

// max |row|; NaN if the row is not finite.
MULTIVERSIONED
static float max_abs(const float *row, long size) {
  float maxima[STRETCH] = {0}, rest[STRETCH] = {0};
  EACH_STRETCH(update_max_abs, maxima, rest);
  for (long i = 1; i < STRETCH; i++) {
    maxima[0] = maxima[i] > maxima[0] ? maxima[i] : maxima[0];
    rest[0] += rest[i];
  }
  return maxima[0] + rest[0];
}

// With a scale of NaN the bytes mean nothing (the cast of NaN is undefined): every product with the row is NaN.
INLINE void pack_int8(const float *row, long count, float inverse, int32_t *sum, char **out) {
  int8_t elements[STRETCH] = {0};
  for (long i = 0; i < count; i++) elements[i] = (int8_t)__builtin_rintf(row[i] * inverse);
  for (long i = 0; i < STRETCH; i++) *sum += elements[i];
  scatter(elements, count, out);
}

MULTIVERSIONED
float para_pack_int8(const float *row, long size, long feature, void *panel, int32_t *sum) {
  float maximum = max_abs(row, size);
  float scale = maximum == 0 ? 1 : maximum / 127, inverse = 1 / scale;
  char *out = (char *)panel + feature * 4;
  *sum = 0;
  EACH_STRETCH(pack_int8, inverse, sum, &out);
  return scale;
}

INLINE void add_squares(const float *row, long count, float unit, double *squares) {
  for (long i = 0; i < count; i++) squares[i] += (double)(row[i] * unit) * (row[i] * unit);
}

// Σ (x · unit)²
MULTIVERSIONED
static float sum_of_squares(const float *row, long size, float unit) {
  double squares[STRETCH] = {0};
  EACH_STRETCH(add_squares, unit, squares);
  for (long i = 1; i < STRETCH; i++) squares[0] += squares[i];
  return (float)squares[0];
}

INLINE void pack_int16(const float *row, long count, float inverse, char **out) {
  int16_t elements[STRETCH] = {0};
  for (long i = 0; i < count; i++) elements[i] = (int16_t)__builtin_rintf(row[i] * inverse);
  scatter(elements, count * 2, out);
}

MULTIVERSIONED
float para_pack_int16(const float *row, long size, long feature, void *panel) {
  float maximum = max_abs(row, size), unit = maximum > 0 ? 1 / maximum : 1;
  float scale = para_int16_scale(maximum, sum_of_squares(row, size, unit)), inverse = 1 / scale;
  char *out = (char *)panel + feature * 4;
  EACH_STRETCH(pack_int16, inverse, &out);
  return scale;
}
