// Products of bf16 and of int8 by AMX. A tile register holds 16 rows of 64 bytes: 16 groups of 16 rows of
// activations, 16 groups of a panel as they lie in memory, or 16 × 16 sums, to which a product of two
// tiles adds what 16 groups give. Every number is the sum over its tiles in rising order, however many
// rows there are; groups that fill no tile are the last of one, behind zeros.
//
// `whole` says which: int8, whose sums are whole numbers, or bf16.

typedef struct {
  uint8_t palette, start, reserved[14];
  uint16_t bytes[16];
  uint8_t rows[16];
} tile_configuration;

// Rows in blocks of one height, so that one configuration serves all; the last two may share rows. A
// tall block has two tiles of rows.
typedef struct {
  long rows, count, height;
  int tall;
} row_blocks;

INLINE row_blocks blocks_of(long rows) {
  const long count = (rows + 31) / 32, height = (rows + count - 1) / count;
  return (row_blocks){rows, count, height, height > 16};
}

INLINE long block_start(const row_blocks *b, long block) {
  const long start = block * b->height;
  return start < b->rows - b->height ? start : b->rows - b->height;
}

INLINE int widest_panels(const row_blocks *b) { return b->tall ? 2 : 4; }

// Sums are in tiles 0 to 3. A block's rows are in tile 4 and meet panels in 5 to 7; a tall block's are in
// 4 and 5 and meet panels in 6 and 7.
INLINE void configure_tiles(const row_blocks *b) {
  const uint8_t upper = (uint8_t)(b->tall ? 16 : b->height), lower = (uint8_t)(b->tall ? b->height - 16 : b->height);
  const tile_configuration c = {
    .palette = 1,
    .bytes = {64, 64, 64, 64, 64, 64, 64, 64},
    .rows = {upper, upper, lower, lower, upper, b->tall ? lower : 16, 16, 16}};
  _tile_loadconfig(&c);
}

// The groups of each row that fill no tile, behind zeros.
INLINE void last_groups(const char *rows, long stride, long count, long groups, char *out) {
  const __mmask16 mask = (__mmask16)(0xFFFFu << (16 - groups % 16));
  for (long row = 0; row < count; row++, rows += stride, out += 64)
    _mm512_store_si512(out, _mm512_maskz_loadu_epi32(mask, rows + 4 * (groups - 16)));
}

// A block of rows and some panels that it meets.
typedef struct {
  const char *rows;
  long stride;
  const char *last;  // the rows' last groups
  const char *panels;
  long panelBytes, groups;
  int count;  // panels
  const char *next;  // panels that come next
  int calls;         // of which so many are called into the cache meanwhile,
  int lines;         // or else so many lines a tile
} tile_product;

#define ADD_PRODUCT(SUM, A, B)                \
  do {                                        \
    if (whole) _tile_dpbusd(SUM, A, B);       \
    else _tile_dpbf16ps(SUM, A, B);           \
  } while (0)

// Adds the products of one tile of each row and panel.
INLINE void add_tiles(
  const int whole, int tall, int panels, const char *a, long stride, const char *w, long panelBytes) {
  _tile_loadd(4, a, stride);
  if (tall) {
    _tile_loadd(6, w, 64);
    ADD_PRODUCT(0, 4, 6);
    _tile_loadd(5, a + 16 * stride, stride);
    ADD_PRODUCT(2, 5, 6);
    if (panels < 2) return;
    _tile_loadd(7, w + panelBytes, 64);
    ADD_PRODUCT(1, 4, 7);
    ADD_PRODUCT(3, 5, 7);
    return;
  }
  _tile_loadd(5, w, 64);
  ADD_PRODUCT(0, 4, 5);
  if (panels < 2) return;
  _tile_loadd(6, w + panelBytes, 64);
  ADD_PRODUCT(1, 4, 6);
  if (panels < 3) return;
  _tile_loadd(7, w + 2 * panelBytes, 64);
  ADD_PRODUCT(2, 4, 7);
  if (panels < 4) return;
  _tile_loadd(5, w + 3 * panelBytes, 64);
  ADD_PRODUCT(3, 4, 5);
}

INLINE void add_last_tiles(const int whole, int tall, const tile_product *p) {
  if (p->groups > 16)
    return add_tiles(whole, tall, p->count, p->last, 64, p->panels + (p->groups - 16) * 64, p->panelBytes);
  // What lies before the panel is not its own.
  char panels[4][1024] __attribute__((aligned(64)));
  const unsigned long missing = (unsigned long)(16 - p->groups) * 64;
  for (int i = 0; i < p->count; i++) {
    memset(panels[i], 0, missing);
    memcpy(panels[i] + missing, p->panels + i * p->panelBytes, 1024 - missing);
  }
  add_tiles(whole, tall, p->count, p->last, 64, panels[0], 1024);
}

// A tile of sums whose epilogue is to come, while the next is summed.
typedef struct {
  const para_epilogue *epilogue;
  tile_scales scales;
  int whole;
  const float *sums;      // [rows, stride]
  long stride;
  long row, rows;         // what is left of it
  long first, columns;
  float *out;
  long outStride;
} unfinished_tile;

static __attribute__((noinline)) void finish_more(unfinished_tile *t) {
  const long rows = finish_some(
    t->epilogue, t->whole ? &t->scales : 0, t->row, t->rows, t->sums, t->stride, t->first, t->columns, t->out,
    t->outStride);
  t->sums += rows * t->stride;
  t->scales.ofRow += rows;
  t->row += rows;
  t->rows -= rows;
}

// Sums of all groups, rows `outBytes` apart; meanwhile the tile before is finished, if there is one.
INLINE void sum_tiles(
  const int whole, int tall, const tile_product *p, void *out, long outBytes, unfinished_tile *before) {
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  const char *next = p->next;
  const long tiles = p->groups / 16, rows = before ? before->rows : 0;
  for (long tile = 0; tile < tiles; tile++) {
    add_tiles(whole, tall, p->count, p->rows + tile * 64, p->stride, p->panels + tile * 1024, p->panelBytes);
    for (int i = 0; i < p->calls; i++)
      for (long line = 0; line < 16; line++)
        __builtin_prefetch(p->next + i * p->panelBytes + tile * 1024 + line * 64, 0, 2);
    for (int line = 0; line < p->lines; line++, next += 64) __builtin_prefetch(next, 0, 2);
    while (before && before->rows * tiles > rows * (tiles - 1 - tile)) finish_more(before);
  }
  if (p->groups % 16) {
    add_last_tiles(whole, tall, p);
    for (int i = 0; i < p->calls; i++)
      for (long line = p->groups / 16 * 16; line < p->groups; line++)
        __builtin_prefetch(p->next + i * p->panelBytes + line * 64, 0, 2);
  }
  char *place = out, *below = place + 16 * outBytes;
  _tile_stored(0, place, outBytes);
  if (p->count > 1) _tile_stored(1, place + 64, outBytes);
  if (tall) {
    _tile_stored(2, below, outBytes);
    if (p->count > 1) _tile_stored(3, below + 64, outBytes);
  } else {
    if (p->count > 2) _tile_stored(2, place + 128, outBytes);
    if (p->count > 3) _tile_stored(3, place + 192, outBytes);
  }
}

// out = a · wᵀ over whole panels, without an epilogue; the first block calls as many panels at `after`.
static void multiply_bfloat16(
  const char *a, long stride, long rows, const char *w, long panelBytes, long panels, long groups, const char *after,
  float *out, long outStride) {
  if (rows <= 0) return;
  char last[32 * 64] __attribute__((aligned(64)));
  const row_blocks blocks = blocks_of(rows);
  const int widest = widest_panels(&blocks);
  configure_tiles(&blocks);
  for (long block = 0; block < blocks.count; block++) {
    const long row = block_start(&blocks, block);
    tile_product p = {a + row * stride, stride, last, 0, panelBytes, groups};
    if (groups % 16) last_groups(p.rows, stride, blocks.height, groups, last);
    for (long panel = 0; panel < panels; panel += widest) {
      p.panels = w + panel * panelBytes;
      p.next = after + panel * panelBytes;
      p.count = (int)(panels - panel < widest ? panels - panel : widest);
      p.calls = block == 0 && after != w ? p.count : 0;
      sum_tiles(0, blocks.tall, &p, out + row * outStride + panel * 16, 4 * outStride, 0);
    }
  }
  _tile_release();
}

// Rows whose last groups are made at a time.
enum { TILED_ROWS = 256 };

// Up to TILED_ROWS rows.
INLINE void tiled_product(
  const int whole, const para_activations *a, const para_packed_weight *w, const para_epilogue *e, long firstRow,
  long rowCount, long firstPanel, long panelCount, float *out, long outStride) {
  char last[TILED_ROWS * 64] __attribute__((aligned(64)));
  float tiles[2][32 * 32] __attribute__((aligned(64)));
  unfinished_tile before = {.rows = 0};
  const long panelBytes = w->groups * 64, end = firstPanel + panelCount;
  const char *rows = (const char *)a->rows + firstRow * a->stride;
  const row_blocks blocks = blocks_of(rowCount);
  int turn = 0;
  const int widest = widest_panels(&blocks), bare = !whole && !e->bias && !e->entries && !e->accumulate;
  configure_tiles(&blocks);
  if (w->groups % 16) last_groups(rows, a->stride, rowCount, w->groups, last);
  for (long panel = firstPanel; panel < end; panel += widest) {
    const int width = (int)(end - panel < widest ? end - panel : widest);
    const char *panels = (const char *)w->panels + panel * panelBytes;
    const int stored = bare && (panel + width) * 16 <= w->columns;
    const char *next = panel + 2 * widest <= end ? panels + widest * panelBytes : panel + widest >= end ? w->after : 0;
    // A lone block calls as many panels as it has, else each its share of them.
    const int calls = next && blocks.count == 1 ? width : 0;
    const long lines = next && !calls ? (16 * width + blocks.count - 1) / blocks.count : 0;
    for (long block = 0, done = 0; block < blocks.count; block++) {
      const long start = block_start(&blocks, block), row = firstRow + done, count = start + blocks.height - done;
      const tile_product p = {
        rows + start * a->stride, a->stride, last + start * 64, panels, panelBytes, w->groups, width,
        next + block * lines * (w->groups / 16) * 64, calls, (int)lines};
      if (stored) sum_tiles(whole, blocks.tall, &p, out + (firstRow + start) * outStride + panel * 16, 4 * outStride, 0);
      else {
        float *sums = tiles[turn ^= 1];
        sum_tiles(whole, blocks.tall, &p, sums, 64 * width, &before);
        while (before.rows) finish_more(&before);
        const long first = panel * 16, columns = w->columns - first < 16 * width ? w->columns - first : 16 * width;
        before = (unfinished_tile){
          e, {a->scales + row, w->scales + first, w->offsets + first}, whole, sums + (done - start) * 16 * width,
          16 * width, row, count, first, columns, out, outStride};
      }
      done += count;
    }
  }
  while (before.rows) finish_more(&before);
  _tile_release();
}

#define TILED_PRODUCT(KIND, WHOLE)                                                                          \
  static void product_##KIND(                                                                               \
    const para_activations *a, const para_packed_weight *w, const para_epilogue *e, long firstRow,          \
    long rowCount, long firstPanel, long panelCount, float *out, long outStride) {                          \
    for (long row = 0; row < rowCount; row += TILED_ROWS) {                                                 \
      const long count = rowCount - row < TILED_ROWS ? rowCount - row : TILED_ROWS;                         \
      tiled_product(WHOLE, a, w, e, firstRow + row, count, firstPanel, panelCount, out, outStride);         \
    }                                                                                                       \
  }

TILED_PRODUCT(bfloat16, 0)
TILED_PRODUCT(int8, 1)
