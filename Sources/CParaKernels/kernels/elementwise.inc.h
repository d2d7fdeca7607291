// Norms, activations and other kernels over one token's fp32 vector, in an order of operations that depends on
// its length alone.

static void rms_norm(const float *x, const float *weight, float epsilon, long size, float *out) {
  vf squares[2] = {};
  long i = 0;
  for (; i + 2 * PARA_LANES <= size; i += 2 * PARA_LANES) {
    vf a = vf_load(x + i), b = vf_load(x + i + PARA_LANES);
    squares[0] += a * a;
    squares[1] += b * b;
  }
  for (; i < size; i += PARA_LANES) {
    vf a = vf_load_up_to(x + i, size - i);
    squares[0] += a * a;
  }
  float inverse = 1.0f / __builtin_sqrtf(vf_reduce_add(squares[0] + squares[1]) / (float)size + epsilon);
  for (i = 0; i + PARA_LANES <= size; i += PARA_LANES)
    vf_store(out + i, vf_load(x + i) * inverse * vf_load(weight + i));
  if (i < size) {
    long n = size - i;
    vf_store_first(out + i, vf_load_first(x + i, n) * inverse * vf_load_first(weight + i, n), n);
  }
}

// Elementwise operations on x and, where there are two operands, y, as a constant argument.
enum { ADD, MULTIPLY, ADD_SCALED, SCALE, SOFT_CAP, SILU_MULTIPLY, GELU_TANH_MULTIPLY };

INLINE vf elementwise_value(const int operation, vf x, vf y, float factor) {
  switch (operation) {
    case ADD: return x + y;
    case MULTIPLY: return x * y;
    case ADD_SCALED: return x + factor * y;
    case SCALE: return x * factor;
    case SOFT_CAP: return factor * vf_tanh(x / factor);
    case SILU_MULTIPLY: return x / (1.0f + vf_exp(-x)) * y;
    // ½ (1 + tanh(u)) = sigmoid(2u), without the cancellation of tanh for u < 0.
    default: return x / (1.0f + vf_exp(-2.0f * 0.79788456080286535588f * (x + 0.044715f * x * x * x))) * y;
  }
}

// Whole vectors and the rest have their own code, so that the compiler fuses multiply-adds in both alike.
INLINE void elementwise(const int operation, float *x, const float *y, float factor, long size) {
  long i = 0;
  for (; i + PARA_LANES <= size; i += PARA_LANES) {
    vf a = vf_load(x + i), b = y ? vf_load(y + i) : (vf){};
    vf_store(x + i, elementwise_value(operation, a, b, factor));
  }
  if (i < size) {
    long n = size - i;
    vf a = vf_load_first(x + i, n), b = y ? vf_load_first(y + i, n) : (vf){};
    vf_store_first(x + i, elementwise_value(operation, a, b, factor), n);
  }
}

static void add(float *x, const float *y, long size) { elementwise(ADD, x, y, 1, size); }
static void multiply_elements(float *x, const float *y, long size) { elementwise(MULTIPLY, x, y, 1, size); }
static void add_scaled(float *x, float factor, const float *y, long size) {
  elementwise(ADD_SCALED, x, y, factor, size);
}
static void scale(float *x, float factor, long size) { elementwise(SCALE, x, 0, factor, size); }
static void soft_cap(float *x, float cap, long size) { elementwise(SOFT_CAP, x, 0, cap, size); }
static void silu_multiply(float *gate, const float *up, long size) { elementwise(SILU_MULTIPLY, gate, up, 1, size); }
static void gelu_tanh_multiply(float *gate, const float *up, long size) {
  elementwise(GELU_TANH_MULTIPLY, gate, up, 1, size);
}
static void gelu_multiply(float *gate, const float *up, long size) {
  for (long i = 0; i < size; i++)
    gate[i] = 0.5f * gate[i] * (1.0f + erff(gate[i] * 0.70710678118654752440f)) * up[i];
}

static float dot(const float *x, const float *y, long size) {
  vf sum = {};
  for (long i = 0; i < size; i += PARA_LANES) {
    long n = size - i;
    sum += vf_load_up_to(x + i, n) * vf_load_up_to(y + i, n);
  }
  return vf_reduce_add(sum);
}

static void apply_rotary(float *x, long heads, long headSize, const float *cosine, const float *sine) {
  long half = headSize / 2;
  for (long head = 0; head < heads; head++) {
    float *low = x + head * headSize, *high = low + half;
    for (long i = 0; i < half; i += PARA_LANES) {
      long n = half - i;
      vf a = vf_load_up_to(low + i, n), b = vf_load_up_to(high + i, n);
      vf c = vf_load_up_to(cosine + i, n), s = vf_load_up_to(sine + i, n);
      vf first = a * c - b * s, second = b * c + a * s;
      vf_store_up_to(low + i, first, n);
      vf_store_up_to(high + i, second, n);
    }
  }
}

// x [size, 16], 2 to 16 rows: each column times a Hadamard matrix over the root of its size.
INLINE void rotate_block(float *x, const int size, const float factor) {
  for (long column = 0; column < 16; column += PARA_LANES) {
    vf v[16];
    UNROLLED for (int i = 0; i < size; i++) v[i] = vf_load(x + i * 16 + column);
    UNROLLED for (int apart = 1; apart < size; apart *= 2)
      UNROLLED for (int i = 0; i < size; i++)
        if (!(i & apart)) {
          vf sum = v[i] + v[i + apart];
          v[i + apart] = v[i] - v[i + apart];
          v[i] = sum;
        }
    UNROLLED for (int i = 0; i < size; i++) vf_store(x + i * 16 + column, v[i] * factor);
  }
}

static void rotate_hadamard(float *x, long size) {
  for (; size >= 256; size -= 256, x += 256) rotate_block(x, 16, 0.25f);
  if (size >= 128) rotate_block(x, 8, 0.35355339059327376220f), size -= 128, x += 128;
  if (size >= 64) rotate_block(x, 4, 0.5f), size -= 64, x += 64;
  if (size >= 32) rotate_block(x, 2, 0.70710678118654752440f);
}
