// Microbenchmarks: the most operations and bytes a second that the machine can do, for roofline figures.

// Makes the compiler believe that a result is used.
INLINE void discard(vi result) { __asm__ volatile("" : : "m"(result)); }

// The widest tile of a linear layer over the same few activations and weights again and again: sums are in
// registers, operands in a few lines of the first-level cache. The compiler must not know that they stay the
// same, or it would multiply once. A multiply-add is `elements` of each lane.
INLINE long peak_of(const int type, const int elements, long rounds) {
  enum { tokens = PARA_TILE_TOKENS, vectors = PARA_TILE_PANELS(PARA_TILE_TOKENS) * PANEL_VECTORS };
  char operands[(tokens + vectors * PARA_LANES) * 4] __attribute__((aligned(64)));
  memset(operands, 0x3F, sizeof operands);  // about ¾ as fp32 and bf16; sums of integers may wrap around
  vi sums[tokens][vectors] = {};
  for (long round = 0; round < rounds; round++) {
    const char *place = operands;
    __asm__ volatile("" : "+r"(place));
    vi weights[vectors];
    UNROLLED for (int v = 0; v < vectors; v++) weights[v] = vi_load(place + 4 * (tokens + v * PARA_LANES));
    UNROLLED for (int token = 0; token < tokens; token++) {
      const vi x = vi_splat_load(place + 4 * token);
      UNROLLED for (int v = 0; v < vectors; v++) sums[token][v] = multiply_add(type, sums[token][v], x, weights[v]);
    }
  }
  vi all = {};
  UNROLLED for (int token = 0; token < tokens; token++)
    UNROLLED for (int v = 0; v < vectors; v++) all |= sums[token][v];
  discard(all);
  return rounds * tokens * vectors * PARA_LANES * elements * 2;
}

static long peak_float32(long rounds) { return peak_of(LINEAR_FLOAT32, 1, rounds); }

#if defined(PARA_HAS_TILES)

// Four sums of two tiles of activations and two of weights, as in a linear layer.
INLINE long peak_of_tiles(const int type, long rounds) {
  char operands[1024];
  memset(operands, 0x3F, sizeof operands);
  const token_blocking blocks = blocking_of(32);
  configure_tiles(&blocks);
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  _tile_loadd(4, operands, 64);
  _tile_loadd(5, operands, 64);
  _tile_loadd(6, operands, 64);
  _tile_loadd(7, operands, 64);
  for (long round = 0; round < rounds; round++) {
    MULTIPLY_TILES(0, 4, 6);
    MULTIPLY_TILES(1, 4, 7);
    MULTIPLY_TILES(2, 5, 6);
    MULTIPLY_TILES(3, 5, 7);
  }
  _tile_release();
  return rounds * 4 * 256 * 16 * (type == LINEAR_INT8 ? 4 : 2) * 2;
}

static long peak_bfloat16(long rounds) { return peak_of_tiles(LINEAR_BFLOAT16, rounds); }
static long peak_int8(long rounds) { return peak_of_tiles(LINEAR_INT8, rounds); }

#else

static long peak_int8(long rounds) { return peak_of(LINEAR_INT8, 4 / INT8_PARTS, rounds); }

// Of what bf16 linear layers run on.
static long peak_bfloat16(long rounds) {
#if defined(PARA_HAS_BFLOAT16_DOT)
  return peak_of(LINEAR_BFLOAT16, 2, rounds);
#elif defined(PARA_HAS_INT16_DOT)
  return peak_of(LINEAR_INT16, 2, rounds);
#else
  return peak_of(LINEAR_FLOAT32, 1, rounds);
#endif
}

#endif

// Reads whole cache lines as fast as they come.
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
