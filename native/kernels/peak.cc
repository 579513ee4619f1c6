// What the arithmetic of one core can do at most: multiply-adds that wait for nothing but each other.
#include "kernels.h"
#include "lanes.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

#if defined(__AVX512F__)
constexpr int LANES = 16;
#elif defined(__AVX2__)
constexpr int LANES = 8;
#else
constexpr int LANES = 4;
#endif

/** Sums side by side, so that none waits for its own last addition; they fit the registers. */
constexpr int SUMS = 12;

}  // namespace

double multiplyAdds(int64_t rounds, float* sink) {
  using V = Lanes<LANES>;
  const V factor = V{} + sink[0], summand = V{} + sink[1];
  V sums[SUMS];
  for (int at = 0; at < SUMS; at++) sums[at] = V{} + sink[2] * static_cast<float>(at);
  for (int64_t round = 0; round < rounds; round++) {
#pragma GCC unroll 12
    for (int at = 0; at < SUMS; at++) sums[at] = sums[at] * factor + summand;
  }
  V total = {};
  for (const V& sum : sums) total += sum;
  store<LANES>(sink, total);
  return 2.0 * static_cast<double>(rounds) * SUMS * LANES;
}

}  // namespace CONVOY_ISA
}  // namespace convoy
