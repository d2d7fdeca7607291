// Vectors of PARA_LANES floats in the compiler's vector types. What an instruction set does better than the
// compiler is in its own file, which PARA_VECTOR_OPERATIONS names; `vector_operations_portable.inc.h` shows
// all operations that such a file has to define.

#include <math.h>
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))
#define UNROLLED _Pragma("clang loop unroll(full)")

// A product and the sum that follows may be one instruction; nothing else of IEEE arithmetic is given up.
#pragma clang fp contract(fast)

typedef float vf __attribute__((vector_size(4 * PARA_LANES)));
typedef int32_t vi __attribute__((vector_size(4 * PARA_LANES)));
typedef uint32_t vu __attribute__((vector_size(4 * PARA_LANES)));
typedef uint16_t vh __attribute__((vector_size(2 * PARA_LANES)));
typedef uint8_t vb __attribute__((vector_size(PARA_LANES)));
typedef float vf4 __attribute__((vector_size(16)));
typedef int32_t vi4 __attribute__((vector_size(16)));
typedef uint32_t vu4 __attribute__((vector_size(16)));

INLINE vf vf_splat(float x) { return x - (vf){}; }
INLINE vi vi_splat(int32_t x) { return x - (vi){}; }

INLINE vf vf_load(const void *p) {
  vf v;
  memcpy(&v, p, sizeof v);
  return v;
}

INLINE vi vi_load(const void *p) {
  vi v;
  memcpy(&v, p, sizeof v);
  return v;
}

INLINE void vf_store(void *p, vf v) { memcpy(p, &v, sizeof v); }
INLINE void vi_store(void *p, vi v) { memcpy(p, &v, sizeof v); }

// The 4 bytes at p in all lanes.
INLINE vi vi_splat_load(const char *p) {
  int32_t x;
  memcpy(&x, p, 4);
  return vi_splat(x);
}

#include PARA_VECTOR_OPERATIONS

// The first n lanes, at most all; the others are 0.
INLINE vf vf_load_up_to(const float *p, long n) { return n >= PARA_LANES ? vf_load(p) : vf_load_first(p, n); }

INLINE void vf_store_up_to(float *p, vf v, long n) {
  if (n >= PARA_LANES) vf_store(p, v);
  else vf_store_first(p, v, n);
}
