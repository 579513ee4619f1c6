// Products of a few rows with a matrix that is read along its rows, as the last layers of a net make them for a few
// images: the matrix is read once, as fast as memory gives it, where a product made for many rows would copy it first
// into another order. Sums have a fixed order, whatever the number of threads and of rows.
#include "kernels.h"
#include "lanes.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t N = 16;
constexpr int64_t GROUP = 4;  // outputs at once, of so many rows: their sums stay in registers
constexpr int64_t ROWS = WIDE ? 4 : 1;
constexpr int64_t SERIAL = 16384;  // numbers of the matrix; one thread has read them when others have met

/** The sums of all lanes, of each of four. */
CONVOY_INLINE Lanes<GROUP> totals(const Lanes<N> (&v)[GROUP]) {
  Lanes<GROUP> quarters[GROUP];
#pragma GCC unroll 4
  for (int i = 0; i < GROUP; i++) {
    const Lanes<8> half = __builtin_shufflevector(v[i], v[i], 0, 1, 2, 3, 4, 5, 6, 7) +
                          __builtin_shufflevector(v[i], v[i], 8, 9, 10, 11, 12, 13, 14, 15);
    quarters[i] = __builtin_shufflevector(half, half, 0, 1, 2, 3) + __builtin_shufflevector(half, half, 4, 5, 6, 7);
  }
  Lanes<GROUP> pairs[2];
#pragma GCC unroll 2
  for (int i = 0; i < 2; i++) {
    const Lanes<GROUP> a = quarters[2 * i], b = quarters[2 * i + 1];
    pairs[i] = __builtin_shufflevector(a, b, 0, 4, 1, 5) + __builtin_shufflevector(a, b, 2, 6, 3, 7);
  }
  return __builtin_shufflevector(pairs[0], pairs[1], 0, 1, 4, 5) +
         __builtin_shufflevector(pairs[0], pairs[1], 2, 3, 6, 7);
}

/** N numbers from a place on; zeros for those of the first lanes that were there before. */
CONVOY_INLINE Lanes<N> loadRest(const float* from, IntLanes<N> before) {
  const Lanes<N> zero = {};
  return before ? zero : load<N>(from);
}

/** OUTPUTS results of COUNT rows. */
template <int COUNT, int OUTPUTS>
CONVOY_INLINE void multiply(const FewRowsArgs& a, int64_t row, int64_t output) {
  const float *x = a.x + row * a.inputs, *w = a.w + output * a.inputs;
  Lanes<N> sums[COUNT][GROUP] = {};
  const auto add = [&](const auto& numbers) __attribute__((always_inline)) {
    Lanes<N> weights[OUTPUTS];
#pragma GCC unroll 4
    for (int o = 0; o < OUTPUTS; o++) weights[o] = numbers(w + o * a.inputs);
#pragma GCC unroll 4
    for (int r = 0; r < COUNT; r++) {
      const Lanes<N> v = numbers(x + r * a.inputs);
#pragma GCC unroll 4
      for (int o = 0; o < OUTPUTS; o++) sums[r][o] += v * weights[o];
    }
  };
  int64_t whole = 0;
  for (; whole + N <= a.inputs; whole += N) {
    add([&](const float* from) __attribute__((always_inline)) { return load<N>(from + whole); });
  }
  if (whole > 0 && whole < a.inputs) {
    IntLanes<N> lane;
    for (int32_t l = 0; l < N; l++) lane[l] = l;
    const IntLanes<N> before = lane < static_cast<int32_t>(whole + N - a.inputs);
    add([&](const float* from) __attribute__((always_inline)) { return loadRest(from + a.inputs - N, before); });
    whole = a.inputs;
  }
  Lanes<GROUP> bias = {};
  if (a.bias) {
    for (int o = 0; o < OUTPUTS; o++) bias[o] = a.bias[output + o];
  }
#pragma GCC unroll 4
  for (int r = 0; r < COUNT; r++) {
    Lanes<GROUP> results = totals(sums[r]);
    for (int64_t i = whole; i < a.inputs; i++) {
      for (int o = 0; o < OUTPUTS; o++) results[o] += x[r * a.inputs + i] * w[o * a.inputs + i];
    }
    results = activate<GROUP>(a.activation, results + bias);
    float* y = a.y + (row + r) * a.outputs + output;
    if (OUTPUTS == GROUP) {
      store<GROUP>(y, results);
    } else {
      for (int o = 0; o < OUTPUTS; o++) y[o] = results[o];
    }
  }
}

template <int OUTPUTS>
void multiplyRows(const FewRowsArgs& a, int64_t output) {
  int64_t row = 0;
  for (; row + ROWS <= a.rows; row += ROWS) multiply<ROWS, OUTPUTS>(a, row, output);
  for (; row < a.rows; row++) multiply<1, OUTPUTS>(a, row, output);
}

}  // namespace

void fewRows(const FewRowsArgs& a) {
  shareEach((a.outputs + GROUP - 1) / GROUP, a.outputs * a.inputs > SERIAL, [&](int64_t group) {
    const int64_t first = group * GROUP;
    switch (a.outputs - first) {
      case 1: return multiplyRows<1>(a, first);
      case 2: return multiplyRows<2>(a, first);
      case 3: return multiplyRows<3>(a, first);
      default: return multiplyRows<GROUP>(a, first);
    }
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
