// Matrix products of rows of activations with packed weights; see CKernels.h for the layouts. A
// tile is PARA_TILE_ROWS rows × PARA_TILE_PANELS panels of 16 columns, held in registers; every
// number is the sum over k in rising order, however many rows or columns the tile has.

#define PANEL_VECTORS (16 / PARA_LANES)

// Few rows take more panels at a time, so that as many sums are under way.
INLINE int tile_panels(long rows) {
#if PARA_TILE_ROWS == 8
  return rows > 4 ? 3 : rows > 2 ? 6 : 8;
#else
  return rows > 2 ? 1 : 2;
#endif
}

// Numbers of the largest tile.
#define TILE_NUMBERS (16 * PARA_TILE_ROWS * 3)

// How a tile's sums of whole numbers become real: activations were stored as 128 + x / scale.
typedef struct {
  const float *ofRow, *ofColumn;
  const int32_t *offsets;  // of columns
} tile_scales;

INLINE vf scaled(vi sum, const tile_scales *s, long row, long column) {
  return __builtin_convertvector(sum - vi_load(s->offsets + column), vf) * (s->ofRow[row] * vf_load(s->ofColumn + column));
}

#define LOAD(p) (n >= PARA_LANES ? vf_load(p) : vf_load_part(p, n))

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

// Four unsigned bytes times four signed ones, added to each sum.
INLINE vi dot_bytes(vi sum, vi a, vi b) {
#if defined(PARA_AVX512)
  return (vi)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)a, (__m512i)b);
#elif PARA_LANES == 8
  __m256i even = _mm256_madd_epi16(
    _mm256_and_si256((__m256i)a, _mm256_set1_epi16(0xFF)),
    _mm256_srai_epi16(_mm256_slli_epi16((__m256i)b, 8), 8));
  __m256i odd = _mm256_madd_epi16(_mm256_srli_epi16((__m256i)a, 8), _mm256_srai_epi16((__m256i)b, 8));
  return (vi)_mm256_add_epi32((__m256i)sum, _mm256_add_epi32(even, odd));
#else
  vu total = (vu)sum;
  for (int byte = 0; byte < 4; byte++)
    total += ((vu)a >> (8 * byte) & 0xFF) * (vu)((vi)((vu)b << (24 - 8 * byte)) >> 24);
  return (vi)total;
#endif
}

INLINE void step_int8(vi *sum, const char *row, const char *weights) {
  int32_t a;
  memcpy(&a, row, 4);
  *sum = dot_bytes(*sum, vi_all(a), vi_load(weights));
}

// Here the unsigned bytes are those of the cache.
INLINE void step_cached8(vi *sum, const char *row, const char *cache) {
  int32_t a;
  memcpy(&a, row, 4);
  *sum = dot_bytes(*sum, vi_load(cache), vi_all(a));
}

// Rows that go through an epilogue together.
enum { FINISHED_ROWS = 4 };

// scale ⊙ (sum + bias + row bias + inner · upᵀ) of rows that share a segment, added to `out` where the
// epilogue accumulates. What they need of the adapter for their next tile is called into the cache.
INLINE void finish_alike(
  const para_epilogue *e, const para_segment *segment, const tile_scales *scales, const int rows, const float *inner,
  const float *tile, long tileStride, long first, long count, float *out, long outStride) {
#define EACH_ROW _Pragma("clang loop unroll(full)") for (int row = 0; row < rows; row++)
  const long ahead = (count + 15) / 16;  // panels
  for (long i = 0; i < count; i += PARA_LANES) {
    const long n = count - i, column = first + i;
    vi y[FINISHED_ROWS];
    EACH_ROW {
      y[row] = vi_load(tile + row * tileStride + i);
      if (scales) y[row] = (vi)scaled(y[row], scales, row, i);
    }
    if (e->bias) {
      const vf bias = LOAD(e->bias + column);
      EACH_ROW y[row] = (vi)((vf)y[row] + bias);
    }
    if (segment && segment->bias) {
      __builtin_prefetch(segment->bias + column + 16 * ahead, 0, 2);
      const vf bias = LOAD(segment->bias + column);
      EACH_ROW y[row] = (vi)((vf)y[row] + bias);
    }
    if (segment && segment->up) {
      const long groups = segment->upGroups;
      const char *up = (const char *)segment->up + column / 16 * groups * 64 + column % 16 * 4;
      for (long k = 0; k < groups; k++, up += 64) {
        __builtin_prefetch(up + ahead * groups * 64, 0, 2);
        if (segment->upHalf) EACH_ROW step_widened(&y[row], (const char *)(inner + row * e->innerStride + 2 * k), up);
        else EACH_ROW step_float32(&y[row], (const char *)(inner + row * e->innerStride + k), up);
      }
    }
    if (segment && segment->scale) {
      __builtin_prefetch(segment->scale + column + 16 * ahead, 0, 2);
      const vf scale = LOAD(segment->scale + column);
      EACH_ROW y[row] = (vi)((vf)y[row] * scale);
    }
    EACH_ROW {
      float *place = out + row * outStride + column;
      vf sum = (vf)y[row];
      if (e->accumulate) sum += LOAD(place);
      if (n >= PARA_LANES) vf_store(place, sum);
      else vf_store_part(place, sum, n);
    }
  }
#undef EACH_ROW
}

INLINE int are_alike(const para_segment *a, const para_segment *b) {
  return a->up == b->up && a->bias == b->bias && a->scale == b->scale;
}

// Columns `first` to `first + count` of rows that are alike, some of `rows`; returns how many.
INLINE long finish_some(
  const para_epilogue *e, const tile_scales *scales, long row, long rows, const float *tile, long tileStride,
  long first, long count, float *out, long outStride) {
  const para_segment *segment = e->segments ? &e->segments[e->segmentOfRow[row]] : 0;
  const float *inner = e->inner ? e->inner + row * e->innerStride : 0;
  long alike = 1;
  while (alike < FINISHED_ROWS && alike < rows &&
         (!segment || are_alike(segment, &e->segments[e->segmentOfRow[row + alike]])))
    alike++;
  out += row * outStride;
#define FINISH(ROWS) \
  case ROWS: finish_alike(e, segment, scales, ROWS, inner, tile, tileStride, first, count, out, outStride); break;
  switch (alike) { FINISH(1) FINISH(2) FINISH(3) FINISH(4) }
#undef FINISH
  return alike;
}

// Where all that happens to some rows is that their adapters scale them: sets where each row's factors
// are, from `column` on, so that a tile is scaled in registers. Those of its next tile are called.
INLINE int only_scaled(const para_epilogue *e, long first, long rows, long column, long columns, const float **factors) {
  if (e->bias) return 0;
  for (long row = 0; row < rows; row++) {
    const para_segment *segment = &e->segments[e->segmentOfRow[first + row]];
    if (!segment->scale || segment->bias || segment->up) return 0;
    factors[row] = segment->scale + column;
    for (long i = 0; i < columns; i += 16) __builtin_prefetch(factors[row] + columns + i, 0, 2);
  }
  return 1;
}

// One tile: out is [rows, panels × 16] with `outStride` numbers from row to row, and may be added to.
// Meanwhile the panel at `next` is called into the cache; with few rows, when memory is what is
// waited for, as many panels as the tile has. Rows are addressed from every third, which leaves the
// compiler registers enough to keep all sums in theirs.
#define MICRO(KIND, GROUP_BYTES, REAL)                                                                    \
  INLINE void micro_##KIND(                                                                               \
    const int rows, const int panels, const char *a, long stride, const char *w, long panelBytes,         \
    long groups, const char *next, const tile_scales *scales, const float *const *factors, float *out,    \
    long outStride, const int add) {                                                                      \
    vi sums[rows][panels * PANEL_VECTORS];                                                                \
    _Pragma("clang loop unroll(full)") for (int row = 0; row < rows; row++)                               \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < panels * PANEL_VECTORS; v++)                 \
        sums[row][v] = (vi){};                                                                            \
    const char *thirds[3] = {a, a + 3 * stride, a + 6 * stride}, *end = w + groups * 64;                  \
    for (; w < end; w += 64, next += 64) {                                                                \
      _Pragma("clang loop unroll(full)") for (int p = 0; p < (rows > 4 ? 1 : panels); p++)                \
        __builtin_prefetch(next + p * panelBytes, 0, 2);                                                  \
      _Pragma("clang loop unroll(full)") for (int row = 0; row < rows; row++) {                           \
        const char *place = thirds[row / 3] + row % 3 * stride;                                           \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < panels * PANEL_VECTORS; v++)               \
          step_##KIND(                                                                                    \
            &sums[row][v], place,                                                                         \
            w + (v / PANEL_VECTORS) * panelBytes + (v % PANEL_VECTORS) * 4 * PARA_LANES);                 \
      }                                                                                                   \
      for (int third = 0; third < 3; third++) thirds[third] += GROUP_BYTES;                               \
    }                                                                                                     \
    _Pragma("clang loop unroll(full)") for (int row = 0; row < rows; row++)                               \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < panels * PANEL_VECTORS; v++) {               \
        float *place = out + row * outStride + v * PARA_LANES;                                            \
        if (!REAL) sums[row][v] = (vi)scaled(sums[row][v], scales, row, v * PARA_LANES);                  \
        if (factors) sums[row][v] = (vi)((vf)sums[row][v] * vf_load(factors[row] + v * PARA_LANES));      \
        if (add) sums[row][v] = (vi)((vf)sums[row][v] + vf_load(place));                                  \
        vi_store(place, sums[row][v]);                                                                    \
      }                                                                                                   \
  }                                                                                                       \
                                                                                                          \
  static __attribute__((noinline)) void tile_##KIND(                                                      \
    int rows, int panels, const char *a, long stride, const char *w, long panelBytes, long groups,        \
    const char *next, const tile_scales *scales, const float *const *factors, float *out, long outStride, \
    int add) {                                                                                            \
    switch (panels * 16 + rows) { PARA_TILES(KIND) }                                                      \
  }                                                                                                       \
                                                                                                          \
  /* out = a · wᵀ over whole panels, without an epilogue; calls as many panels at `after` */              \
  INLINE void multiply_##KIND(                                                                            \
    const char *a, long stride, long rows, const char *w, long panelBytes, long panels, long groups,      \
    const char *after, float *out, long outStride) {                                                      \
    const int widest = tile_panels(rows);                                                                 \
    for (long panel = 0; panel < panels; panel += widest) {                                               \
      int width = (int)(panels - panel < widest ? panels - panel : widest);                               \
      for (long row = 0; row < rows; row += PARA_TILE_ROWS) {                                             \
        int height = (int)(rows - row < PARA_TILE_ROWS ? rows - row : PARA_TILE_ROWS);                    \
        tile_##KIND(                                                                                      \
          height, width, a + row * stride, stride, w + panel * panelBytes, panelBytes, groups,            \
          after + panel * panelBytes, 0, 0, out + row * outStride + panel * 16, outStride, 0);            \
      }                                                                                                   \
    }                                                                                                     \
  }

// A product with its epilogue, for REAL numbers or whole ones.
#define PRODUCT(KIND, REAL)                                                                             \
  static void product_##KIND(                                                                             \
    const para_activations *a, const para_packed_weight *w, const para_epilogue *epilogue, long firstRow, \
    long rowCount, long firstPanel, long panelCount, float *out, long outStride) {                        \
    float tile[TILE_NUMBERS] __attribute__((aligned(64)));                                                \
    long panelBytes = w->groups * 64, end = firstPanel + panelCount, last = firstRow + rowCount;          \
    const int widest = tile_panels(rowCount);                                                             \
    const long blocks = (rowCount + PARA_TILE_ROWS - 1) / PARA_TILE_ROWS;                                 \
    const int plain = !epilogue->bias && !epilogue->segments;                                             \
    for (long panel = firstPanel; panel < end; panel += widest) {                                         \
      int width = (int)(end - panel < widest ? end - panel : widest);                                     \
      const char *panels = (const char *)w->panels + panel * panelBytes;                                  \
      for (long row = firstRow, block = 0; row < last; row += PARA_TILE_ROWS, block++) {                  \
        int height = (int)(last - row < PARA_TILE_ROWS ? last - row : PARA_TILE_ROWS);                    \
        /* Some blocks of rows call one of the panels that come next, the others their own. */            \
        long coming = widest * block / blocks;                                                            \
        if (coming < widest * (block + 1) / blocks) coming += widest;                                     \
        const char *next = panel + widest >= end && w->after ? w->after : panels + coming * panelBytes;   \
        const char *rows = (const char *)a->rows + row * a->stride;                                       \
        tile_scales scales = {0};                                                                         \
        if (!REAL) scales = (tile_scales){a->scales + row, w->scales + panel * 16, w->offsets + panel * 16}; \
        const float *factors[PARA_TILE_ROWS];                                                             \
        if ((panel + width) * 16 <= w->columns &&                                                         \
            (plain || only_scaled(epilogue, row, height, panel * 16, width * 16, factors))) {             \
          tile_##KIND(                                                                                    \
            height, width, rows, a->stride, panels, panelBytes, w->groups, next, &scales,                 \
            plain ? 0 : factors, out + row * outStride + panel * 16, outStride, epilogue->accumulate);    \
          continue;                                                                                       \
        }                                                                                                 \
        tile_##KIND(                                                                                      \
          height, width, rows, a->stride, panels, panelBytes, w->groups, next, &scales, 0, tile, width * 16, 0); \
        long columns = w->columns - panel * 16 < width * 16 ? w->columns - panel * 16 : width * 16;       \
        for (long i = 0; i < height;)                                                                   \
          i += finish_some(                                                                             \
            epilogue, 0, row + i, height - i, tile + i * width * 16, width * 16, panel * 16, columns,   \
            out, outStride);                                                                            \
      }                                                                                                   \
    }                                                                                                     \
  }

#define TILE(KIND, ROWS, PANELS)                                                          \
  case PANELS * 16 + ROWS:                                                                \
    micro_##KIND(ROWS, PANELS, a, stride, w, panelBytes, groups, next, scales, factors, out, outStride, add); \
    break;
#define TILES_1_2(KIND, PANELS) TILE(KIND, 1, PANELS) TILE(KIND, 2, PANELS)
#define TILES_1_4(KIND, PANELS) TILES_1_2(KIND, PANELS) TILE(KIND, 3, PANELS) TILE(KIND, 4, PANELS)
#define TILES_1_8(KIND, PANELS)                                                           \
  TILES_1_4(KIND, PANELS) TILE(KIND, 5, PANELS) TILE(KIND, 6, PANELS)                     \
  TILE(KIND, 7, PANELS) TILE(KIND, 8, PANELS)
#if PARA_TILE_ROWS == 8
#define PARA_TILES(KIND)                                                                  \
  TILES_1_8(KIND, 1) TILES_1_8(KIND, 2) TILES_1_8(KIND, 3) TILES_1_4(KIND, 4)             \
  TILES_1_4(KIND, 5) TILES_1_4(KIND, 6) TILES_1_2(KIND, 7) TILES_1_2(KIND, 8)
#else
#define PARA_TILES(KIND) TILES_1_4(KIND, 1) TILES_1_2(KIND, 2)
#endif

MICRO(float32, 4, 1)
MICRO(widened, 8, 1)
MICRO(cached8, 4, 1)  // its sums are stored as the whole numbers that they are

PRODUCT(float32, 1)
PRODUCT(widened, 1)

#if !defined(PARA_AMX)  // which has its own
MICRO(bfloat16, 4, 1)
MICRO(int8, 4, 0)
PRODUCT(bfloat16, 1)
PRODUCT(int8, 0)
#endif

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
  // 1.5 · 2²³ rounds to a whole number; its low bits hold that number's.
#define WHOLE(v) ((vi)((v) * inverse + 12582912.0f) - 0x4B400000)
  for (i = 0; i + 4 * PARA_LANES <= count; i += 4 * PARA_LANES) {
    vi four[4];
    for (int k = 0; k < 4; k++) four[k] = WHOLE(vf_load(x + i + k * PARA_LANES));
    vi_store_bytes(row + i, four, 128);
  }
  for (; i < count; i += PARA_LANES) {
    long n = count - i;
    vb bytes = __builtin_convertvector(WHOLE(LOAD(x + i)) + 128, vb);
    if (n >= PARA_LANES) memcpy(row + i, &bytes, sizeof bytes);
    else memcpy(row + i, &bytes, (unsigned long)n);
  }
  for (i = count; i % 4; i++) row[i] = 128;
  return scale;
}
