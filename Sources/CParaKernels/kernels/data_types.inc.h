// Data types of linear layers, as a constant argument `type` of inlined functions: how many parts a group of 4
// bytes of a panel is multiplied in, and for each part how activations and weights are loaded and multiplied.

enum {
  LINEAR_FLOAT32,
  LINEAR_MIXED,     // fp32 activations × bf16 weights
  LINEAR_BFLOAT16,  // bf16 activations × bf16 weights
  LINEAR_INT8,      // unsigned activations (128 + x / scale) × signed weights
  LINEAR_INT16,
  LINEAR_INT8_KV,   // signed activations × an unsigned int8 KV cache
};

// Without a dot product of bytes, int8 is multiplied as pairs of int16, which activations are stored as.
#if defined(PARA_HAS_INT16_DOT) && !defined(PARA_HAS_BYTE_DOT)
#define INT8_IS_INT16_PAIRS 1
#else
#define INT8_IS_INT16_PAIRS 0
#endif

enum {
  INT8_PARTS = INT8_IS_INT16_PAIRS ? 2 : 1,
  INT8_BYTES = INT8_IS_INT16_PAIRS ? 2 : 1,
  INT8_LIMIT = INT8_IS_INT16_PAIRS ? 2047 : 127,
};

// Without a dot product of bf16 pairs, bf16 activations are stored as fp32, so that tiles need not convert them.
#if defined(PARA_HAS_BFLOAT16_DOT)
enum { BFLOAT16_PARTS = 1, BFLOAT16_BYTES = 2 };
#else
enum { BFLOAT16_PARTS = 2, BFLOAT16_BYTES = 4 };
#endif

INLINE int is_integer(const int type) { return type == LINEAR_INT8 || type == LINEAR_INT16; }

INLINE int parts_of(const int type) {
  switch (type) {
    case LINEAR_MIXED: return 2;
    case LINEAR_BFLOAT16: return BFLOAT16_PARTS;
    case LINEAR_INT8:
    case LINEAR_INT8_KV: return INT8_PARTS;
    default: return 1;
  }
}

// Bytes of a token's activations that meet a group of 4 bytes of the weights.
INLINE int activation_group_bytes(const int type) {
  return type == LINEAR_MIXED ? 8 : type == LINEAR_INT8 ? 4 * INT8_BYTES : 4;
}

// Part of a group of one token, in all lanes.
INLINE vi load_activation(const int type, const char *group, const int part) {
  switch (type) {
    case LINEAR_BFLOAT16:
      return BFLOAT16_PARTS == 1 ? vi_splat_load(group) : (vi)vf_from_bfloat16_pairs(vi_splat_load(group), part);
#if INT8_IS_INT16_PAIRS
    case LINEAR_INT8_KV: return vi_signed_pairs(vi_splat_load(group), part);
#else
    case LINEAR_INT8_KV:
#endif
    case LINEAR_INT16: return vi_splat_load(group);
    default: return vi_splat_load(group + 4 * part);  // parts lie one after the other
  }
}

// The same part of a group of PARA_LANES output features.
INLINE vi load_weights(const int type, const char *group, const int part) {
  const vi words = vi_load(group);
  switch (type) {
    case LINEAR_MIXED: return (vi)vf_from_bfloat16_pairs(words, part);
    case LINEAR_BFLOAT16: return BFLOAT16_PARTS == 1 ? words : (vi)vf_from_bfloat16_pairs(words, part);
#if INT8_IS_INT16_PAIRS
    case LINEAR_INT8: return vi_signed_pairs(words, part);
    case LINEAR_INT8_KV: return vi_unsigned_pairs(words, part);
#endif
    default: return words;
  }
}

INLINE vi multiply_add(const int type, vi sum, vi activation, vi weights) {
  switch (type) {
#if defined(PARA_HAS_BFLOAT16_DOT)
    case LINEAR_BFLOAT16: return (vi)vf_dot_bfloat16_pairs((vf)sum, (vf)activation, (vf)weights);
#endif
#if INT8_IS_INT16_PAIRS
    case LINEAR_INT8:
    case LINEAR_INT8_KV:
#else
    case LINEAR_INT8: return vi_dot_bytes(sum, activation, weights);
    case LINEAR_INT8_KV: return vi_dot_bytes(sum, weights, activation);
#endif
#if defined(PARA_HAS_INT16_DOT)
    case LINEAR_INT16: return vi_dot_int16_pairs(sum, activation, weights);
#endif
    default: return (vi)((vf)sum + (vf)activation * (vf)weights);
  }
}

// Adds the product of a whole group, of one token and PARA_LANES output features.
INLINE void multiply_add_group(const int type, vi *sum, const char *activations, const char *weights) {
  for (int part = 0; part < parts_of(type); part++)
    *sum = multiply_add(type, *sum, load_activation(type, activations, part), load_weights(type, weights, part));
}
