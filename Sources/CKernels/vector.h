#ifndef PARA_VECTOR_H
#define PARA_VECTOR_H

#include <stdint.h>
#include <string.h>

// The compiler writes one version of each kernel per instruction set and the loader picks by the
// processor.
#if defined(__x86_64__) && defined(__linux__)
#define PARA_KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define PARA_KERNEL
#endif

// Sums may be split over vector lanes; nothing else of IEEE arithmetic is given up (NaN and
// infinities hold).
#define PARA_REASSOCIATE _Pragma("clang fp reassociate(on) contract(fast)")

// exp(x) to 2 ulp for x in [−87.3, 88.7], 0 below, +∞ above; branch-free so that loops over it
// vectorise. exp(x) = 2^n · exp(r), n = round(x / ln 2), |r| ≤ ln 2 / 2, exp(r) by its Taylor
// polynomial of degree 7.
static inline __attribute__((always_inline)) float para_exp(float x) {
  float bounded = x < -87.3f ? -87.3f : (x > 88.7f ? 88.7f : x);
  float shifted = bounded * 1.44269504088896341f + 12582912.0f;  // 1.5 · 2²³: rounds to an integer
  float n = shifted - 12582912.0f;
  float r = bounded - n * 0.693145751953125f - n * 1.42860682030941723212e-6f;  // ln 2 in two parts
  float p = 1.9841270e-4f;
  p = p * r + 1.3888889e-3f;
  p = p * r + 8.3333333e-3f;
  p = p * r + 4.1666668e-2f;
  p = p * r + 1.6666667e-1f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  // 2^n in two factors, because 2^128 is no float.
  int32_t exponent = (int32_t)n;
  int32_t half = exponent >> 1;
  uint32_t lowBits = (uint32_t)(half + 127) << 23, highBits = (uint32_t)(exponent - half + 127) << 23;
  float low, high;
  memcpy(&low, &lowBits, 4);
  memcpy(&high, &highBits, 4);
  float result = p * low * high;
  result = x < -87.3f ? 0.0f : result;
  result = x > 88.7f ? __builtin_inff() : result;
  return x != x ? x : result;
}

// tanh(x) to 4 ulp: its Taylor polynomial of degree 9 for |x| < ¼, else 1 − 2 / (exp(2x) + 1).
static inline __attribute__((always_inline)) float para_tanh(float x) {
  float s = x * x;
  float p = 2.1869488e-2f;
  p = p * s - 5.3968254e-2f;
  p = p * s + 1.3333334e-1f;
  p = p * s - 3.3333334e-1f;
  float small = x + x * s * p;
  float large = 1.0f - 2.0f / (para_exp(2.0f * x) + 1.0f);
  return s < 0.0625f ? small : large;
}

#endif
