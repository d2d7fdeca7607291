#ifndef PARA_CKERNELS_H
#define PARA_CKERNELS_H

#include <stdint.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

// CPU kernels, compiled once per instruction set and chosen at run time.
//
// Every output is computed in an order of operations that does not depend on how many tokens are in the
// batch, so results are invariant to batching. Pointers need no alignment and sizes may be 0 unless a
// declaration says otherwise. Strides are in elements unless they are called bytes.

// MARK: Linear layers
//
// A weight [outputs, inputs] is packed into panels of 16 output features. A panel is cut along the inputs
// into groups of 4 bytes a feature: 1 fp32, 2 bf16, 2 int16 or 4 int8 elements. Layout:
// [panels][groups][16 features][4 bytes], padded with zeros to whole groups and panels.

// Activations [tokens, inputs] in the data type of a linear layer. int8 is stored as 128 + x / scale
// (unsigned), int16 as x / scale. Where an instruction set lacks the instruction, elements may be wider than
// their type: bf16 values may be stored as fp32 and int8 values as 16 bits (`bfloat16Bytes`, `int8Bytes`).
typedef struct {
  const void *elements;  // [tokens][stride bytes]
  long stride;           // bytes between tokens
  const float *scales;   // [tokens] for int8 and int16
} para_activations;

typedef struct {
  const void *panels;      // [panels][groups][16][4 bytes]
  long outputs;            // output features
  long groups;             // along the inputs
  const float *scales;     // int8, int16: [outputs padded to panels]
  const int32_t *offsets;  // int8: 128 · Σ of a feature's quantized weights, [outputs padded to panels]; or null
  const void *next;        // the panel that is read after these, to prefetch it; or null
} para_packed_weight;

// What an adapter adds to a linear layer: y' = scale ⊙ (y + bias + loraAx · loraBᵀ).
typedef struct {
  const float *scale;  // [outputs] or null
  const float *bias;   // [outputs] or null
  const void *loraB;   // LoRA B [outputs, rank], packed as a weight in fp32 or bf16; or null
  long loraBGroups;
  int loraBIsBfloat16;
} para_epilogue_entry;

// What is applied to a tile of a product before it is stored.
typedef struct {
  const float *bias;                   // the model's own bias, [outputs] or null
  const para_epilogue_entry *entries;  // [adapters in the batch] or null
  const int32_t *entryOfToken;         // [tokens], with entries
  const float *loraAx;                 // LoRA A · x, [tokens, rank padded to groups]; or null
  long loraAxStride;
  int accumulate;                      // adds to what `out` holds
} para_epilogue;

// out = epilogue(a · wᵀ) for a range of tokens and a range of panels.
typedef void para_linear(
  const para_activations *a,    // [tokens, inputs]
  const para_packed_weight *w,  // [outputs, inputs]
  const para_epilogue *epilogue, long firstToken, long tokenCount, long firstPanel, long panelCount,
  float *out,                   // [tokens, outputs]
  long outStride);

// MARK: Attention

// Data types of a KV cache.
enum { PARA_FLOAT32, PARA_BFLOAT16, PARA_INT8 };

// One key/value head and the query heads that share it (grouped-query attention).
typedef struct {
  long headSize;        // even
  long group;           // query heads per key/value head
  float scale;          // of query · key
  float cap;            // soft cap: cap · tanh(score / cap); infinite for none
  long window;          // sliding window: positions that a token sees, including its own
  int cacheType;        // PARA_FLOAT32, PARA_BFLOAT16 or PARA_INT8
  const float *rotary;  // [positions][headSize / 2 cosines, headSize / 2 sines]
  float *scratch;
} para_attention;

// The KV cache of a prompt at one head, in the layout of packed weights, so that q · kᵀ and p · v are
// linear layers: keys have positions as output features, values have positions as inputs. int8 is stored as
// 128 + x / scale with a scale per position. Zero beyond `count` up to whole panels.
typedef struct para_prompt_kv {
  void *keys;            // [positions / 16][headSize groups][16][4 bytes]
  void *values;          // [headSize / 16][position groups][16][4 bytes]
  long valuePanelBytes;  // between panels of `values`
  float *keyScales;      // int8: [positions padded to panels]
  float *valueScales;    // int8: [positions padded to panels]
  long count;            // positions
  long headBytes;        // from this head's keys, values and scales to the next head's
  const struct para_prompt_kv *next;  // read after this one, prefetched meanwhile; or null
} para_prompt_kv;

// Queries, keys and values of new tokens at one key/value head. Keys are rotated in place.
typedef struct {
  const float *query;  // [tokens, group × headSize]
  float *key;          // [tokens, headSize]
  const float *value;  // [tokens, headSize]
  long queryStride, keyStride, valueStride;
  float *out;          // [tokens, group × headSize]
  long outStride;
} para_attention_tokens;

// The KV cache of generated tokens, paged: a table holds the address of each token's entry, in which keys and
// values of all heads lie at offsets. An int8 entry is the head's bytes, padded to 4 with 128, and their scale.
typedef struct para_generated_kv {
  // [lanes][tableStride]: `count` addresses, oldest first, the last being written by this step, then the last
  // one three more times, because entries are read in fours.
  const char *const *table;
  long tableStride;
  long lanes, count;
  long keyOffset, valueOffset;  // bytes from an entry's address to its key and value at this head
  long headBytes;               // from there to the next head's
  const struct para_generated_kv *next;  // read after this one, prefetched meanwhile; or null
} para_generated_kv;

// MARK: Instruction sets

// Features of a processor, as bits.
enum {
  PARA_CPU_AVX2 = 1,                // with FMA and BMI2
  PARA_CPU_AVX512 = 2,              // F, BW, DQ and VL
  PARA_CPU_AVX512_VNNI = 4,         // dot products of bytes and of int16 pairs
  PARA_CPU_AVX512_BF16 = 8,         // dot products of bf16 pairs
  PARA_CPU_AMX = 16,                // tiles of bf16 and int8, granted by the operating system
  PARA_CPU_FAST_BFLOAT16_DOT = 32,  // bf16 dot products are as fast as those of int16; see processor.c
};

enum { PARA_VENDOR_OTHER, PARA_VENDOR_INTEL, PARA_VENDOR_AMD };

typedef struct {
  uint32_t features;
  int vendor, family, model;
} para_processor;

// The processor that this process runs on.
para_processor para_this_processor(void);

// MARK: The table of kernels

typedef struct {
  const char *name;
  uint32_t required;   // features without which these kernels do not run
  uint32_t preferred;  // features without which the next best instruction set is faster

  // activations × weights: fp32 × fp32, fp32 × bf16 (mixed precision), bf16 × bf16, int8 × int8, and int16 ×
  // int16 where that is faster than bf16, else null.
  para_linear *linearFloat32, *linearMixed, *linearBfloat16, *linearInt8, *linearInt16;
  long bfloat16Bytes, int8Bytes;  // of an element of such activations
  int int8IsFasterThanBfloat16;
  long int8Limit;  // greatest |x / scale| of int8 activations of up to 8,192 inputs
  // Quantize one token's activations x [count]; int8 and int16 return its scale, which is NaN if x is not finite.
  float (*quantizeBfloat16)(const float *x, long count, void *out);
  float (*quantizeInt8)(const float *x, long count, void *out);
  float (*quantizeInt16)(const float *x, long count, void *out);
  // Hadamard rotation: x [size] = H x, H orthogonal and its own inverse. Blocks of 256 elements, then 128, 64
  // and 32 of the rest: elements 16 apart are mixed by a Hadamard matrix, which spreads an outlier over up to
  // 16 channels. A rest of fewer than 32 is left as it is.
  void (*rotateHadamard)(float *x, long size);

  // Rotates keys of a prompt's positions [first, end) and stores keys and values in the cache, which holds all
  // positions before. Scratch: 2 · headSize⌈16⌉ floats.
  void (*storePrompt)(
    const para_attention *, const para_prompt_kv *cache, const para_attention_tokens *, long first, long end);
  // Causal attention from a prompt's positions [first, end), which the cache holds.
  // Scratch: T · (headSize + headSize⌈16⌉ + count⌈16⌉) floats, T = group · max(1, 32 / group); with an
  // int8 cache T · (68 + 4 · (headSize⌈16⌉ + count⌈16⌉)) more.
  void (*attendPrefill)(
    const para_attention *, const para_prompt_kv *cache, const para_attention_tokens *, long first, long end);
  // One decoding step of a request's lanes at `heads` key/value heads, the first of which the arguments
  // describe: stores each lane's new token and attends to the prompt and to the lane's generated tokens.
  // Scratch: T · (headSize + headSize⌈16⌉ + count⌈16⌉ + generated⌈16⌉) floats, T = lanes · group, and as much
  // more with an int8 cache as above, for both counts together.
  void (*attendDecode)(
    const para_attention *, const para_prompt_kv *prompt, const para_attention_tokens *,
    const para_generated_kv *generated, long heads);

  // out[i] = x[i] · weight[i] / √(mean(x²) + epsilon), all [size]
  void (*rmsNorm)(const float *x, const float *weight, float epsilon, long size, float *out);
  // Rotary embedding of one token, x [heads, headSize]: rotates the pairs (i, i + headSize / 2);
  // cosine and sine [headSize / 2].
  void (*applyRotary)(float *x, long heads, long headSize, const float *cosine, const float *sine);
  // gate[i] = f(gate[i]) · up[i], both [size]; f(x) = x · sigmoid(x), x · Φ(x), and
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

  // max x, ignoring NaN; −∞ for size 0
  float (*largest)(const float *x, long size);
  // Σ exp(x[i] − largest)
  float (*sumOfExp)(const float *x, long size, float largest);
  // Top-k of a stream: merges x [size], whose first index is `firstIndex`, into the `found` largest of what came
  // before, by falling value and, where equal, rising index, and keeps at most `count`. NaN never ranks.
  // Returns how many are kept.
  long (*keepLargest)(
    const float *x, long size, int32_t firstIndex, long count, long found, int32_t *indices, float *values);

  // Microbenchmarks: multiply-adds on registers, at most 100,000 rounds; return the operations done, two for each
  // multiply-add.
  long (*peakFloat32)(long rounds);
  long (*peakBfloat16)(long rounds);
  long (*peakInt8)(long rounds);
  // Microbenchmark: reads memory, in units of 256 bytes.
  void (*readLines)(const void *memory, long bytes);
} para_kernels;

// The kernels that a processor runs, fastest first (rank 0); null past the last. A pure function of its
// arguments: nothing is timed, so that results do not change from run to run.
const para_kernels *para_kernels_for(const para_processor *processor, long rank);

// The same for this processor.
const para_kernels *para_kernels_at(long rank);

// The kernels of an instruction set by name ("amx", "avx512", "avx512vnni", "avx2", "neon", "portable"); null
// if this program does not have it or this processor cannot run it.
const para_kernels *para_kernels_named(const char *name);

// MARK: Conversions, the same bits on every instruction set

// Upcast `size` bf16 or fp16 elements to fp32.
void para_upcast_bfloat16(const void *x, long size, float *out);
void para_upcast_float16(const void *x, long size, float *out);

// Pack one output feature of a weight, row [inputs], as feature 0…15 of `panel`. Elements beyond `inputs` are
// not written.
void para_pack_float32(const float *row, long inputs, long feature, void *panel);
// Rounds to the nearest bf16, ties to even.
void para_pack_bfloat16(const float *row, long inputs, long feature, void *panel);
// Rounds row[i] / scale to [−127, 127], scale = max |row[i]| / 127. Returns the scale, NaN if the row is not
// finite, and sets the sum of the quantized weights.
float para_pack_int8(const float *row, long inputs, long feature, void *panel, int32_t *sum);
// Rounds row[i] / scale, scale = para_int16_scale; returns the scale.
float para_pack_int16(const float *row, long inputs, long feature, void *panel);

// The int16 scale of a vector with greatest magnitude `maximum` and Σ (x / maximum)² = `squares`: no element
// exceeds 32,767 steps, and the vector's norm does not exceed 46,000 steps (√2³¹ less what rounding may add), so
// that a dot product of two such vectors fits 32 bits (Cauchy–Schwarz). NaN if the vector is not finite.
static inline float para_int16_scale(float maximum, float squares) {
  float length = __builtin_sqrtf(squares) * (1.0f / 46000), longest = 1.0f / 32767;
  if (!(squares < __builtin_inff())) return __builtin_nanf("");
  return maximum > 0 ? maximum * (length > longest ? length : longest) : 1;
}

// SplitMix64 (Steele, Lea and Flood, 2014) by counter: the state after `count` steps is seed + count · γ.
static inline uint64_t para_split_mix(uint64_t seed, uint64_t count) {
  uint64_t bits = seed + count * 0x9E3779B97F4A7C15u;
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9u;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBu;
  return bits ^ (bits >> 31);
}

// Uniform bf16 elements in [−bound, bound): element i depends on seed and first + i only.
void para_random_bfloat16(uint64_t seed, uint64_t first, float bound, long size, uint16_t *out);

// MARK: System

// Returns freed memory to the system; Swift's Glibc module lacks <malloc.h>.
static inline void para_release_memory(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}

// Processors in this process's affinity mask; 0 where the system does not say.
long para_allowed_processors(void);

// Hints to the processor that this thread spins.
static inline void para_relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif
