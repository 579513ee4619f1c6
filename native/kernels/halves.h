// Numbers of bf16 as lanes of floats, and back: to the nearest, ties to even, NaN kept.
#pragma once

#if defined(__AVX512BF16__)
#include <immintrin.h>
#endif

#include "lanes.h"

namespace convoy {
namespace CONVOY_ISA {

template <int N>
struct HalfTypes {
  typedef uint16_t Halves __attribute__((vector_size(N * 2), aligned(2), may_alias));
  typedef uint32_t Bits __attribute__((vector_size(N * 4)));
};

template <int N>
CONVOY_INLINE Lanes<N> loadHalves(const uint16_t* from) {
  using Bits = typename HalfTypes<N>::Bits;
  const Bits bits = __builtin_convertvector(*reinterpret_cast<const typename HalfTypes<N>::Halves*>(from), Bits) << 16;
  return reinterpret_cast<Lanes<N>>(bits);
}

template <int N>
CONVOY_INLINE void storeHalves(uint16_t* to, Lanes<N> lanes) {
#if defined(__AVX512BF16__)
  if constexpr (N == 16) {
    const auto halves = _mm512_cvtneps_pbh(reinterpret_cast<__m512>(lanes));
    __builtin_memcpy(to, &halves, 32);
    return;
  }
#endif
  using Bits = typename HalfTypes<N>::Bits;
  const Bits bits = reinterpret_cast<Bits>(lanes);
  const Bits rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16, quiet = (bits >> 16) | 0x40u;
  const Bits kept = (bits & 0x7fffffffu) > 0x7f800000u ? quiet : rounded;
  *reinterpret_cast<typename HalfTypes<N>::Halves*>(to) =
      __builtin_convertvector(kept, typename HalfTypes<N>::Halves);
}

}  // namespace CONVOY_ISA
}  // namespace convoy
