// Kernels over single rows of fp32 numbers, in an order of operations that depends on the row's
// length alone.

static void rms_norm(const float *x, const float *weight, float epsilon, long size, float *out) {
  vf squares[2] = {};
  long i = 0;
  for (; i + 2 * PARA_LANES <= size; i += 2 * PARA_LANES) {
    vf a = vf_load(x + i), b = vf_load(x + i + PARA_LANES);
    squares[0] += a * a;
    squares[1] += b * b;
  }
  for (; i < size; i += PARA_LANES) {
    long n = size - i;
    vf a = LOAD(x + i);
    squares[0] += a * a;
  }
  float inverse = 1.0f / __builtin_sqrtf(vf_sum(squares[0] + squares[1]) / (float)size + epsilon);
  for (i = 0; i + PARA_LANES <= size; i += PARA_LANES)
    vf_store(out + i, vf_load(x + i) * inverse * vf_load(weight + i));
  if (i < size) {
    long n = size - i;
    vf_store_part(out + i, vf_load_part(x + i, n) * inverse * vf_load_part(weight + i, n), n);
  }
}

// X[i] = RESULT of a = X[i] and, in EACH_PAIR, b = Y[i].
#define EACH(X, RESULT)                             \
  for (long i = 0; i < size; i += PARA_LANES) {     \
    long n = size - i;                              \
    vf a = LOAD((X) + i), result = (RESULT);        \
    if (n >= PARA_LANES) vf_store((X) + i, result); \
    else vf_store_part((X) + i, result, n);         \
  }
#define EACH_PAIR(X, Y, RESULT) EACH(X, ({ vf b = LOAD((Y) + i); (RESULT); }))

static void add(float *x, const float *y, long size) { EACH_PAIR(x, y, a + b) }
static void multiply(float *x, const float *y, long size) { EACH_PAIR(x, y, a * b) }
static void silu_multiply(float *gate, const float *up, long size) {
  EACH_PAIR(gate, up, a / (1.0f + vf_exp(-a)) * b)
}
static void gelu_tanh_multiply(float *gate, const float *up, long size) {
  // ½ (1 + tanh(u)) = sigmoid(2u), without the cancellation that tanh brings for u < 0.
  EACH_PAIR(gate, up, a / (1.0f + vf_exp(-2.0f * 0.79788456080286535588f * (a + 0.044715f * a * a * a))) * b)
}
static void gelu_multiply(float *gate, const float *up, long size) {
  for (long i = 0; i < size; i++)
    gate[i] = 0.5f * gate[i] * (1.0f + erff(gate[i] * 0.70710678118654752440f)) * up[i];
}
static void soft_cap(float *x, float cap, long size) { EACH(x, cap * vf_tanh(a / cap)) }
static void scale(float *x, float factor, long size) { EACH(x, a * factor) }

static void rotate(float *x, long heads, long headSize, const float *cosine, const float *sine) {
  long half = headSize / 2;
  for (long head = 0; head < heads; head++) {
    float *low = x + head * headSize, *high = low + half;
    for (long i = 0; i < half; i += PARA_LANES) {
      long n = half - i;
      vf a = LOAD(low + i), b = LOAD(high + i), c = LOAD(cosine + i), s = LOAD(sine + i);
      vf first = a * c - b * s, second = b * c + a * s;
      if (n >= PARA_LANES) {
        vf_store(low + i, first);
        vf_store(high + i, second);
      } else {
        vf_store_part(low + i, first, n);
        vf_store_part(high + i, second, n);
      }
    }
  }
}

// Rows of 16 numbers, 2 to 16 of them, through a Hadamard matrix over its root.
INLINE void mix_rows(float *x, const int rows, const float factor) {
  for (long lane = 0; lane < 16; lane += PARA_LANES) {
    vf v[16];
    _Pragma("clang loop unroll(full)") for (int row = 0; row < rows; row++) v[row] = vf_load(x + row * 16 + lane);
    _Pragma("clang loop unroll(full)") for (int apart = 1; apart < rows; apart *= 2)
      _Pragma("clang loop unroll(full)") for (int row = 0; row < rows; row++)
        if (!(row & apart)) {
          vf sum = v[row] + v[row + apart];
          v[row + apart] = v[row] - v[row + apart];
          v[row] = sum;
        }
    _Pragma("clang loop unroll(full)") for (int row = 0; row < rows; row++)
      vf_store(x + row * 16 + lane, v[row] * factor);
  }
}

static void hadamard(float *x, long size) {
  for (; size >= 256; size -= 256, x += 256) mix_rows(x, 16, 0.25f);
  if (size >= 128) mix_rows(x, 8, 0.35355339059327376220f), size -= 128, x += 128;
  if (size >= 64) mix_rows(x, 4, 0.5f), size -= 64, x += 64;
  if (size >= 32) mix_rows(x, 2, 0.70710678118654752440f);
}

static float dot(const float *x, const float *y, long size) {
  vf sum = {};
  for (long i = 0; i < size; i += PARA_LANES) {
    long n = size - i;
    sum += LOAD(x + i) * LOAD(y + i);
  }
  return vf_sum(sum);
}

// x += factor · y
static void add_scaled(float *x, float factor, const float *y, long size) { EACH_PAIR(x, y, a + factor * b) }

static float largest_of(const float *x, long size) {
  vf most = vf_all(-__builtin_inff());
  long i = 0;
  for (; i + PARA_LANES <= size; i += PARA_LANES) most = vf_max(vf_load(x + i), most);
  float largest = vf_largest(most);
  for (; i < size; i++) largest = x[i] > largest ? x[i] : largest;
  return largest;
}

static float sum_of_exp(const float *x, long size, float largest) {
  if (largest == -__builtin_inff()) return 0;
  vf sum = {};
  long i = 0;
  for (; i + PARA_LANES <= size; i += PARA_LANES) sum += vf_exp(vf_load(x + i) - largest);
  if (i < size) {
    // Lanes beyond the end must add exp(−∞) = 0.
    float rest[PARA_LANES];
    for (long lane = 0; lane < PARA_LANES; lane++) rest[lane] = i + lane < size ? x[i + lane] : -__builtin_inff();
    sum += vf_exp(vf_load(rest) - largest);
  }
  return vf_sum(sum);
}

static long keep_largest(
  const float *x, long size, int32_t firstIndex, long count, long found, int32_t *indices, float *values) {
  if (count <= 0) return 0;
  for (long start = 0; start < size; start += 64) {
    long end = start + 64 < size ? start + 64 : size;
    if (found == count && end - start == 64) {
      // Most blocks hold nothing new.
      vi any = {};
      for (long i = start; i < end; i += PARA_LANES) any |= vf_load(x + i) > values[count - 1];
      if (vf_largest(vf_select(any, vf_all(1), (vf){})) == 0) continue;
    }
    for (long i = start; i < end; i++) {
      float value = x[i];
      if (value != value || (found == count && !(value > values[count - 1]))) continue;
      long place = found < count ? found++ : count - 1;
      for (; place > 0 && value > values[place - 1]; place--) {
        values[place] = values[place - 1];
        indices[place] = indices[place - 1];
      }
      values[place] = value;
      indices[place] = firstIndex + (int32_t)i;
    }
  }
  return found;
}
