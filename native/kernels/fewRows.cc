// Products of a few rows with a matrix, as the last layer of a net makes them for an image alone: the matrix is read
// once, as fast as memory gives it. Sums have a fixed order, whatever the number of threads.
#include "kernels.h"
#include "lanes.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t N = 16;
constexpr int64_t GROUP = 4;       // outputs at once, which hide the latency of the additions
constexpr int64_t SERIAL = 16384;  // numbers of the matrix; one thread has read them when others have met

/** COUNT results of a row. */
template <int COUNT>
CONVOY_INLINE void multiply(const FewRowsArgs& a, int64_t row, int64_t first) {
  const float *x = a.x + row * a.inputs, *w = a.w + first * a.inputs;
  Lanes<N> sums[COUNT] = {};
  int64_t whole = 0;
  for (; whole + N <= a.inputs; whole += N) {
    const Lanes<N> v = load<N>(x + whole);
#pragma GCC unroll 4
    for (int o = 0; o < COUNT; o++) sums[o] += v * load<N>(w + o * a.inputs + whole);
  }
  for (int o = 0; o < COUNT; o++) {
    float sum = total(sums[o]);
    for (int64_t i = whole; i < a.inputs; i++) sum += x[i] * w[o * a.inputs + i];
    if (a.bias) sum += a.bias[first + o];
    if (a.activation.relu) {
      sum = sum < 0.0f ? 0.0f : sum;
      sum = sum > a.activation.ceiling ? a.activation.ceiling : sum;
    }
    a.y[row * a.outputs + first + o] = sum;
  }
}

}  // namespace

void fewRows(const FewRowsArgs& a) {
  shareEach((a.outputs + GROUP - 1) / GROUP, a.outputs * a.inputs > SERIAL, [&](int64_t group) {
    const int64_t first = group * GROUP;
    for (int64_t row = 0; row < a.rows; row++) {
      switch (a.outputs - first) {
        case 1: multiply<1>(a, row, first); break;
        case 2: multiply<2>(a, row, first); break;
        case 3: multiply<3>(a, row, first); break;
        default: multiply<GROUP>(a, row, first);
      }
    }
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
