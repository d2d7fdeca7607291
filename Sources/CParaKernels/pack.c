#include "CParaKernels.h"
#include "clones.h"

// Numbers that are taken side by side, for the compiler to make vectors of: a maximum or a sum that goes
// from number to number may not be taken apart. The last stretch of a row may be shorter.
enum { STRETCH = 64 };

// Calls f(row, count, …) for each stretch of a row, which `row` and `size` are used up for.
#define EACH_STRETCH(f, ...)                                                             \
  for (; size >= STRETCH; row += STRETCH, size -= STRETCH) f(row, STRETCH, __VA_ARGS__); \
  f(row, size, __VA_ARGS__)

// Writes numbers, 4 bytes at a time, into a feature's place of the groups that come next: of group g of a
// panel these are the bytes from (16 g + lane) · 4 on.
INLINE void spread(const void *numbers, long bytes, char **out) {
  for (long i = 0; i < bytes; i += 4) memcpy(*out + i * 16, (const char *)numbers + i, 4);
  *out += bytes * 16;
}

void para_pack_float32(const float *row, long size, long lane, void *panel) {
  char *out = (char *)panel + lane * 4;
  spread(row, size * 4, &out);
}

INLINE uint16_t narrowed(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  return x == x ? (uint16_t)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16) : 0x7FC0;
}

INLINE void pack_narrowed(const float *row, long count, char **out) {
  uint16_t numbers[STRETCH] = {0};
  for (long i = 0; i < count; i++) numbers[i] = narrowed(row[i]);
  spread(numbers, count * 2, out);
}

PARA_KERNEL
void para_pack_bfloat16(const float *row, long size, long lane, void *panel) {
  char *out = (char *)panel + lane * 4;
  EACH_STRETCH(pack_narrowed, &out);
}

INLINE void keep_greater(const float *row, long count, float *greatest, float *rest) {
  for (long i = 0; i < count; i++) {
    float magnitude = __builtin_fabsf(row[i]);
    greatest[i] = magnitude > greatest[i] ? magnitude : greatest[i];
    rest[i] += row[i] * 0.0f;
  }
}

// NaN unless all are finite.
PARA_KERNEL
static float greatest_magnitude(const float *row, long size) {
  float greatest[STRETCH] = {0}, rest[STRETCH] = {0};
  EACH_STRETCH(keep_greater, greatest, rest);
  for (long i = 1; i < STRETCH; i++) {
    greatest[0] = greatest[i] > greatest[0] ? greatest[i] : greatest[0];
    rest[0] += rest[i];
  }
  return greatest[0] + rest[0];
}

INLINE void pack_int8(const float *row, long count, float inverse, int32_t *sum, char **out) {
  int8_t numbers[STRETCH] = {0};
  for (long i = 0; i < count; i++) numbers[i] = (int8_t)__builtin_rintf(row[i] * inverse);
  for (long i = 0; i < STRETCH; i++) *sum += numbers[i];
  spread(numbers, count, out);
}

PARA_KERNEL
float para_pack_int8(const float *row, long size, long lane, void *panel, int32_t *sum) {
  float greatest = greatest_magnitude(row, size);
  float scale = greatest == 0 ? 1 : greatest / 127, inverse = 1 / scale;
  char *out = (char *)panel + lane * 4;
  *sum = 0;
  EACH_STRETCH(pack_int8, inverse, sum, &out);
  return scale;
}

INLINE void add_squares(const float *row, long count, float unit, double *squares) {
  for (long i = 0; i < count; i++) squares[i] += (double)(row[i] * unit) * (row[i] * unit);
}

// Σ (x · unit)²
PARA_KERNEL
static float sum_of_squares(const float *row, long size, float unit) {
  double squares[STRETCH] = {0};
  EACH_STRETCH(add_squares, unit, squares);
  for (long i = 1; i < STRETCH; i++) squares[0] += squares[i];
  return (float)squares[0];
}

INLINE void pack_int16(const float *row, long count, float inverse, char **out) {
  int16_t numbers[STRETCH] = {0};
  for (long i = 0; i < count; i++) numbers[i] = (int16_t)__builtin_rintf(row[i] * inverse);
  spread(numbers, count * 2, out);
}

PARA_KERNEL
float para_pack_int16(const float *row, long size, long lane, void *panel) {
  float greatest = greatest_magnitude(row, size), unit = greatest > 0 ? 1 / greatest : 1;
  float scale = para_int16_scale(greatest, sum_of_squares(row, size, unit)), inverse = 1 / scale;
  char *out = (char *)panel + lane * 4;
  EACH_STRETCH(pack_int16, inverse, &out);
  return scale;
}
