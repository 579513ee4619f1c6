// Fused pointwise passes: a small register machine whose registers are blocks of numbers that stay in
// the first-level cache, so that a chain of any length reads and writes memory once.
#include "halves.h"
#include "kernels.h"
#include "math.h"
#include "pairs.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t BLOCK = 512;
constexpr int64_t SERIAL = 16384;  // below, starting threads costs more than it gains

// A register may be read and written at once, at the same places.
#define UNARY(EXPRESSION)                       \
  _Pragma("GCC ivdep") _Pragma("GCC unroll 4")  \
  for (int64_t i = 0; i < n; i++) {             \
    const float x = a[i];                       \
    to[i] = (EXPRESSION);                       \
  }                                             \
  break
#define BINARY(EXPRESSION)                      \
  _Pragma("GCC ivdep") _Pragma("GCC unroll 4")  \
  for (int64_t i = 0; i < n; i++) {             \
    const float x = a[i], y = b[i];             \
    to[i] = (EXPRESSION);                       \
  }                                             \
  break

void execute(uint8_t code, float value, float* to, const float* a, const float* b, const float* c,
             int64_t n) {
  switch (code) {
    case CONSTANT:
      for (int64_t i = 0; i < n; i++) to[i] = value;
      break;
    case NEG: UNARY(-x);
    case EXP: UNARY(expOf(x));
    case LOG: UNARY(logOf(x));
    case SQRT: UNARY(__builtin_sqrtf(x));
    case ABS: UNARY(__builtin_fabsf(x));
    case STEP: UNARY(x > 0.0f ? 1.0f : 0.0f);
    case RELU: UNARY(x < 0.0f ? 0.0f : x);
    case RELU6: UNARY(x < 0.0f ? 0.0f : x > 6.0f ? 6.0f : x);
    case SIGMOID: UNARY(sigmoidOf(x));
    case TANH: UNARY(tanhOf(x));
    case ERF: UNARY(erfOf(x));
    case SILU: UNARY(x * sigmoidOf(x));
    case GELU: UNARY(0.5f * x * (1.0f + erfOf(x * 0.70710678118654752f)));
    case ROUND: UNARY(__builtin_nearbyintf(x));
    case HARD_SWISH: UNARY(x * least(most(x + 3.0f, 0.0f), 6.0f) * (1.0f / 6.0f));
    case STOP_GRADIENT:
    case EXPAND: UNARY(x);
    case ADD: BINARY(x + y);
    case SUB: BINARY(x - y);
    case MUL: BINARY(x * y);
    case DIV: BINARY(x / y);
    case MAX: BINARY(x != x || x > y ? x : y);
    case MIN: BINARY(x != x || x < y ? x : y);
    case POW: BINARY(powOf(x, y));
    case SELECT:
      for (int64_t i = 0; i < n; i++) to[i] = a[i] != 0.0f ? b[i] : c[i];
      break;
    default: executePair(code, to, a, b, c, n);
  }
}

/** Fills a register with elements [start, start + n) of a broadcast operand. */
void broadcast(const Operand& o, int64_t start, int64_t n, float* to) {
  if (o.lane == 1) {
    for (int64_t i = 0; i < n;) {
      const int64_t row = (start + i) / o.inner;
      const int64_t end = (row + 1) * o.inner - start < n ? (row + 1) * o.inner - start : n;
      const float value = static_cast<const float*>(o.data)[row % o.period];
      for (; i < end; i++) to[i] = value;
    }
    return;
  }
  for (int64_t i = 0; i < n;) {
    const int64_t at = start + i;
    const int64_t lane = at % o.lane;
    const int64_t count = o.lane - lane < n - i ? o.lane - lane : n - i;
    const float* from = static_cast<const float*>(o.data) + (at / o.inner % o.period) * o.lane + lane;
    for (int64_t k = 0; k < count; k++) to[i + k] = from[k];
    i += count;
  }
}

/** Elements of an operand of the results' shape where they lie, or from bf16 in a register. */
CONVOY_INLINE const float* floatsOf(const Operand& o, int64_t start, int64_t n, float* to) {
  if (!o.half) return static_cast<const float*>(o.data) + start;
  const uint16_t* from = static_cast<const uint16_t*>(o.data) + start;
  for (int64_t i = 0; i < n; i += 16) store<16>(to + i, loadHalves<16>(from + i));
  return to;
}

/** Numbers as bf16; whole vectors of them, as images of 16 channels have. */
CONVOY_INLINE void storeAll(const float* from, int64_t n, uint16_t* to) {
  for (int64_t i = 0; i < n; i += 16) storeHalves<16>(to + i, load<16>(from + i));
}

/** One thread's view of the registers: where each is written, and where it is read. */
struct Registers {
  float** targets;
  const float** sources;
  int16_t* direct;  // by instruction: the result that it writes where that belongs, or -1
};

/** Whether instructions from `next` on read an operand that a result lies over. */
bool readLater(const FusedArgs& f, int result, int next) {
  const auto endOf = [&](const void* data, bool half) { return static_cast<const char*>(data) + f.size * (half ? 2 : 4); };
  const void *begin = f.outputs[result], *end = endOf(begin, f.halves[result]);
  for (int o = 0; o < f.operandCount; o++) {
    const Operand& operand = f.operands[o];
    // Others are read before any instruction, at the start or at each block.
    if (operand.access != Access::Full || endOf(operand.data, operand.half) <= begin || operand.data >= end) continue;
    for (int k = next; k < f.codeCount; k++) {
      for (const int16_t from : f.code[k].from) {
        if (from == o) return true;
      }
    }
  }
  return false;
}

/** Finds the instructions that may write results straight to their places, over which operands may lie. */
void findDirect(const FusedArgs& f, int16_t* direct) {
  for (int k = 0; k < f.codeCount; k++) direct[k] = -1;
  for (int r = 0; r < f.resultCount; r++) {
    int last = f.codeCount - 1;
    while (last >= 0 && f.code[last].to != f.results[r]) last--;
    if (last >= 0 && direct[last] < 0 && !f.halves[r] && !readLater(f, r, last + 1)) direct[last] = static_cast<int16_t>(r);
  }
}

void range(const FusedArgs& f, int64_t begin, int64_t end, const Registers& registers) {
  const float** sources = registers.sources;
  float** targets = registers.targets;
  for (int o = 0; o < f.operandCount; o++) {
    if (f.operands[o].access != Access::Scalar) continue;
    const float value = *static_cast<const float*>(f.operands[o].data);
    for (int64_t i = 0; i < BLOCK; i++) targets[o][i] = value;
  }
  for (int64_t at = begin; at < end; at += BLOCK) {
    const int64_t n = end - at < BLOCK ? end - at : BLOCK;
    for (int o = 0; o < f.operandCount; o++) {
      const Operand& operand = f.operands[o];
      if (operand.access == Access::Full) sources[o] = floatsOf(operand, at, n, targets[o]);
      if (operand.access == Access::Periodic) broadcast(operand, at, n, targets[o]);
    }
    for (int k = 0; k < f.codeCount; k++) {
      const Instruction& in = f.code[k];
      const float* a = in.from[0] < 0 ? nullptr : sources[in.from[0]];
      const float* b = in.from[1] < 0 ? nullptr : sources[in.from[1]];
      const float* c = in.from[2] < 0 ? nullptr : sources[in.from[2]];
      float* to = registers.direct[k] < 0 ? targets[in.to] : static_cast<float*>(f.outputs[registers.direct[k]]) + at;
      execute(in.code, in.value, to, a, b, c, n);
      sources[in.to] = to;
    }
    // Other results are stored last, so that they may take the place of an operand.
    for (int r = 0; r < f.resultCount; r++) {
      const float* from = sources[f.results[r]];
      if (f.halves[r]) {
        storeAll(from, n, static_cast<uint16_t*>(f.outputs[r]) + at);
        continue;
      }
      float* to = static_cast<float*>(f.outputs[r]) + at;
      if (from == to) continue;
#pragma omp simd
      for (int64_t i = 0; i < n; i++) to[i] = from[i];
    }
  }
}

}  // namespace

void fused(const FusedArgs& f) {
  constexpr int64_t TURN = 16 * BLOCK;
  share((f.size + TURN - 1) / TURN, f.size > SERIAL, [&](int64_t begin, int64_t end) {
    // A few kilobytes of this thread's stack.
    const size_t count = static_cast<size_t>(f.registerCount);
    float* memory =
        static_cast<float*>(__builtin_alloca_with_align(count * BLOCK * sizeof(float), 512));
    const Registers registers = {
        static_cast<float**>(__builtin_alloca(count * sizeof(float*))),
        static_cast<const float**>(__builtin_alloca(count * sizeof(float*))),
        static_cast<int16_t*>(__builtin_alloca(static_cast<size_t>(f.codeCount) * sizeof(int16_t)))};
    for (size_t r = 0; r < count; r++) {
      registers.targets[r] = memory + r * BLOCK;
      registers.sources[r] = registers.targets[r];
    }
    findDirect(f, registers.direct);
    range(f, begin * TURN, end * TURN < f.size ? end * TURN : f.size, registers);
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
