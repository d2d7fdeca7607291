// Vector operations in plain C.

INLINE vf vf_select(vi mask, vf yes, vf no) { return (vf)(((vi)yes & mask) | ((vi)no & ~mask)); }

// The first n lanes, n < PARA_LANES.
INLINE vf vf_load_first(const float *p, long n) {
  vf v = {};
  for (long i = 0; i < n; i++) v[i] = p[i];
  return v;
}
INLINE void vf_store_first(float *p, vf v, long n) {
  for (long i = 0; i < n; i++) p[i] = v[i];
}

// The second operand where one is NaN.
INLINE vf vf_max(vf a, vf b) { return vf_select(a > b, a, b); }
INLINE vf vf_min(vf a, vf b) { return vf_select(a < b, a, b); }

INLINE float vf_reduce_add(vf v) {
  float lanes[PARA_LANES];
  memcpy(lanes, &v, sizeof v);
  for (long width = PARA_LANES / 2; width > 0; width /= 2)
    for (long i = 0; i < width; i++) lanes[i] += lanes[i + width];
  return lanes[0];
}
INLINE float vf_reduce_max(vf v) {
  float largest = v[0];
  for (long i = 1; i < PARA_LANES; i++) largest = v[i] > largest ? v[i] : largest;
  return largest;
}

// The sums of each of four vectors.
INLINE void vf_reduce_add_4(const vf v[4], float sums[4]) {
  for (int i = 0; i < 4; i++) sums[i] = vf_reduce_add(v[i]);
}
INLINE vu4 vu_reduce_add_4(const vu v[4]) {
  vu4 sums = {};
  for (int i = 0; i < 4; i++)
    for (long lane = 0; lane < PARA_LANES; lane++) sums[i] += v[i][lane];
  return sums;
}

// Stores four vectors of integers in [−128, 127], plus `offset`, as bytes.
INLINE void vi_store_bytes(void *p, const vi v[4], const int offset) {
  for (int i = 0; i < 4; i++) {
    vb bytes = __builtin_convertvector(v[i] + offset, vb);
    memcpy((char *)p + i * PARA_LANES, &bytes, sizeof bytes);
  }
}

// e₀ o₀ e₁ o₁ … as two vectors.
INLINE void vf_interleave(vf even, vf odd, vf *first, vf *second) {
  float interleaved[2 * PARA_LANES];
  for (int i = 0; i < PARA_LANES; i++) {
    interleaved[2 * i] = even[i];
    interleaved[2 * i + 1] = odd[i];
  }
  *first = vf_load(interleaved);
  *second = vf_load(interleaved + PARA_LANES);
}

// sum + the dot product of four unsigned and four signed bytes, in each lane.
INLINE vi vi_dot_bytes(vi sum, vi unsignedBytes, vi signedBytes) {
  vu total = (vu)sum;
  for (int byte = 0; byte < 4; byte++)
    total += ((vu)unsignedBytes >> (8 * byte) & 0xFF) * (vu)((vi)((vu)signedBytes << (24 - 8 * byte)) >> 24);
  return (vi)total;
}
