// N floats side by side that stay in registers, in the compiler's own vector notation: arithmetic,
// comparisons and ?: go lane by lane. Loops over pixels are written with them where the compiler, left to
// itself, is not sure to keep a block of channels in a register.
#pragma once

#include <cstdint>

#include "kernels.h"

namespace convoy {
namespace CONVOY_ISA {

/** Whether registers hold 16 lanes, and are 32; or kernels shall be tested as if they did, see CMakeLists.txt. */
#if defined(__AVX512F__) || defined(CONVOY_WIDE)
constexpr bool WIDE = true;
#else
constexpr bool WIDE = false;
#endif

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

/** The result of an activation. */
template <int N>
CONVOY_INLINE Lanes<N> activate(Activation a, Lanes<N> v) {
  const Lanes<N> zero = {0}, ceiling = zero + a.ceiling;
  if (!a.relu) return v;
  const Lanes<N> positive = v < zero ? zero : v;
  return positive > ceiling ? ceiling : positive;
}

/** The sum of all lanes, half and half. */
CONVOY_INLINE float total(Lanes<16> v) {
  const Lanes<8> w = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) +
                     __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
  const Lanes<4> x = __builtin_shufflevector(w, w, 0, 1, 2, 3) + __builtin_shufflevector(w, w, 4, 5, 6, 7);
  return (x[0] + x[1]) + (x[2] + x[3]);
}

/** As many whole numbers, which also say where a comparison holds. */
template <int N>
struct IntLaneTypes {
  typedef int32_t Ints __attribute__((vector_size(N * 4)));
  typedef uint8_t Bytes __attribute__((vector_size(N), aligned(1), may_alias));
};

template <int N>
using IntLanes = typename IntLaneTypes<N>::Ints;

/** The first halves of two vectors, in turn, or the second ones. */
CONVOY_INLINE Lanes<8> zip(Lanes<8> a, Lanes<8> b, bool second) {
  const IntLanes<8> low = {0, 8, 1, 9, 2, 10, 3, 11}, high = low + 4;
  return second ? __builtin_shuffle(a, b, high) : __builtin_shuffle(a, b, low);
}
CONVOY_INLINE Lanes<16> zip(Lanes<16> a, Lanes<16> b, bool second) {
  const IntLanes<16> low = {0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23}, high = low + 8;
  return second ? __builtin_shuffle(a, b, high) : __builtin_shuffle(a, b, low);
}

/** N rows of N numbers become columns. */
template <int N>
CONVOY_INLINE void transpose(Lanes<N>* rows) {
#pragma GCC unroll 4
  for (int step = 1; step < N; step *= 2) {
    Lanes<N> next[N];
#pragma GCC unroll 8
    for (int i = 0; i < N / 2; i++) {
      next[2 * i] = zip(rows[i], rows[i + N / 2], false);
      next[2 * i + 1] = zip(rows[i], rows[i + N / 2], true);
    }
#pragma GCC unroll 16
    for (int i = 0; i < N; i++) rows[i] = next[i];
  }
}

template <int N>
CONVOY_INLINE IntLanes<N> loadBytes(const uint8_t* from) {
  using Bytes = typename IntLaneTypes<N>::Bytes;
  return __builtin_convertvector(*reinterpret_cast<const Bytes*>(from), IntLanes<N>);
}

template <int N>
CONVOY_INLINE void storeBytes(uint8_t* to, IntLanes<N> lanes) {
  using Bytes = typename IntLaneTypes<N>::Bytes;
  *reinterpret_cast<Bytes*>(to) = __builtin_convertvector(lanes, Bytes);
}

}  // namespace CONVOY_ISA
}  // namespace convoy
