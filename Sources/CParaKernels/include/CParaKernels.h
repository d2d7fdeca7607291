#ifndef PARA_CKERNELS_H
#define PARA_CKERNELS_H

#include <stdint.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

// Kernels, compiled once for each instruction set and chosen at run time. Each computes a row in an
// order of operations that does not depend on how many rows there are. Pointers need no alignment,
// sizes may be 0 where nothing else is said.

// MARK: Packed weights and prepared rows
//
// A weight is cut into panels of 16 output features, a panel into groups of 4 bytes a feature along
// the summed index: [panels][groups][16 × 4 bytes]. A group is 1 fp32, 2 bf16 or int16 or 4 int8 numbers;
// what is missing to whole groups and panels is 0. Rows of activations are in groups too.

// Rows of activations: fp32, bf16, int8 as 128 + x / scale, or int16 as x / scale. How bf16 and int8 lie is
// the instruction set's affair: rounded to bf16 they may be fp32, and int8 may have 16 bits.
typedef struct {
  const void *rows;
  long stride;          // bytes from row to row
  const float *scales;  // one a row, for int8 and int16
} para_activations;

typedef struct {
  const void *panels;
  long columns;            // output features
  long groups;             // along the summed index
  const float *scales;     // whole numbers: one a feature, to whole panels
  const int32_t *offsets;  // int8: 128 · Σ of the feature's numbers, to whole panels; or null
  const void *after;       // what is read after the last panel, or null
} para_packed_weight;

// What an adapter does to the rows of one request: scale ⊙ (y + bias + inner · upᵀ).
typedef struct {
  const float *scale;  // [columns] or null
  const float *bias;   // [columns] or null
  const void *up;      // [columns, rank] packed as a weight, fp32 or bf16, or null
  long upGroups;
  int upIsBfloat16;          // 1 if `up` holds bf16
} para_epilogue_entry;

// What happens to a product before it is stored.
typedef struct {
  const float *bias;              // the model's, [columns] or null
  const para_epilogue_entry *entries;   // or null
  const int32_t *entryOfRow;    // [rows], with entries
  const float *inner;             // [rows, rank to whole groups], rows `innerStride` apart, or null
  long innerStride;
  int accumulate;                 // add to what `out` holds
} para_epilogue;

// A range of rows × a range of panels of x · wᵀ, into the same place of `out`.
typedef void para_product(
  const para_activations *a, const para_packed_weight *w, const para_epilogue *epilogue, long firstRow,
  long rowCount, long firstPanel, long panelCount, float *out, long outStride);

// MARK: Attention

// The numbers of caches. In int8 a generated row is the head's bytes, filled up to whole words with 128,
// and their scale.
enum { PARA_FLOAT32, PARA_BFLOAT16, PARA_INT8 };

// One key/value head and the query heads that share it.
typedef struct {
  long headSize, group;  // head size is even; query heads
  float scale;           // of query · key
  float cap;             // bounds scaled scores as cap · tanh(score / cap); infinite for none
  long window;           // positions that a token sees, its own the last
  int format;            // of caches
  const float *rotary;   // [positions][cosines, sines], headSize numbers each
  float *scratch;
} para_attention;

// A head's part of a prompt's cache, zero beyond `count` up to whole panels.
typedef struct para_prompt_cache {
  void *keys;    // [positions / 16][headSize groups][16 × 4 bytes]
  void *values;  // [headSize / 16][position groups][16 × 4 bytes]
  long valuePanelBytes;
  float *keyScales, *valueScales;  // int8: [positions to whole panels] each
  long count;      // positions
  long headBytes;  // from what belongs to a head to what belongs to the next, in steps
  const struct para_prompt_cache *after;  // what is read after this one, to call it into the cache, or null
} para_prompt_cache;

// New rows' projections at this head: keys get rotated in place. Strides in numbers.
typedef struct {
  const float *query;
  float *key;
  const float *value;
  long queryStride, keyStride, valueStride;
  float *out;
  long outStride;
} para_attention_rows;

// The generated past of a request's lanes, each row known by its address; the newest is written.
typedef struct para_generated_past {
  // [lanes][count, then three times more the last], lanes `rowsStride` apart
  const char *const *rows;
  long rowsStride;
  long lanes, count;
  long keyOffset, valueOffset;  // bytes from a row's address to its key and value at this head
  long headBytes;               // bytes from there to the next head's
  const struct para_generated_past *after;  // what is read after this one, to call it into the cache, or null
} para_generated_past;

// MARK: The table

typedef struct {
  const char *name;

  // By kind of numbers: fp32 rows × fp32 weights, fp32 × bf16, bf16 × bf16, int8 × int8, and, where these
  // are faster than bf16, whole numbers of 16 bits; else null.
  para_product *productFloat32, *productWidened, *productBfloat16, *productInt8, *productInt16;
  // Bytes that a number takes in rows of such products.
  long bfloat16Bytes, int8Bytes;
  // 1 where products of int8 take less time than those of bf16.
  int bytesAreFaster;
  // What x / scale is at most in rows of whole numbers, up to 8,192 of them.
  long int8Steps;
  // One fp32 row prepared for a product.
  float (*prepareBfloat16)(const float *x, long count, void *row);
  // Returns the row's scale; NaN unless the row is finite.
  float (*prepareInt8)(const float *x, long count, void *row);
  float (*prepareInt16)(const float *x, long count, void *row);
  // x = H x, H orthogonal and its own inverse: 256 numbers at a time, then 128, 64 and 32 of the rest,
  // those 16 apart go through a Hadamard matrix, so that a large one is spread over up to 16; fewer than
  // 32 stay.
  void (*hadamard)(float *x, long size);

  // Writes the keys and values of a prompt's positions [first, end) into its cache, which holds those
  // before. Scratch: 2 · headSize⌈16⌉ numbers.
  void (*storePrompt)(
    const para_attention *, const para_prompt_cache *, const para_attention_rows *, long first, long end);
  // Attends, causally, from a prompt's positions [first, end), which its cache holds with those before.
  // Scratch: R · (headSize + headSize⌈16⌉ + count⌈16⌉) numbers, R = group · max(1, 32 / group); with an
  // int8 cache R · (68 + 4 · (headSize⌈16⌉ + count⌈16⌉)) more.
  void (*attendPrompt)(
    const para_attention *, const para_prompt_cache *, const para_attention_rows *, long first, long end);
  // Writes one new position of every lane and attends to the prompt and to the lane's own past, for
  // some key/value heads one after the other: rows and caches are the first one's.
  // Scratch: lanes · group · (headSize + headSize⌈16⌉ + count⌈16⌉ + past⌈16⌉) numbers, and as much more
  // with an int8 cache as above, its count and the past's together, R = lanes · group.
  void (*attendStep)(
    const para_attention *, const para_prompt_cache *, const para_attention_rows *, const para_generated_past *,
    long heads);

  // out[i] = x[i] · weight[i] / sqrt(mean(x²) + epsilon)
  void (*rmsNorm)(const float *x, const float *weight, float epsilon, long size, float *out);
  // Rotates the pairs (i, i + headSize/2) of every head of one row, [heads, headSize].
  void (*rotate)(float *x, long heads, long headSize, const float *cosine, const float *sine);
  // gate[i] = f(gate[i]) · up[i]; f(x) = x · sigmoid(x), x · Φ(x), and
  // x · ½ (1 + tanh(√(2/π) (x + 0.044715 x³)))
  void (*siluMultiply)(float *gate, const float *up, long size);
  void (*geluMultiply)(float *gate, const float *up, long size);
  void (*geluTanhMultiply)(float *gate, const float *up, long size);
  // x[i] = cap · tanh(x[i] / cap)
  void (*softCap)(float *x, float cap, long size);
  void (*scale)(float *x, float factor, long size);
  void (*add)(float *x, const float *y, long size);
  void (*multiply)(float *x, const float *y, long size);
  float (*dot)(const float *x, const float *y, long size);
  // x += factor · y
  void (*addScaled)(float *x, float factor, const float *y, long size);

  // −∞ for size 0
  float (*largest)(const float *x, long size);
  // Σ exp(x[i] − largest)
  float (*sumOfExp)(const float *x, long size, float largest);
  // Keeps the `count` largest of those found before and of x, by falling value and, where equal,
  // rising index; x[0] has index `firstIndex`, above all before. NaN never ranks. Returns how many
  // are kept.
  long (*keepLargest)(
    const float *x, long size, int32_t firstIndex, long count, long found, int32_t *indices, float *values);

  // Multiplies and adds in registers, as fast as this instruction set can; up to 100,000 rounds.
  // Returns the operations done, a multiply-add being two.
  long (*peakFloat32)(long rounds);
  long (*peakBfloat16)(long rounds);
  long (*peakInt8)(long rounds);
  // Reads memory, to whole 256 bytes, and does nothing with it.
  void (*readLines)(const void *memory, long bytes);
} para_kernels;

// The kernels of an instruction set ("amx", "avx512", "avx512vnni", "avx2", "neon", "portable"); null if this
// program or this processor has none of that name.
const para_kernels *para_kernels_named(const char *name);

// The kernels that this processor runs, from 0, the best, on; null past the last.
const para_kernels *para_kernels_at(long place);

// MARK: Copies, the same bits on every instruction set

// Widening copies of half-precision numbers, which need no alignment.
void para_widen_bfloat16(const void *x, long size, float *out);
void para_widen_float16(const void *x, long size, float *out);

// One row of a weight into its panel: `lane` is the row's place in it, `groups` as in the layout.
// Numbers beyond `size` are not written.
void para_pack_float32(const float *row, long size, long lane, void *panel);
// Rounds to the nearest bf16, ties to even.
void para_pack_bfloat16(const float *row, long size, long lane, void *panel);
// Rounds row[i] / scale to [−127, 127], scale = greatest |row[i]| / 127; returns the scale, NaN unless the
// row is finite, and sets the sum of the whole numbers.
float para_pack_int8(const float *row, long size, long lane, void *panel, int32_t *sum);

// The step of a row of 16-bit numbers whose greatest magnitude and whose sum of squares, in units of that,
// are so large: no number is more than 32,767 steps, and the row as a vector no longer than 46,000, or
// √2³¹ less what rounding may add. NaN unless the row is finite.
static inline float para_int16_scale(float greatest, float squares) {
  float length = __builtin_sqrtf(squares) * (1.0f / 46000), longest = 1.0f / 32767;
  if (!(squares < __builtin_inff())) return __builtin_nanf("");
  return greatest > 0 ? greatest * (length > longest ? length : longest) : 1;
}
// Rounds row[i] / scale; returns the scale.
float para_pack_int16(const float *row, long size, long lane, void *panel);

// SplitMix64 (Steele, Lea and Flood, 2014) by counter: the state after `count` steps is seed + count · γ.
static inline uint64_t para_split_mix(uint64_t seed, uint64_t count) {
  uint64_t bits = seed + count * 0x9E3779B97F4A7C15u;
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9u;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBu;
  return bits ^ (bits >> 31);
}

// bf16 numbers evenly spread over [−bound, bound): number i depends on seed and first + i alone.
void para_random_bfloat16(uint64_t seed, uint64_t first, float bound, long size, uint16_t *out);

// MARK: Memory

// Gives memory that was freed back to the system; Swift's Glibc lacks <malloc.h>.
static inline void para_release_memory(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}

// MARK: Threads

// Processors that this process may run on; 0 where the system does not say.
long para_allowed_processors(void);

// Tells the processor that this thread is waiting for another.
static inline void para_relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif
