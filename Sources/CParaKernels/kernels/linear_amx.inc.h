// bf16 and int8 linear layers on AMX tiles. A tile register holds 16 rows of 64 bytes: 16 groups of 16 tokens'
// activations, 16 groups of a panel as they lie in memory, or 16 × 16 sums, to which a product of two tiles adds
// 16 groups. Each sum runs over its tiles in rising order, however many tokens there are; groups that do not
// fill a tile come last, behind zeros.
//
// `type` is LINEAR_BFLOAT16 or LINEAR_INT8.

typedef struct {
  uint8_t palette, start, reserved[14];
  uint16_t bytes[16];
  uint8_t rows[16];
} tile_configuration;

// Tokens in blocks of one height, so that one configuration serves all; the last two blocks may overlap. A tall
// block has two tiles of tokens.
typedef struct {
  long tokens, count, height;
  int tall;
} token_blocking;

INLINE token_blocking blocking_of(long tokens) {
  const long count = (tokens + 31) / 32, height = (tokens + count - 1) / count;
  return (token_blocking){tokens, count, height, height > 16};
}

INLINE long block_start(const token_blocking *b, long block) {
  const long start = block * b->height;
  return start < b->tokens - b->height ? start : b->tokens - b->height;
}

INLINE int widest_panels(const token_blocking *b) { return b->tall ? 2 : 4; }

// Sums are in tiles 0 to 3. A block's tokens are in tile 4 and meet panels in 5 to 7; a tall block's are in 4 and
// 5 and meet panels in 6 and 7.
INLINE void configure_tiles(const token_blocking *b) {
  const uint8_t upper = (uint8_t)(b->tall ? 16 : b->height), lower = (uint8_t)(b->tall ? b->height - 16 : b->height);
  const tile_configuration c = {
    .palette = 1,
    .bytes = {64, 64, 64, 64, 64, 64, 64, 64},
    .rows = {upper, upper, lower, lower, upper, b->tall ? lower : 16, 16, 16}};
  _tile_loadconfig(&c);
}

// Copies each token's groups that do not fill a tile behind zeros: out [tokens][64 bytes].
INLINE void copy_last_groups(const char *activations, long stride, long tokens, long groups, char *out) {
  const __mmask16 mask = (__mmask16)(0xFFFFu << (16 - groups % 16));
  for (long token = 0; token < tokens; token++, activations += stride, out += 64)
    _mm512_store_si512(out, _mm512_maskz_loadu_epi32(mask, activations + 4 * (groups - 16)));
}

// A block of tokens and the panels it is multiplied with.
typedef struct {
  const char *activations;  // [block tokens][stride bytes]
  long stride;
  const char *last;         // the tokens' last groups, [block tokens][64 bytes]
  const char *panels;
  long panelBytes, groups;
  int count;         // panels
  const char *next;  // prefetched:
  int nextPanels;    // as many whole panels,
  int nextLines;     // or else as many lines per tile
} amx_task;

// `SUM` etc. are numbers of tile registers, which the intrinsics take as constants only.
#define MULTIPLY_TILES(SUM, A, B)                       \
  do {                                                  \
    if (type == LINEAR_INT8) _tile_dpbusd(SUM, A, B);   \
    else _tile_dpbf16ps(SUM, A, B);                     \
  } while (0)

// Adds the products of one tile of each 16 tokens and each panel.
INLINE void add_tiles(
  const int type, int tall, int panels, const char *a, long stride, const char *w, long panelBytes) {
  _tile_loadd(4, a, stride);
  if (tall) {
    _tile_loadd(6, w, 64);
    MULTIPLY_TILES(0, 4, 6);
    _tile_loadd(5, a + 16 * stride, stride);
    MULTIPLY_TILES(2, 5, 6);
    if (panels < 2) return;
    _tile_loadd(7, w + panelBytes, 64);
    MULTIPLY_TILES(1, 4, 7);
    MULTIPLY_TILES(3, 5, 7);
    return;
  }
  _tile_loadd(5, w, 64);
  MULTIPLY_TILES(0, 4, 5);
  if (panels < 2) return;
  _tile_loadd(6, w + panelBytes, 64);
  MULTIPLY_TILES(1, 4, 6);
  if (panels < 3) return;
  _tile_loadd(7, w + 2 * panelBytes, 64);
  MULTIPLY_TILES(2, 4, 7);
  if (panels < 4) return;
  _tile_loadd(5, w + 3 * panelBytes, 64);
  MULTIPLY_TILES(3, 4, 5);
}

INLINE void add_last_tiles(const int type, int tall, const amx_task *p) {
  if (p->groups > 16)
    return add_tiles(type, tall, p->count, p->last, 64, p->panels + (p->groups - 16) * 64, p->panelBytes);
  // A panel shorter than a tile is copied behind zeros: what lies before it in memory belongs to another.
  char panels[4][1024] __attribute__((aligned(64)));
  const unsigned long missing = (unsigned long)(16 - p->groups) * 64;
  for (int i = 0; i < p->count; i++) {
    memset(panels[i], 0, missing);
    memcpy(panels[i] + missing, p->panels + i * p->panelBytes, 1024 - missing);
  }
  add_tiles(type, tall, p->count, p->last, 64, panels[0], 1024);
}

// Sums whose epilogue is applied while the next tiles are multiplied.
typedef struct {
  const para_epilogue *epilogue;
  tile_scales scales;
  int isInteger;
  const float *sums;   // [tokens, stride]
  long stride;
  long token, tokens;  // what is left
  long firstOutput, outputs;
  float *out;          // [tokens, outputs]
  long outStride;
} pending_epilogue;

static __attribute__((noinline)) void continue_epilogue(pending_epilogue *t) {
  const long tokens = apply_epilogue(
    t->epilogue, t->isInteger ? &t->scales : 0, t->token, t->tokens, t->sums, t->stride, t->firstOutput, t->outputs,
    t->out, t->outStride);
  t->sums += tokens * t->stride;
  t->scales.ofToken += tokens;
  t->token += tokens;
  t->tokens -= tokens;
}

// Sums over all groups, [block tokens, panels × 16], `outBytes` between tokens. A tile's epilogue overlaps the
// next tile's accumulation: `pending`, if not null, is finished meanwhile.
INLINE void multiply_block(
  const int type, int tall, const amx_task *p, void *out, long outBytes, pending_epilogue *pending) {
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  const char *next = p->next;
  const long tiles = p->groups / 16, tokens = pending ? pending->tokens : 0;
  for (long tile = 0; tile < tiles; tile++) {
    add_tiles(type, tall, p->count, p->activations + tile * 64, p->stride, p->panels + tile * 1024, p->panelBytes);
    for (int i = 0; i < p->nextPanels; i++)
      for (long line = 0; line < 16; line++)
        __builtin_prefetch(p->next + i * p->panelBytes + tile * 1024 + line * 64, 0, 2);
    for (int line = 0; line < p->nextLines; line++, next += 64) __builtin_prefetch(next, 0, 2);
    while (pending && pending->tokens * tiles > tokens * (tiles - 1 - tile)) continue_epilogue(pending);
  }
  if (p->groups % 16) {
    add_last_tiles(type, tall, p);
    for (int i = 0; i < p->nextPanels; i++)
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

// out = a · wᵀ over whole panels, without an epilogue; the first block prefetches as many panels at `next`.
static void multiply_bfloat16_by_tiles(
  const char *a, long stride, long tokens, const char *w, long panelBytes, long panels, long groups,
  const char *next, float *out, long outStride) {
  if (tokens <= 0) return;
  char last[32 * 64] __attribute__((aligned(64)));
  const token_blocking blocks = blocking_of(tokens);
  const int widest = widest_panels(&blocks);
  configure_tiles(&blocks);
  for (long block = 0; block < blocks.count; block++) {
    const long token = block_start(&blocks, block);
    amx_task p = {a + token * stride, stride, last, 0, panelBytes, groups};
    if (groups % 16) copy_last_groups(p.activations, stride, blocks.height, groups, last);
    for (long panel = 0; panel < panels; panel += widest) {
      p.panels = w + panel * panelBytes;
      p.next = next + panel * panelBytes;
      p.count = (int)(panels - panel < widest ? panels - panel : widest);
      p.nextPanels = block == 0 && next != w ? p.count : 0;
      multiply_block(LINEAR_BFLOAT16, blocks.tall, &p, out + token * outStride + panel * 16, 4 * outStride, 0);
    }
  }
  _tile_release();
}

// Tokens whose last groups are copied at a time.
enum { AMX_TOKENS = 256 };

// A linear layer of up to AMX_TOKENS tokens.
INLINE void linear_of_some_tokens(
  const int type, const para_activations *a, const para_packed_weight *w, const para_epilogue *e, long firstToken,
  long tokenCount, long firstPanel, long panelCount, float *out, long outStride) {
  char last[AMX_TOKENS * 64] __attribute__((aligned(64)));
  float sums[2][32 * 32] __attribute__((aligned(64)));
  pending_epilogue pending = {.tokens = 0};
  const long panelBytes = w->groups * 64, end = firstPanel + panelCount;
  const char *activations = (const char *)a->elements + firstToken * a->stride;
  const token_blocking blocks = blocking_of(tokenCount);
  int turn = 0;
  const int widest = widest_panels(&blocks);
  const int plain = type != LINEAR_INT8 && !e->bias && !e->entries && !e->accumulate;
  configure_tiles(&blocks);
  if (w->groups % 16) copy_last_groups(activations, a->stride, tokenCount, w->groups, last);
  for (long panel = firstPanel; panel < end; panel += widest) {
    const int width = (int)(end - panel < widest ? end - panel : widest);
    const char *panels = (const char *)w->panels + panel * panelBytes;
    const int direct = plain && (panel + width) * 16 <= w->outputs;
    const char *next = panel + 2 * widest <= end ? panels + widest * panelBytes : panel + widest >= end ? w->next : 0;
    // A single block prefetches as many panels as it has, several share them.
    const int nextPanels = next && blocks.count == 1 ? width : 0;
    const long nextLines = next && !nextPanels ? (16 * width + blocks.count - 1) / blocks.count : 0;
    for (long block = 0, done = 0; block < blocks.count; block++) {
      const long start = block_start(&blocks, block), token = firstToken + done, count = start + blocks.height - done;
      const amx_task p = {
        activations + start * a->stride, a->stride, last + start * 64, panels, panelBytes, w->groups, width,
        next + block * nextLines * (w->groups / 16) * 64, nextPanels, (int)nextLines};
      if (direct)
        multiply_block(
          type, blocks.tall, &p, out + (firstToken + start) * outStride + panel * 16, 4 * outStride, 0);
      else {
        float *tile = sums[turn ^= 1];
        multiply_block(type, blocks.tall, &p, tile, 64 * width, &pending);
        while (pending.tokens) continue_epilogue(&pending);
        const long first = panel * 16, outputs = w->outputs - first < 16 * width ? w->outputs - first : 16 * width;
        pending = (pending_epilogue){
          e, {a->scales + token, w->scales + first, w->offsets + first}, type == LINEAR_INT8,
          tile + (done - start) * 16 * width, 16 * width, token, count, first, outputs, out, outStride};
      }
      done += count;
    }
  }
  while (pending.tokens) continue_epilogue(&pending);
  _tile_release();
}

INLINE void linear_by_tiles(
  const int type, const para_activations *a, const para_packed_weight *w, const para_epilogue *e, long firstToken,
  long tokenCount, long firstPanel, long panelCount, float *out, long outStride) {
  for (long token = 0; token < tokenCount; token += AMX_TOKENS) {
    const long count = tokenCount - token < AMX_TOKENS ? tokenCount - token : AMX_TOKENS;
    linear_of_some_tokens(type, a, w, e, firstToken + token, count, firstPanel, panelCount, out, outStride);
  }
}

static void linear_bfloat16(
  const para_activations *a, const para_packed_weight *w, const para_epilogue *epilogue, long firstToken,
  long tokenCount, long firstPanel, long panelCount, float *out, long outStride) {
  linear_by_tiles(LINEAR_BFLOAT16, a, w, epilogue, firstToken, tokenCount, firstPanel, panelCount, out, outStride);
}

static void linear_int8(
  const para_activations *a, const para_packed_weight *w, const para_epilogue *epilogue, long firstToken,
  long tokenCount, long firstPanel, long panelCount, float *out, long outStride) {
  linear_by_tiles(LINEAR_INT8, a, w, epilogue, firstToken, tokenCount, firstPanel, panelCount, out, outStride);
}
