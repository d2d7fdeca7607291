// Matrix products of rows of activations with packed weights; see CKernels.h for the layouts. A
// tile is PARA_TILE_ROWS rows × PARA_TILE_PANELS panels of 16 columns, held in registers; every
// number is the sum over k in rising order, however many rows or columns the tile has.

#define PANEL_VECTORS (16 / PARA_LANES)
#define TILE_COLUMNS (16 * PARA_TILE_PANELS)

// Each kind of product says how one group (4 bytes of a row, or 8 in `widened`, and 16 columns of
// weights) adds to a vector of sums.

INLINE void step_float32(vi *sum, const char *row, const char *weights) {
  float a;
  memcpy(&a, row, 4);
  *sum = (vi)((vf)*sum + a * vf_load(weights));
}

INLINE void step_widened(vi *sum, const char *row, const char *weights) {
  float a[2];
  memcpy(a, row, 8);
  vu pairs = (vu)vi_load(weights);
  *sum = (vi)((vf)*sum + a[0] * (vf)(pairs << 16));
  *sum = (vi)((vf)*sum + a[1] * (vf)(pairs & 0xFFFF0000u));
}

INLINE void step_bfloat16(vi *sum, const char *row, const char *weights) {
  int32_t a;
  memcpy(&a, row, 4);
#if defined(PARA_AVX512)
  *sum = (vi)_mm512_dpbf16_ps((vf)*sum, (__m512bh)vi_all(a), (__m512bh)vi_load(weights));
#else
  vu pairs = (vu)vi_load(weights), both = (vu)vi_all(a);
  *sum = (vi)((vf)*sum + (vf)(both & 0xFFFF0000u) * (vf)(pairs & 0xFFFF0000u));
  *sum = (vi)((vf)*sum + (vf)(both << 16) * (vf)(pairs << 16));
#endif
}

INLINE void step_int8(vi *sum, const char *row, const char *weights) {
  int32_t a;
  memcpy(&a, row, 4);
  vi w = vi_load(weights);
#if defined(PARA_AVX512)
  *sum = (vi)_mm512_dpbusd_epi32((__m512i)*sum, (__m512i)vi_all(a), (__m512i)w);
#else
  for (int byte = 0; byte < 4; byte++)
    *sum += (int32_t)((uint32_t)a >> (8 * byte) & 0xFF) * ((w << (24 - 8 * byte)) >> 24);
#endif
}

// One tile: out is [rows, panels × 16] with `outStride` numbers from row to row.
#define MICRO(KIND, GROUP_BYTES)                                                                          \
  INLINE void micro_##KIND(                                                                               \
    const int rows, const int panels, const char *a, long stride, const char *w, long panelBytes,         \
    long groups, float *out, long outStride) {                                                            \
    vi sums[PARA_TILE_ROWS][PARA_TILE_PANELS * PANEL_VECTORS] = {};                                       \
    for (long k = 0; k < groups; k++) {                                                                   \
      _Pragma("clang loop unroll(full)") for (int row = 0; row < rows; row++) {                           \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < panels * PANEL_VECTORS; v++)               \
          step_##KIND(                                                                                    \
            &sums[row][v], a + row * stride + k * GROUP_BYTES,                                            \
            w + (v / PANEL_VECTORS) * panelBytes + k * 64 + (v % PANEL_VECTORS) * 4 * PARA_LANES);        \
      }                                                                                                   \
    }                                                                                                     \
    _Pragma("clang loop unroll(full)") for (int row = 0; row < rows; row++)                               \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < panels * PANEL_VECTORS; v++)                 \
        vi_store(out + row * outStride + v * PARA_LANES, sums[row][v]);                                   \
  }                                                                                                       \
                                                                                                          \
  static __attribute__((noinline)) void tile_##KIND(                                                      \
    int rows, int panels, const char *a, long stride, const char *w, long panelBytes, long groups,        \
    float *out, long outStride) {                                                                         \
    switch (panels * 16 + rows) { PARA_TILES(KIND) }                                                      \
  }                                                                                                       \
                                                                                                          \
  /* out = a · wᵀ over whole panels, without an epilogue */                                               \
  INLINE void multiply_##KIND(                                                                            \
    const char *a, long stride, long rows, const char *w, long panelBytes, long panels, long groups,      \
    float *out, long outStride) {                                                                         \
    for (long panel = 0; panel < panels; panel += PARA_TILE_PANELS) {                                     \
      int width = (int)(panels - panel < PARA_TILE_PANELS ? panels - panel : PARA_TILE_PANELS);           \
      for (long row = 0; row < rows; row += PARA_TILE_ROWS) {                                             \
        int height = (int)(rows - row < PARA_TILE_ROWS ? rows - row : PARA_TILE_ROWS);                    \
        tile_##KIND(                                                                                      \
          height, width, a + row * stride, stride, w + panel * panelBytes, panelBytes, groups,            \
          out + row * outStride + panel * 16, outStride);                                                 \
      }                                                                                                   \
    }                                                                                                     \
  }                                                                                                       \
                                                                                                          \
  static void product_##KIND(                                                                             \
    const para_activations *a, const para_packed_weight *w, const para_epilogue *epilogue, long firstRow, \
    long rowCount, long firstPanel, long panelCount, float *out, long outStride) {                        \
    float tile[PARA_TILE_ROWS * TILE_COLUMNS] __attribute__((aligned(64)));                               \
    long panelBytes = w->groups * 64, end = firstPanel + panelCount, last = firstRow + rowCount;          \
    for (long panel = firstPanel; panel < end; panel += PARA_TILE_PANELS) {                               \
      int width = (int)(end - panel < PARA_TILE_PANELS ? end - panel : PARA_TILE_PANELS);                 \
      const char *panels = (const char *)w->panels + panel * panelBytes;                                  \
      for (long row = firstRow; row < last; row += PARA_TILE_ROWS) {                                      \
        int height = (int)(last - row < PARA_TILE_ROWS ? last - row : PARA_TILE_ROWS);                    \
        tile_##KIND(                                                                                      \
          height, width, (const char *)a->rows + row * a->stride, a->stride, panels, panelBytes,          \
          w->groups, tile, TILE_COLUMNS);                                                                 \
        finish_##KIND(a, w, epilogue, tile, row, height, panel * 16, width * 16, out, outStride);         \
      }                                                                                                   \
    }                                                                                                     \
  }

// scale ⊙ (sum + bias + row bias + inner · up), added to `out` where the epilogue accumulates.
INLINE vf finished(const para_epilogue *e, const para_segment *segment, const float *inner, vf y, long column, long n) {
#define LOAD(p) (n >= PARA_LANES ? vf_load(p) : vf_load_part(p, n))
  if (e->bias) y += LOAD(e->bias + column);
  if (!segment) return y;
  if (segment->bias) y += LOAD(segment->bias + column);
  for (long j = 0; j < segment->rank; j++) y += inner[j] * LOAD(segment->up + j * segment->upStride + column);
  if (segment->scale) y *= LOAD(segment->scale + column);
  return y;
}

INLINE void finish_row(const para_epilogue *e, long row, const float *tile, long first, long count, float *out) {
  const para_segment *segment = e->segments ? &e->segments[e->segmentOfRow[row]] : 0;
  const float *inner = e->inner ? e->inner + row * e->innerStride : 0;
  for (long i = 0; i < count; i += PARA_LANES) {
    long n = count - i, column = first + i;
    vf y = finished(e, segment, inner, vf_load(tile + i), column, n);
    if (e->accumulate) y += LOAD(out + column);
    if (n >= PARA_LANES) vf_store(out + column, y);
    else vf_store_part(out + column, y, n);
  }
}

INLINE void finish_float32(
  const para_activations *a, const para_packed_weight *w, const para_epilogue *e, float *tile, long row,
  int height, long first, long columns, float *out, long outStride) {
  long count = w->columns - first < columns ? w->columns - first : columns;
  for (int i = 0; i < height; i++)
    finish_row(e, row + i, tile + i * TILE_COLUMNS, first, count, out + (row + i) * outStride);
}
#define finish_widened finish_float32
#define finish_bfloat16 finish_float32

// Sums of whole numbers, back to real ones: activations were stored as 128 + x / scale.
INLINE void finish_int8(
  const para_activations *a, const para_packed_weight *w, const para_epilogue *e, float *tile, long row,
  int height, long first, long columns, float *out, long outStride) {
  for (int i = 0; i < height; i++)
    for (long c = 0; c < columns; c += PARA_LANES) {
      float *place = tile + i * TILE_COLUMNS + c;
      vi sum = vi_load(place) - vi_load(w->offsets + first + c);
      vf_store(place, __builtin_convertvector(sum, vf) * (a->scales[row + i] * vf_load(w->scales + first + c)));
    }
  finish_float32(a, w, e, tile, row, height, first, columns, out, outStride);
}

#define PARA_TILE(KIND, ROWS, PANELS)                                                      \
  case PANELS * 16 + ROWS:                                                                 \
    micro_##KIND(ROWS, PANELS, a, stride, w, panelBytes, groups, out, outStride);          \
    break;
#define PARA_TILES_UP_TO_4(KIND, PANELS) \
  PARA_TILE(KIND, 1, PANELS) PARA_TILE(KIND, 2, PANELS) PARA_TILE(KIND, 3, PANELS) PARA_TILE(KIND, 4, PANELS)
#define PARA_TILES_UP_TO_8(KIND, PANELS)                                                                  \
  PARA_TILES_UP_TO_4(KIND, PANELS) PARA_TILE(KIND, 5, PANELS) PARA_TILE(KIND, 6, PANELS)                  \
  PARA_TILE(KIND, 7, PANELS) PARA_TILE(KIND, 8, PANELS)
#if PARA_TILE_PANELS == 3
#define PARA_TILES(KIND) PARA_TILES_UP_TO_8(KIND, 1) PARA_TILES_UP_TO_8(KIND, 2) PARA_TILES_UP_TO_8(KIND, 3)
#else
#define PARA_TILES(KIND) PARA_TILES_UP_TO_4(KIND, 1)
#endif

MICRO(float32, 4)
MICRO(widened, 8)
MICRO(bfloat16, 4)
MICRO(int8, 4)

// Prepared rows of activations.

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

// x / scale + 128 in [1, 255], scale = greatest |x| / 127; returns the scale.
static float prepare_int8(const float *x, long count, void *out) {
  uint8_t *row = out;
  vf most = {};
  long i = 0;
  for (; i + PARA_LANES <= count; i += PARA_LANES) {
    vf v = vf_load(x + i);
    most = vf_max(most, vf_max(v, -v));
  }
  if (i < count) {
    vf v = vf_load_part(x + i, count - i);
    most = vf_max(most, vf_max(v, -v));
  }
  float greatest = vf_largest(most);
  float scale = greatest > 0 ? greatest / 127 : 1;
  float inverse = 1 / scale;
  for (i = 0; i < count; i += PARA_LANES) {
    long n = count - i;
    vf v = LOAD(x + i) * inverse;
    // 1.5 · 2²³ rounds to a whole number; its low bits hold that number's.
    vi whole = (vi)(v + 12582912.0f) - 0x4B400000 + 128;
    vb bytes = __builtin_convertvector(whole, vb);
    if (n >= PARA_LANES) memcpy(row + i, &bytes, sizeof bytes);
    else memcpy(row + i, &bytes, (unsigned long)n);
  }
  for (i = count; i % 4; i++) row[i] = 128;
  return scale;
}
