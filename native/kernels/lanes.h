// N floats side by side that stay in registers, in the compiler's own vector notation: arithmetic,
// comparisons and ?: go lane by lane. Loops over pixels are written with them where the compiler, left to
// itself, is not sure to keep a block of channels in a register.
#pragma once

#include <cstdint>

#include "kernels.h"

namespace convoy {
namespace CONVOY_ISA {

template <int N>
struct LaneTypes {
  typedef float Floats __attribute__((vector_size(N * 4)));
  typedef float Unaligned __attribute__((vector_size(N * 4), aligned(4), may_alias));
};

template <int N>
using Lanes = typename LaneTypes<N>::Floats;

template <int N>
CONVOY_INLINE Lanes<N> load(const float* from) {
  return *reinterpret_cast<const typename LaneTypes<N>::Unaligned*>(from);
}

template <int N>
CONVOY_INLINE void store(float* to, Lanes<N> lanes) {
  *reinterpret_cast<typename LaneTypes<N>::Unaligned*>(to) = lanes;
}

}  // namespace CONVOY_ISA
}  // namespace convoy
