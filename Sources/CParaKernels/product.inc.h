// Matrix products of rows of activations with packed weights; see CParaKernels.h for the layouts. A
// tile is PARA_TILE_ROWS rows × PARA_TILE_PANELS panels of 16 columns, held in registers; every
// number is the sum over k in rising order, however many rows or columns the tile has.

#define PANEL_VECTORS (16 / PARA_LANES)

// Few rows take more panels at a time, so that as many sums are under way.
INLINE int tile_panels(long rows) {
#if PARA_TILE_ROWS == 8
  return rows > 4 ? 3 : rows > 2 ? 6 : 8;
#else
  return rows > 2 ? 1 : rows > 1 ? 2 : 4;
#endif
}

// Numbers of the largest tile.
#define TILE_NUMBERS (16 * PARA_TILE_ROWS * 3)

// Rows are cut into blocks that differ by one row at most: a tile of few rows costs nearly what a full
// one does.
INLINE long blocks_of_rows(long rows) { return (rows + PARA_TILE_ROWS - 1) / PARA_TILE_ROWS; }

// How a tile's sums of whole numbers become real: bytes were stored as 128 + x / scale.
typedef struct {
  const float *ofRow, *ofColumn;
  const int32_t *offsets;  // of columns, or null
} tile_scales;

INLINE vf scaled(vi sum, const tile_scales *s, long row, long column) {
  if (s->offsets) sum -= vi_load(s->offsets + column);
  return __builtin_convertvector(sum, vf) * (s->ofRow[row] * vf_load(s->ofColumn + column));
}

#define LOAD(p) (n >= PARA_LANES ? vf_load(p) : vf_load_part(p, n))

// Rows that go through an epilogue together.
enum { FINISHED_ROWS = 4 };

// scale ⊙ (sum + bias + row bias + inner · upᵀ) of rows that share a entry, added to `out` where the
// epilogue accumulates. What they need of the adapter for their next tile is called into the cache.
INLINE void finish_alike(
  const para_epilogue *e, const para_epilogue_entry *entry, const tile_scales *scales, const int rows, const float *inner,
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
    if (entry && entry->bias) {
      __builtin_prefetch(entry->bias + column + 16 * ahead, 0, 2);
      const vf bias = LOAD(entry->bias + column);
      EACH_ROW y[row] = (vi)((vf)y[row] + bias);
    }
    if (entry && entry->up) {
      const long groups = entry->upGroups;
      const char *up = (const char *)entry->up + column / 16 * groups * 64 + column % 16 * 4;
      for (long k = 0; k < groups; k++, up += 64) {
        __builtin_prefetch(up + ahead * groups * 64, 0, 2);
        if (entry->upIsBfloat16) EACH_ROW step_widened(&y[row], (const char *)(inner + row * e->innerStride + 2 * k), up);
        else EACH_ROW step_float32(&y[row], (const char *)(inner + row * e->innerStride + k), up);
      }
    }
    if (entry && entry->scale) {
      __builtin_prefetch(entry->scale + column + 16 * ahead, 0, 2);
      const vf scale = LOAD(entry->scale + column);
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

INLINE int are_alike(const para_epilogue_entry *a, const para_epilogue_entry *b) {
  return a->up == b->up && a->bias == b->bias && a->scale == b->scale;
}

// Columns `first` to `first + count` of rows that are alike, some of `rows`; returns how many.
INLINE long finish_some(
  const para_epilogue *e, const tile_scales *scales, long row, long rows, const float *tile, long tileStride,
  long first, long count, float *out, long outStride) {
  const para_epilogue_entry *entry = e->entries ? &e->entries[e->entryOfRow[row]] : 0;
  const float *inner = e->inner ? e->inner + row * e->innerStride : 0;
  long alike = 1;
  while (alike < FINISHED_ROWS && alike < rows &&
         (!entry || are_alike(entry, &e->entries[e->entryOfRow[row + alike]])))
    alike++;
  out += row * outStride;
#define FINISH(ROWS) \
  case ROWS: finish_alike(e, entry, scales, ROWS, inner, tile, tileStride, first, count, out, outStride); break;
  switch (alike) { FINISH(1) FINISH(2) FINISH(3) FINISH(4) }
#undef FINISH
  return alike;
}

// Where all that happens to some rows is that their adapters scale them: sets where each row's factors
// are, from `column` on, so that a tile is scaled in registers. Those of its next tile are called.
INLINE int only_scaled(const para_epilogue *e, long first, long rows, long column, long columns, const float **factors) {
  if (e->bias) return 0;
  for (long row = 0; row < rows; row++) {
    const para_epilogue_entry *entry = &e->entries[e->entryOfRow[first + row]];
    if (!entry->scale || entry->bias || entry->up) return 0;
    factors[row] = entry->scale + column;
    for (long i = 0; i < columns; i += 16) __builtin_prefetch(factors[row] + columns + i, 0, 2);
  }
  return 1;
}

// Instructions that count and address take places that AVX2's many need.
#if PARA_LANES == 8
#define UNROLLED _Pragma("clang loop unroll_count(2)")
#else
#define UNROLLED
#endif

// One tile: out is [rows, panels × 16] with `outStride` numbers from row to row, and may be added to.
// Meanwhile what lies at `next` is called into the cache, `pace` bytes a group; with few rows, when memory
// is what is waited for, as much of each of as many panels as the tile has. Rows are addressed from
// every third, which leaves the compiler registers enough to keep all sums in theirs.
#define MICRO(KIND, GROUP_BYTES, PARTS, REAL)                                                             \
  INLINE void micro_##KIND(                                                                               \
    const int rows, const int panels, const char *a, long stride, const char *w, long panelBytes,         \
    long groups, const char *next, long pace, const tile_scales *scales, const float *const *factors,     \
    float *out, long outStride, const int add) {                                                          \
    vi sums[rows][panels * PANEL_VECTORS];                                                                \
    _Pragma("clang loop unroll(full)") for (int row = 0; row < rows; row++)                               \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < panels * PANEL_VECTORS; v++)                 \
        sums[row][v] = (vi){};                                                                            \
    const char *thirds[3] = {a, a + 3 * stride, a + 6 * stride}, *end = w + groups * 64;                  \
    UNROLLED for (; w < end; w += 64, next += pace) {                                                     \
      _Pragma("clang loop unroll(full)") for (int p = 0; p < (rows > 4 ? 1 : panels); p++)                \
        __builtin_prefetch(next + p * panelBytes, 0, 2);                                                  \
      _Pragma("clang loop unroll(full)") for (int part = 0; part < PARTS; part++) {                       \
        vi weights[8 * PANEL_VECTORS];                                                                    \
        /* Loading weights again costs less than keeping them: all registers are taken. */                \
        if (part) __asm__ volatile("" : "+r"(w));                                                         \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < panels * PANEL_VECTORS; v++)               \
          weights[v] = weights_##KIND(                                                                    \
            w + (v / PANEL_VECTORS) * panelBytes + (v % PANEL_VECTORS) * 4 * PARA_LANES, part);           \
        _Pragma("clang loop unroll(full)") for (int row = 0; row < rows; row++) {                         \
          const vi x = row_##KIND(thirds[row / 3] + row % 3 * stride, part);                              \
          _Pragma("clang loop unroll(full)") for (int v = 0; v < panels * PANEL_VECTORS; v++)             \
            sums[row][v] = add_##KIND(sums[row][v], x, weights[v]);                                       \
        }                                                                                                 \
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
    const char *next, long pace, const tile_scales *scales, const float *const *factors, float *out,      \
    long outStride, int add) {                                                                            \
    switch (panels * 16 + rows) { PARA_TILES(KIND) }                                                      \
  }                                                                                                       \
                                                                                                          \
  /* out = a · wᵀ over whole panels, without an epilogue; calls as many panels at `after` */              \
  INLINE void multiply_##KIND(                                                                            \
    const char *a, long stride, long rows, const char *w, long panelBytes, long panels, long groups,      \
    const char *after, float *out, long outStride) {                                                      \
    const int widest = tile_panels(rows);                                                                 \
    const long blocks = blocks_of_rows(rows);                                                             \
    for (long panel = 0; panel < panels; panel += widest) {                                               \
      int width = (int)(panels - panel < widest ? panels - panel : widest);                               \
      for (long block = 0; block < blocks; block++) {                                                     \
        const long row = rows * block / blocks;                                                           \
        const int height = (int)(rows * (block + 1) / blocks - row);                                      \
        tile_##KIND(                                                                                      \
          height, width, a + row * stride, stride, w + panel * panelBytes, panelBytes, groups,            \
          after + panel * panelBytes, 64, 0, 0, out + row * outStride + panel * 16, outStride, 0);        \
      }                                                                                                   \
    }                                                                                                     \
  }

// A product with its epilogue, for REAL numbers or whole ones.
#define PRODUCT(KIND, REAL)                                                                                      \
  static void product_##KIND(                                                                                    \
    const para_activations *a, const para_packed_weight *w, const para_epilogue *epilogue, long firstRow,        \
    long rowCount, long firstPanel, long panelCount, float *out, long outStride) {                               \
    float tile[TILE_NUMBERS] __attribute__((aligned(64)));                                                       \
    const long panelBytes = w->groups * 64, end = firstPanel + panelCount;                                       \
    const int widest = tile_panels(rowCount);                                                                    \
    const long blocks = blocks_of_rows(rowCount);                                                                \
    /* So many of the panels that come next are called as one stream, spread over the blocks of rows. */         \
    const long coming = blocks < widest ? blocks : widest, pace = (64 * coming + blocks - 1) / blocks;           \
    const int plain = !epilogue->bias && !epilogue->entries;                                                    \
    for (long panel = firstPanel; panel < end; panel += widest) {                                                \
      int width = (int)(end - panel < widest ? end - panel : widest);                                            \
      const char *panels = (const char *)w->panels + panel * panelBytes;                                         \
      const char *upcoming = panel + widest >= end && w->after ? w->after : panels + widest * panelBytes;        \
      for (long block = 0; block < blocks; block++) {                                                            \
        const long row = firstRow + rowCount * block / blocks;                                                   \
        const int height = (int)(firstRow + rowCount * (block + 1) / blocks - row);                              \
        const char *next = upcoming + coming * panelBytes * block / blocks;                                      \
        const char *rows = (const char *)a->rows + row * a->stride;                                              \
        tile_scales scales = {0};                                                                                \
        if (!REAL)                                                                                               \
          scales = (tile_scales){                                                                                \
            a->scales + row, w->scales + panel * 16, w->offsets ? w->offsets + panel * 16 : 0};                  \
        const float *factors[PARA_TILE_ROWS];                                                                    \
        if ((panel + width) * 16 <= w->columns &&                                                                \
            (plain || only_scaled(epilogue, row, height, panel * 16, width * 16, factors))) {                    \
          tile_##KIND(                                                                                           \
            height, width, rows, a->stride, panels, panelBytes, w->groups, next, pace, &scales,                  \
            plain ? 0 : factors, out + row * outStride + panel * 16, outStride, epilogue->accumulate);           \
          continue;                                                                                              \
        }                                                                                                        \
        tile_##KIND(                                                                                             \
          height, width, rows, a->stride, panels, panelBytes, w->groups, next, pace, &scales, 0, tile,           \
          width * 16, 0);                                                                                        \
        long columns = w->columns - panel * 16 < width * 16 ? w->columns - panel * 16 : width * 16;              \
        for (long i = 0; i < height;)                                                                            \
          i += finish_some(                                                                                      \
            epilogue, 0, row + i, height - i, tile + i * width * 16, width * 16, panel * 16, columns,            \
            out, outStride);                                                                                     \
      }                                                                                                          \
    }                                                                                                            \
  }

#define TILE(KIND, ROWS, PANELS)                                                                              \
  case PANELS * 16 + ROWS:                                                                                    \
    micro_##KIND(                                                                                             \
      ROWS, PANELS, a, stride, w, panelBytes, groups, next, pace, scales, factors, out, outStride, add);      \
    break;
#define TILES_1_2(KIND, PANELS) TILE(KIND, 1, PANELS) TILE(KIND, 2, PANELS)
#define TILES_1_4(KIND, PANELS) TILES_1_2(KIND, PANELS) TILE(KIND, 3, PANELS) TILE(KIND, 4, PANELS)
#define TILES_1_8(KIND, PANELS)                                       \
  TILES_1_4(KIND, PANELS) TILE(KIND, 5, PANELS) TILE(KIND, 6, PANELS) \
  TILE(KIND, 7, PANELS) TILE(KIND, 8, PANELS)
#if PARA_TILE_ROWS == 8
#define PARA_TILES(KIND)                                                      \
  TILES_1_8(KIND, 1) TILES_1_8(KIND, 2) TILES_1_8(KIND, 3) TILES_1_4(KIND, 4) \
  TILES_1_4(KIND, 5) TILES_1_4(KIND, 6) TILES_1_2(KIND, 7) TILES_1_2(KIND, 8)
#else
#define PARA_TILES(KIND) \
  TILES_1_4(KIND, 1) TILE(KIND, 5, 1) TILE(KIND, 6, 1) TILES_1_2(KIND, 2) TILE(KIND, 1, 3) TILE(KIND, 1, 4)
#endif

MICRO(float32, 4, 1, 1)
MICRO(widened, 8, 2, 1)
MICRO(cached8, 4, INT8_PARTS, 1)  // its sums are stored as the whole numbers that they are

PRODUCT(float32, 1)
PRODUCT(widened, 1)

#if !defined(PARA_AMX)  // which has its own
MICRO(bfloat16, 4, BFLOAT16_PARTS, 1)
MICRO(int8, 4 * INT8_BYTES, INT8_PARTS, 0)
PRODUCT(int8, 0)
#if defined(PARA_BF16)
PRODUCT(bfloat16, 1)
#else
#define product_bfloat16 product_widened
#endif
#endif
#if defined(PARA_PAIRS)
MICRO(int16, 4, 1, 0)
PRODUCT(int16, 0)
#else
#define product_int16 0
#endif
