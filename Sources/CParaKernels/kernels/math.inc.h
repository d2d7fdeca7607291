// exp, tanh and bf16 conversions over vectors.

// exp(bounded − n ln 2) by the Taylor polynomial of degree 7, |bounded − n ln 2| ≤ ln 2 / 2.
INLINE vf vf_exp_remainder(vf bounded, vf n) {
  vf r = bounded - n * 0.693145751953125f;  // ln 2 in two parts
  r = r - n * 1.42860682030941723212e-6f;
  vf p = r * 1.9841270e-4f + 1.3888889e-3f;
  p = p * r + 8.3333333e-3f;
  p = p * r + 4.1666668e-2f;
  p = p * r + 1.6666667e-1f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  return p * r + 1.0f;
}

#if !defined(PARA_HAS_EXP)
// exp(x) = 2ⁿ · exp(x − n ln 2), n = round(x / ln 2): to 2 ulp for x in [−87.3, 88.7], +∞ above, and 0 below,
// because subnormal results take a hundred cycles on some processors.
INLINE vf vf_exp(vf x) {
  vf bounded = vf_max(vf_splat(-87.3f), vf_min(vf_splat(88.7f), x));
  vf shifted = bounded * 1.44269504088896341f + 12582912.0f;  // 1.5 · 2²³: rounds to an integer
  vf n = shifted - 12582912.0f;
  vf p = vf_exp_remainder(bounded, n);
  // p · 2ⁿ by adding n, the low bits of `shifted`, to the exponent: within the bounds all results are normal.
  vf result = (vf)(((vu)shifted << 23) + (vu)p);
  result = vf_select(x > 88.7f, vf_splat(__builtin_inff()), result);
  return vf_select(x == x, (vf)((vi)result & (x >= -87.3f)), x);
}
#endif

// tanh(x) to 4 ulp: its Taylor polynomial of degree 9 for |x| < ¼, else 1 − 2 / (exp(2x) + 1).
INLINE vf vf_tanh(vf x) {
  vf s = x * x;
  vf p = s * 2.1869488e-2f - 5.3968254e-2f;
  p = p * s + 1.3333334e-1f;
  p = p * s - 3.3333334e-1f;
  vf large = 1.0f - 2.0f / (vf_exp(2.0f * x) + 1.0f);
  return vf_select(s < 0.0625f, x + x * s * p, large);
}

// The nearest integers, ties to even, of |v| < 2²²: adding 1.5 · 2²³ leaves them in the low bits.
INLINE vi vf_nearest(vf v) { return (vi)(v + 12582912.0f) - 0x4B400000; }

// The first (part 0) or second element of pairs of bf16, as fp32.
INLINE vf vf_from_bfloat16_pairs(vi pairs, const int part) {
  return part ? (vf)((vu)pairs & 0xFFFF0000u) : (vf)((vu)pairs << 16);
}

#if !defined(PARA_HAS_BFLOAT16_DOT)

// sum + the dot product of pairs of bf16, in each lane.
INLINE vf vf_dot_bfloat16_pairs(vf sum, vf a, vf b) {
  sum += (vf)((vu)a & 0xFFFF0000u) * (vf)((vu)b & 0xFFFF0000u);
  return sum + (vf)((vu)a << 16) * (vf)((vu)b << 16);
}

// fp32 rounded to the nearest bf16, ties to even, as integers.
INLINE vu vf_to_bfloat16(vf v) {
  vu bits = (vu)v;
  vu rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
  return (vu)vf_select(v == v, (vf)rounded, (vf)((vu){} + 0x7FC0));
}

INLINE void vf_store_bfloat16(uint16_t *p, vf v) {
  vh narrow = __builtin_convertvector(vf_to_bfloat16(v), vh);
  memcpy(p, &narrow, sizeof narrow);
}

#endif
