// Linear layers: out = epilogue(a · wᵀ), a [tokens, inputs] times a packed weight w [outputs, inputs].
//
// A tile is up to PARA_TILE_TOKENS tokens × some panels of 16 output features, whose sums are held in registers.
// Each sum runs over the inputs in rising order, however large the tile. The panels that are read next are
// prefetched meanwhile.
//
// The tile shape is the instruction set's: PARA_TILE_TOKENS, and PARA_TILE_PANELS(tokens) panels beside `tokens`
// tokens. Few tokens take more panels, so that as many sums are in flight.

#define PANEL_VECTORS (16 / PARA_LANES)

// Floats of the largest tile that needs an epilogue in memory.
enum { TILE_FLOATS = 16 * PARA_TILE_TOKENS * 3 };

// One tile. Passed by address, so that the function for a data type is compiled once.
typedef struct {
  const char *a;  // [tokens][stride bytes]
  long stride;
  const char *w;  // panels, panelBytes apart
  long panelBytes, groups;
  // What is prefetched: with more than 4 tokens `nextStep` bytes a group as one stream; with fewer, where memory
  // is the bottleneck, a line a group of each of as many panels as the tile has.
  const char *next;
  long nextStep;
  const tile_scales *scales;      // of integers
  const float *const *factors;    // [tokens][outputs] or null
  float *out;                     // [tokens, outputs]
  long outStride;
  int accumulate;
} tile_task;

// A tile of constant shape. Tokens are addressed from every third one, which leaves the compiler enough
// registers to keep all sums in theirs.
INLINE void multiply_tile(const int type, const int tokens, const int panels, const tile_task *task) {
  const char *w = task->w, *end = w + task->groups * 64, *next = task->next;
  const long stride = task->stride, panelBytes = task->panelBytes, nextStep = task->nextStep;
  const char *thirds[3] = {task->a, task->a + 3 * stride, task->a + 6 * stride};
  vi sums[tokens][panels * PANEL_VECTORS];
  UNROLLED for (int token = 0; token < tokens; token++)
    UNROLLED for (int v = 0; v < panels * PANEL_VECTORS; v++) sums[token][v] = (vi){};
  PARA_UNROLL_GROUPS for (; w < end; w += 64, next += nextStep) {
    UNROLLED for (int p = 0; p < (tokens > 4 ? 1 : panels); p++) __builtin_prefetch(next + p * panelBytes, 0, 2);
    UNROLLED for (int part = 0; part < parts_of(type); part++) {
      vi weights[8 * PANEL_VECTORS];
      // Weights are loaded again for the second part: registers are too few to keep them.
      if (part) __asm__ volatile("" : "+r"(w));
      UNROLLED for (int v = 0; v < panels * PANEL_VECTORS; v++)
        weights[v] = load_weights(
          type, w + (v / PANEL_VECTORS) * panelBytes + (v % PANEL_VECTORS) * 4 * PARA_LANES, part);
      UNROLLED for (int token = 0; token < tokens; token++) {
        const vi x = load_activation(type, thirds[token / 3] + token % 3 * stride, part);
        UNROLLED for (int v = 0; v < panels * PANEL_VECTORS; v++)
          sums[token][v] = multiply_add(type, sums[token][v], x, weights[v]);
      }
    }
    for (int third = 0; third < 3; third++) thirds[third] += activation_group_bytes(type);
  }
  // An int8 KV cache's sums stay integers.
  const float *const *factors = type == LINEAR_INT8_KV ? 0 : task->factors;
  const int accumulate = type == LINEAR_INT8_KV ? 0 : task->accumulate;
  const long outStride = task->outStride;
  float *out = task->out;
  const tile_scales scales = is_integer(type) ? *task->scales : (tile_scales){0};
  UNROLLED for (int token = 0; token < tokens; token++)
    UNROLLED for (int v = 0; v < panels * PANEL_VECTORS; v++) {
      float *place = out + token * outStride + v * PARA_LANES;
      vi sum = sums[token][v];
      if (is_integer(type)) sum = (vi)dequantize(sum, &scales, token, v * PARA_LANES);
      if (factors) sum = (vi)((vf)sum * vf_load(factors[token] + v * PARA_LANES));
      if (accumulate) sum = (vi)((vf)sum + vf_load(place));
      vi_store(place, sum);
    }
}

// Calls multiply_tile with the shape as constants.
INLINE void dispatch_tile(const int type, int tokens, int panels, const tile_task *task) {
#define TILE(TOKENS, PANELS)                                               \
  case PANELS * 16 + TOKENS:                                               \
    if (TOKENS <= PARA_TILE_TOKENS && PANELS <= PARA_TILE_PANELS(TOKENS))  \
      multiply_tile(type, TOKENS, PANELS, task);                           \
    break;
#define TILES(PANELS)                                                      \
  TILE(1, PANELS) TILE(2, PANELS) TILE(3, PANELS) TILE(4, PANELS)          \
  TILE(5, PANELS) TILE(6, PANELS) TILE(7, PANELS) TILE(8, PANELS)
  switch (panels * 16 + tokens) { TILES(1) TILES(2) TILES(3) TILES(4) TILES(5) TILES(6) TILES(7) TILES(8) }
#undef TILES
#undef TILE
}

#define NOT_INLINED static __attribute__((noinline, unused))

NOT_INLINED void tile_float32(int tokens, int panels, const tile_task *task) {
  dispatch_tile(LINEAR_FLOAT32, tokens, panels, task);
}
NOT_INLINED void tile_mixed(int tokens, int panels, const tile_task *task) {
  dispatch_tile(LINEAR_MIXED, tokens, panels, task);
}
NOT_INLINED void tile_bfloat16(int tokens, int panels, const tile_task *task) {
  dispatch_tile(LINEAR_BFLOAT16, tokens, panels, task);
}
NOT_INLINED void tile_int8(int tokens, int panels, const tile_task *task) {
  dispatch_tile(LINEAR_INT8, tokens, panels, task);
}
NOT_INLINED void tile_int8_kv(int tokens, int panels, const tile_task *task) {
  dispatch_tile(LINEAR_INT8_KV, tokens, panels, task);
}
#if defined(PARA_HAS_INT16_DOT)
NOT_INLINED void tile_int16(int tokens, int panels, const tile_task *task) {
  dispatch_tile(LINEAR_INT16, tokens, panels, task);
}
#endif

INLINE void tile(const int type, int tokens, int panels, const tile_task *task) {
  switch (type) {
    case LINEAR_FLOAT32: tile_float32(tokens, panels, task); break;
    case LINEAR_MIXED: tile_mixed(tokens, panels, task); break;
    case LINEAR_BFLOAT16: tile_bfloat16(tokens, panels, task); break;
    case LINEAR_INT8: tile_int8(tokens, panels, task); break;
    case LINEAR_INT8_KV: tile_int8_kv(tokens, panels, task); break;
#if defined(PARA_HAS_INT16_DOT)
    case LINEAR_INT16: tile_int16(tokens, panels, task); break;
#endif
  }
}

// Tokens are cut into blocks whose sizes differ by one at most: a tile of few tokens takes nearly as long as a
// full one.
INLINE long token_blocks(long tokens) { return (tokens + PARA_TILE_TOKENS - 1) / PARA_TILE_TOKENS; }

// out = a · wᵀ over whole panels, without an epilogue; prefetches as many panels at `next`. The integer sums of
// int8 KV caches are stored as they are.
INLINE void multiply(
  const int type, const char *a, long stride, long tokens, const char *w, long panelBytes, long panels, long groups,
  const char *next, float *out, long outStride) {
  const int widest = PARA_TILE_PANELS(tokens);
  const long blocks = token_blocks(tokens);
  for (long panel = 0; panel < panels; panel += widest) {
    int width = (int)(panels - panel < widest ? panels - panel : widest);
    for (long block = 0; block < blocks; block++) {
      const long token = tokens * block / blocks;
      const int height = (int)(tokens * (block + 1) / blocks - token);
      const tile_task task = {
        .a = a + token * stride, .stride = stride, .w = w + panel * panelBytes, .panelBytes = panelBytes,
        .groups = groups, .next = next + panel * panelBytes, .nextStep = 64,
        .out = out + token * outStride + panel * 16, .outStride = outStride};
      tile(type, height, width, &task);
    }
  }
}

INLINE void linear(
  const int type, const para_activations *a, const para_packed_weight *w, const para_epilogue *epilogue,
  long firstToken, long tokenCount, long firstPanel, long panelCount, float *out, long outStride) {
  float sums[TILE_FLOATS] __attribute__((aligned(64)));
  const long panelBytes = w->groups * 64, end = firstPanel + panelCount;
  const int widest = PARA_TILE_PANELS(tokenCount);
  const long blocks = token_blocks(tokenCount);
  // The panels that are prefetched, as one stream spread over the blocks of tokens.
  const long ahead = blocks < widest ? blocks : widest, nextStep = (64 * ahead + blocks - 1) / blocks;
  const int plain = !epilogue->bias && !epilogue->entries;
  for (long panel = firstPanel; panel < end; panel += widest) {
    const int width = (int)(end - panel < widest ? end - panel : widest);
    const long output = panel * 16;
    const char *panels = (const char *)w->panels + panel * panelBytes;
    const char *upcoming = panel + widest >= end && w->next ? w->next : panels + widest * panelBytes;
    for (long block = 0; block < blocks; block++) {
      const long token = firstToken + tokenCount * block / blocks;
      const int height = (int)(firstToken + tokenCount * (block + 1) / blocks - token);
      tile_scales scales = {0};
      if (is_integer(type))
        scales = (tile_scales){a->scales + token, w->scales + output, w->offsets ? w->offsets + output : 0};
      tile_task task = {
        .a = (const char *)a->elements + token * a->stride, .stride = a->stride, .w = panels,
        .panelBytes = panelBytes, .groups = w->groups, .next = upcoming + ahead * panelBytes * block / blocks,
        .nextStep = nextStep, .scales = &scales};
      const float *factors[PARA_TILE_TOKENS];
      if (output + width * 16 <= w->outputs &&
          (plain || is_scale_only(epilogue, token, height, output, width * 16, factors))) {
        task.factors = plain ? 0 : factors;
        task.out = out + token * outStride + output;
        task.outStride = outStride;
        task.accumulate = epilogue->accumulate;
        tile(type, height, width, &task);
        continue;
      }
      task.out = sums;
      task.outStride = width * 16;
      tile(type, height, width, &task);
      const long outputs = w->outputs - output < width * 16 ? w->outputs - output : width * 16;
      for (long i = 0; i < height;)
        i += apply_epilogue(
          epilogue, 0, token + i, height - i, sums + i * width * 16, width * 16, output, outputs, out, outStride);
    }
  }
}

static void linear_float32(
  const para_activations *a, const para_packed_weight *w, const para_epilogue *epilogue, long firstToken,
  long tokenCount, long firstPanel, long panelCount, float *out, long outStride) {
  linear(LINEAR_FLOAT32, a, w, epilogue, firstToken, tokenCount, firstPanel, panelCount, out, outStride);
}

static void linear_mixed(
  const para_activations *a, const para_packed_weight *w, const para_epilogue *epilogue, long firstToken,
  long tokenCount, long firstPanel, long panelCount, float *out, long outStride) {
  linear(LINEAR_MIXED, a, w, epilogue, firstToken, tokenCount, firstPanel, panelCount, out, outStride);
}

#if !defined(PARA_HAS_TILES)  // linear_amx.inc.h has its own

static void linear_int8(
  const para_activations *a, const para_packed_weight *w, const para_epilogue *epilogue, long firstToken,
  long tokenCount, long firstPanel, long panelCount, float *out, long outStride) {
  linear(LINEAR_INT8, a, w, epilogue, firstToken, tokenCount, firstPanel, panelCount, out, outStride);
}

#if defined(PARA_HAS_BFLOAT16_DOT)
static void linear_bfloat16(
  const para_activations *a, const para_packed_weight *w, const para_epilogue *epilogue, long firstToken,
  long tokenCount, long firstPanel, long panelCount, float *out, long outStride) {
  linear(LINEAR_BFLOAT16, a, w, epilogue, firstToken, tokenCount, firstPanel, panelCount, out, outStride);
}
#else
#define linear_bfloat16 linear_mixed  // activations that are stored as fp32
#endif

#endif

#if defined(PARA_HAS_INT16_DOT)
static void linear_int16(
  const para_activations *a, const para_packed_weight *w, const para_epilogue *epilogue, long firstToken,
  long tokenCount, long firstPanel, long panelCount, float *out, long outStride) {
  linear(LINEAR_INT16, a, w, epilogue, firstToken, tokenCount, firstPanel, panelCount, out, outStride);
}
#else
#define linear_int16 0
#endif
