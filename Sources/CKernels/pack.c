#include "CKernels.h"
#include "clones.h"

// A panel row of group g starts at byte (g · 16 + lane) · 4.

void para_pack_float32(const float *row, long size, long lane, void *panel) {
  float *out = (float *)panel + lane;
  for (long i = 0; i < size; i++) out[i * 16] = row[i];
}

static inline uint16_t narrowed(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  return x == x ? (uint16_t)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16) : 0x7FC0;
}

PARA_KERNEL
void para_pack_bfloat16(const float *row, long size, long lane, void *panel) {
  uint16_t *out = (uint16_t *)panel + lane * 2;
  long i = 0;
  for (; i + 2 <= size; i += 2) {
    uint16_t pair[2] = {narrowed(row[i]), narrowed(row[i + 1])};
    memcpy(out + i * 16, pair, 4);
  }
  if (i < size) out[i * 16] = narrowed(row[i]);
}

PARA_KERNEL
static float greatest_magnitude(const float *row, long size) {
  float greatest = 0;
  for (long i = 0; i < size; i++) {
    float magnitude = row[i] < 0 ? -row[i] : row[i];
    greatest = magnitude > greatest ? magnitude : greatest;
  }
  return greatest;
}

PARA_KERNEL
float para_pack_int8(const float *row, long size, long lane, void *panel, int32_t *sum) {
  float greatest = greatest_magnitude(row, size);
  float scale = greatest > 0 ? greatest / 127 : 1, inverse = 1 / scale;
  int8_t *out = (int8_t *)panel + lane * 4;
  int32_t total = 0;
  long i = 0;
  for (; i + 4 <= size; i += 4) {
    int8_t four[4];
    for (int j = 0; j < 4; j++) {
      four[j] = (int8_t)__builtin_rintf(row[i + j] * inverse);
      total += four[j];
    }
    memcpy(out + i * 16, four, 4);
  }
  for (; i < size; i++) {
    int8_t one = (int8_t)__builtin_rintf(row[i] * inverse);
    out[i / 4 * 64 + i % 4] = one;
    total += one;
  }
  *sum = total;
  return scale;
}

float para_pack_int16(const float *row, long size, long lane, void *panel) {
  float greatest = greatest_magnitude(row, size), unit = greatest > 0 ? 1 / greatest : 1;
  double squares = 0;
  for (long i = 0; i < size; i++) squares += (double)(row[i] * unit) * (row[i] * unit);
  float scale = para_int16_scale(greatest, (float)squares), inverse = 1 / scale;
  int16_t *out = (int16_t *)panel + lane * 2;
  for (long i = 0; i < size; i++) out[i / 2 * 32 + i % 2] = (int16_t)__builtin_rintf(row[i] * inverse);
  return scale;
}
