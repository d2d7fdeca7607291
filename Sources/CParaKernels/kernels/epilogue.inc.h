// Epilogues of linear layers: dequantization, biases, and what each token's adapter adds.

// Dequantization of a tile's integer sums. int8 activations are stored as 128 + x / scale, so 128 · Σ of a
// feature's weights is subtracted.
typedef struct {
  const float *ofToken, *ofOutput;
  const int32_t *offsets;  // of outputs, or null
} tile_scales;

INLINE vf dequantize(vi sum, const tile_scales *s, long token, long output) {
  if (s->offsets) sum -= vi_load(s->offsets + output);
  return __builtin_convertvector(sum, vf) * (s->ofToken[token] * vf_load(s->ofOutput + output));
}

// Tokens that go through an epilogue together, so that they share loads of their adapter's weights.
enum { EPILOGUE_TOKENS = 4 };

// scale ⊙ (sum + bias + adapter bias + loraAx · loraBᵀ) of tokens that share an adapter, added to `out` if the
// epilogue accumulates. The adapter's operands for the next tile are prefetched.
INLINE void epilogue_of_shared_adapter(
  const para_epilogue *e, const para_epilogue_entry *adapter, const tile_scales *scales, const int tokens,
  const float *loraAx,                                   // [tokens, loraAxStride]
  const float *tile, long tileStride,                   // [tokens, outputs]
  long firstOutput, long outputs, float *out, long outStride) {
  const long ahead = (outputs + 15) / 16;  // panels
  for (long i = 0; i < outputs; i += PARA_LANES) {
    const long n = outputs - i, output = firstOutput + i;
    vi y[EPILOGUE_TOKENS];
    UNROLLED for (int token = 0; token < tokens; token++) {
      y[token] = vi_load(tile + token * tileStride + i);
      if (scales) y[token] = (vi)dequantize(y[token], scales, token, i);
    }
    if (e->bias) {
      const vf bias = vf_load_up_to(e->bias + output, n);
      UNROLLED for (int token = 0; token < tokens; token++) y[token] = (vi)((vf)y[token] + bias);
    }
    if (adapter && adapter->bias) {
      __builtin_prefetch(adapter->bias + output + 16 * ahead, 0, 2);
      const vf bias = vf_load_up_to(adapter->bias + output, n);
      UNROLLED for (int token = 0; token < tokens; token++) y[token] = (vi)((vf)y[token] + bias);
    }
    if (adapter && adapter->loraB) {
      const long groups = adapter->loraBGroups;
      const char *loraB = (const char *)adapter->loraB + output / 16 * groups * 64 + output % 16 * 4;
      for (long k = 0; k < groups; k++, loraB += 64) {
        __builtin_prefetch(loraB + ahead * groups * 64, 0, 2);
        if (adapter->loraBIsBfloat16)
          UNROLLED for (int token = 0; token < tokens; token++)
            multiply_add_group(LINEAR_MIXED, &y[token], (const char *)(loraAx + token * e->loraAxStride + 2 * k), loraB);
        else
          UNROLLED for (int token = 0; token < tokens; token++)
            multiply_add_group(LINEAR_FLOAT32, &y[token], (const char *)(loraAx + token * e->loraAxStride + k), loraB);
      }
    }
    if (adapter && adapter->scale) {
      __builtin_prefetch(adapter->scale + output + 16 * ahead, 0, 2);
      const vf scale = vf_load_up_to(adapter->scale + output, n);
      UNROLLED for (int token = 0; token < tokens; token++) y[token] = (vi)((vf)y[token] * scale);
    }
    UNROLLED for (int token = 0; token < tokens; token++) {
      float *place = out + token * outStride + output;
      vf sum = (vf)y[token];
      if (e->accumulate) sum += vf_load_up_to(place, n);
      vf_store_up_to(place, sum, n);
    }
  }
}

INLINE int share_adapter(const para_epilogue_entry *a, const para_epilogue_entry *b) {
  return a->loraB == b->loraB && a->bias == b->bias && a->scale == b->scale;
}

// The epilogue of outputs `firstOutput` to `firstOutput + outputs` of the tokens from `token` on that share an
// adapter, at most EPILOGUE_TOKENS of `tokens`; returns how many they are.
INLINE long apply_epilogue(
  const para_epilogue *e, const tile_scales *scales, long token, long tokens,
  const float *tile, long tileStride,  // [tokens, outputs]
  long firstOutput, long outputs, float *out, long outStride) {
  const para_epilogue_entry *adapter = e->entries ? &e->entries[e->entryOfToken[token]] : 0;
  const float *loraAx = e->loraAx ? e->loraAx + token * e->loraAxStride : 0;
  long alike = 1;
  while (alike < EPILOGUE_TOKENS && alike < tokens &&
         (!adapter || share_adapter(adapter, &e->entries[e->entryOfToken[token + alike]])))
    alike++;
  out += token * outStride;
#define EPILOGUE(COUNT)                                                                                            \
  epilogue_of_shared_adapter(e, adapter, scales, COUNT, loraAx, tile, tileStride, firstOutput, outputs, out, outStride)
  switch (alike) {
    case 1: EPILOGUE(1); break;
    case 2: EPILOGUE(2); break;
    case 3: EPILOGUE(3); break;
    case 4: EPILOGUE(4); break;
  }
#undef EPILOGUE
  return alike;
}

// True if the epilogue of some tokens is their adapters' scales alone, which a tile applies in registers. Then
// factors[token] is that token's scale vector from `output` on; its part for the next tile is prefetched.
INLINE int is_scale_only(
  const para_epilogue *e, long firstToken, long tokens, long output, long outputs, const float **factors) {
  if (e->bias) return 0;
  for (long token = 0; token < tokens; token++) {
    const para_epilogue_entry *adapter = &e->entries[e->entryOfToken[firstToken + token]];
    if (!adapter->scale || adapter->bias || adapter->loraB) return 0;
    factors[token] = adapter->scale + output;
    for (long i = 0; i < outputs; i += 16) __builtin_prefetch(factors[token] + outputs + i, 0, 2);
  }
  return 1;
}
