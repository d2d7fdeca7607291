// What the machine can do at most, to hold measurements against. Nothing of a model runs here.

// Lets the compiler believe that a result is used.
INLINE void discard(vi result) { __asm__ volatile("" : : "m"(result)); }

// The widest tile of a product, multiplying the same few numbers again and again: all sums are in
// registers and no memory beyond a few lines of the first cache is read. The compiler must not know
// that they are the same, or it would multiply once. NUMBERS are what a group of 4 bytes adds to a sum.
#define PEAK(KIND, NUMBERS)                                                                               \
  static long peak_##KIND(long rounds) {                                                                  \
    enum { rows = PARA_TILE_ROWS, vectors = (PARA_TILE_ROWS == 8 ? 3 : 1) * PANEL_VECTORS };              \
    char numbers[(rows + vectors * PARA_LANES) * 4] __attribute__((aligned(64)));                         \
    /* As fp32 and bf16 about ¾; sums of whole numbers may wrap around. */                                \
    memset(numbers, 0x3F, sizeof numbers);                                                                \
    vi sums[rows][vectors] = {};                                                                          \
    for (long round = 0; round < rounds; round++) {                                                       \
      const char *place = numbers;                                                                        \
      __asm__ volatile("" : "+r"(place));                                                                 \
      vi weights[vectors];                                                                                \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < vectors; v++)                                \
        weights[v] = vi_load(place + 4 * (rows + v * PARA_LANES));                                        \
      _Pragma("clang loop unroll(full)") for (int r = 0; r < rows; r++) {                                 \
        const vi x = word_of(place, r);                                                                   \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < vectors; v++)                              \
          sums[r][v] = add_##KIND(sums[r][v], x, weights[v]);                                             \
      }                                                                                                   \
    }                                                                                                     \
    vi all = {};                                                                                          \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < rows; r++)                                     \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < vectors; v++) all |= sums[r][v];             \
    discard(all);                                                                                         \
    return rounds * rows * vectors * PARA_LANES * NUMBERS * 2;                                            \
  }

PEAK(float32, 1)

#if defined(PARA_AMX)

// Four sums of two tiles of rows and two of columns, as in a product.
INLINE long peak_of_tiles(const int whole, long rounds) {
  char numbers[1024];
  memset(numbers, 0x3F, sizeof numbers);
  const row_blocks blocks = blocks_of(32);
  configure_tiles(&blocks);
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  _tile_loadd(4, numbers, 64);
  _tile_loadd(5, numbers, 64);
  _tile_loadd(6, numbers, 64);
  _tile_loadd(7, numbers, 64);
  for (long round = 0; round < rounds; round++) {
    ADD_PRODUCT(0, 4, 6);
    ADD_PRODUCT(1, 4, 7);
    ADD_PRODUCT(2, 5, 6);
    ADD_PRODUCT(3, 5, 7);
  }
  _tile_release();
  return rounds * 4 * 256 * 16 * (whole ? 4 : 2) * 2;
}

static long peak_bfloat16(long rounds) { return peak_of_tiles(0, rounds); }
static long peak_int8(long rounds) { return peak_of_tiles(1, rounds); }

#else
PEAK(int8, 4 / INT8_PARTS)
#if defined(PARA_BF16)
PEAK(bfloat16, 2)
#elif defined(PARA_PAIRS)
PEAK(int16, 2)
#define peak_bfloat16 peak_int16
#else
#define peak_bfloat16 peak_float32
#endif
#endif

// Reads whole lines, as fast as they come: what lies ahead is called into the cache.
static void read_lines(const void *memory, long bytes) {
  const char *p = memory, *end = p + bytes / 256 * 256;
  vi sums[4] = {};
  for (; p < end; p += 256) {
    for (int line = 0; line < 4; line++) {
      __builtin_prefetch(p + 2048 + line * 64, 0, 2);
      for (int v = 0; v < PANEL_VECTORS; v++) sums[line] |= vi_load(p + line * 64 + v * 4 * PARA_LANES);
    }
  }
  discard(sums[0] | sums[1] | sums[2] | sums[3]);
}
