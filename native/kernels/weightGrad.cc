// Weight gradients from what the parts of a batch have summed up, a lane for each output channel.
#include "lanes.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t SERIAL = 8192;

/** What one input gives to a block of outputs; an input beyond the last one stands for the bias. */
template <int N>
CONVOY_INLINE void collect(const WeightGradArgs& a, int64_t block, int64_t input) {
  const int64_t numbers = a.area * a.inputs + 1, part = (a.outputs + N - 1) / N * numbers * N;
  const int64_t first = block * N, count = a.outputs - first < N ? a.outputs - first : N;
  const bool bias = input == a.inputs;
  for (int64_t k = 0; k < (bias ? 1 : a.area); k++) {
    const float* from = a.sums + (block * numbers + (bias ? numbers - 1 : k * a.inputs + input)) * N;
    Lanes<N> total = {};
    for (int64_t p = 0; p < a.parts; p++) total += load<N>(from + p * part);
    for (int64_t l = 0; l < count; l++) {
      (bias ? a.dbias[first + l] : a.dw[((first + l) * a.inputs + input) * a.area + k]) = total[l];
    }
  }
}

template <int N>
void collectAll(const WeightGradArgs& a) {
  const int64_t blocks = (a.outputs + N - 1) / N, each = a.dbias ? a.inputs + 1 : a.inputs;
  const bool enough = blocks * each * a.area * N > SERIAL;
  shareEach(blocks * each, enough, [&](int64_t at) { collect<N>(a, at / each, at % each); });
}

}  // namespace

void weightGrad(const WeightGradArgs& a) { a.block == 8 ? collectAll<8>(a) : collectAll<16>(a); }

}  // namespace CONVOY_ISA
}  // namespace convoy
