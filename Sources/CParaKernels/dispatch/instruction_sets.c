#include "CParaKernels.h"

#include <stddef.h>
#include <string.h>

// The instruction sets of this program, fastest first. Each is a file in ../isa.
#if defined(__x86_64__) && defined(__linux__)
#define INSTRUCTION_SETS(SET) SET(amx) SET(avx512) SET(avx512vnni) SET(avx2) SET(portable)
#elif defined(__x86_64__)
#define INSTRUCTION_SETS(SET) SET(avx512) SET(avx512vnni) SET(avx2) SET(portable)
#elif defined(__aarch64__)
#define INSTRUCTION_SETS(SET) SET(neon)
#else
#define INSTRUCTION_SETS(SET) SET(portable)
#endif

#define DECLARE(NAME) extern const para_kernels para_kernels_##NAME;
INSTRUCTION_SETS(DECLARE)

#define ADDRESS(NAME) &para_kernels_##NAME,
static const para_kernels *const registered[] = {INSTRUCTION_SETS(ADDRESS)};

enum { REGISTERED = sizeof registered / sizeof *registered };

// On Intel's Sapphire Rapids (model 143) and Emerald Rapids (207) `vdpbf16ps` is slow. Where a hypervisor hides
// their AMX, bf16 products on it took 2.8 times as long as on dot products of int16 (SmolLM2-135M, greedy, 64
// prompts of 128 tokens, 16 new ones each, on model 207: 13.0 s against 4.5 s).
static int has_slow_bfloat16_dot(const para_processor *p) {
  return p->vendor == PARA_VENDOR_INTEL && p->family == 6 && (p->model == 143 || p->model == 207);
}

static uint32_t features_of(const para_processor *p) {
  return p->features | (has_slow_bfloat16_dot(p) ? 0 : PARA_CPU_FAST_BFLOAT16_DOT);
}

static int has_all(uint32_t features, uint32_t wanted) { return (features & wanted) == wanted; }

// The sets that run, fastest first; returns how many. One without its preferred features changes places with the
// next.
static long rank_sets(uint32_t features, const para_kernels *ranked[REGISTERED]) {
  long count = 0;
  for (long i = 0; i < REGISTERED; i++)
    if (has_all(features, registered[i]->required)) ranked[count++] = registered[i];
  for (long i = 0; i + 1 < count; i++) {
    if (has_all(features, ranked[i]->preferred)) continue;
    const para_kernels *slower = ranked[i];
    ranked[i] = ranked[i + 1];
    ranked[++i] = slower;
  }
  return count;
}

const para_kernels *para_kernels_for(const para_processor *processor, long rank) {
  const para_kernels *ranked[REGISTERED];
  const long count = rank_sets(features_of(processor), ranked);
  return rank >= 0 && rank < count ? ranked[rank] : NULL;
}

const para_kernels *para_kernels_at(long rank) {
  const para_processor processor = para_this_processor();
  return para_kernels_for(&processor, rank);
}

const para_kernels *para_kernels_named(const char *name) {
  const para_kernels *kernels;
  for (long rank = 0; (kernels = para_kernels_at(rank)); rank++)
    if (!strcmp(name, kernels->name)) break;
  return kernels;
}
