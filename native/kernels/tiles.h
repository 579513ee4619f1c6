// Eight registers of tiles: 16 rows of 64 bytes each, of AMX where the instruction set has them, else plain memory, by
// which the kernels that use them can be tested anywhere.
#pragma once

#include "tileArgs.h"

namespace convoy {
namespace CONVOY_ISA {

#if defined(__AMX_BF16__)
constexpr bool TILES = true;

/** The registers are a thread's own for as long as this exists. */
class Tiles {
 public:
  CONVOY_INLINE Tiles() {
    struct alignas(64) {
      uint8_t palette = 1, start = 0, reserved[14] = {};
      uint16_t bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
      uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
    } shape;
    asm volatile("ldtilecfg %0" ::"m"(shape));
  }
  CONVOY_INLINE ~Tiles() { asm volatile("tilerelease"); }

  template <int T>
  CONVOY_INLINE void zero() {
    asm volatile("tilezero %%tmm%c0" ::"i"(T));
  }
  /** Rows are `stride` bytes apart. */
  template <int T>
  CONVOY_INLINE void load(const void* from, int64_t stride) {
    asm volatile("tileloadd (%0,%1,1), %%tmm%c2" ::"r"(from), "r"(stride), "i"(T) : "memory");
  }
  template <int T>
  CONVOY_INLINE void store(void* to, int64_t stride) {
    asm volatile("tilestored %%tmm%c2, (%0,%1,1)" ::"r"(to), "r"(stride), "i"(T) : "memory");
  }
  /** C[i][j] += A[i][2k] B[k][2j] + A[i][2k + 1] B[k][2j + 1]. */
  template <int C, int A, int B>
  CONVOY_INLINE void multiply() {
    asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(C), "i"(A), "i"(B));
  }
};
#else
constexpr bool TILES = false;

class Tiles {
 public:
  template <int T>
  void zero() {
    __builtin_memset(memory_[T], 0, sizeof(memory_[T]));
  }
  template <int T>
  void load(const void* from, int64_t stride) {
    for (int64_t row = 0; row < 16; row++) {
      __builtin_memcpy(memory_[T][row], static_cast<const char*>(from) + row * stride, 64);
    }
  }
  template <int T>
  void store(void* to, int64_t stride) {
    for (int64_t row = 0; row < 16; row++) {
      __builtin_memcpy(static_cast<char*>(to) + row * stride, memory_[T][row], 64);
    }
  }
  template <int C, int A, int B>
  void multiply() {
    for (int i = 0; i < 16; i++) {
      float sums[16];
      __builtin_memcpy(sums, memory_[C][i], 64);
      for (int k = 0; k < 16; k++) {
        for (int j = 0; j < 16; j++) {
          sums[j] += half(A, i, 2 * k) * half(B, k, 2 * j) + half(A, i, 2 * k + 1) * half(B, k, 2 * j + 1);
        }
      }
      __builtin_memcpy(memory_[C][i], sums, 64);
    }
  }

 private:
  float half(int tile, int row, int at) const {
    const uint32_t bits = static_cast<uint32_t>(memory_[tile][row][at]) << 16;
    float number;
    __builtin_memcpy(&number, &bits, 4);
    return number;
  }
  uint16_t memory_[8][16][32];
};
#endif

}  // namespace CONVOY_ISA
}  // namespace convoy
