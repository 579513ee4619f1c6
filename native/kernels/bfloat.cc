// Storage in 16 bits: the upper half of an f32, to nearest, ties to even.
#include "math.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t SERIAL = 8192;

}  // namespace

void toBf16(const float* x, uint16_t* y, int64_t size) {
#pragma omp parallel for simd schedule(static) if (size > SERIAL)
  for (int64_t i = 0; i < size; i++) {
    const uint32_t bits = static_cast<uint32_t>(toBits(x[i]));
    const uint32_t rounded = bits + 0x7fffu + ((bits >> 16) & 1u);
    const bool nan = (bits & 0x7fffffffu) > 0x7f800000u;
    y[i] = static_cast<uint16_t>((nan ? bits | 0x400000u : rounded) >> 16);
  }
}

void fromBf16(const uint16_t* x, float* y, int64_t size) {
#pragma omp parallel for simd schedule(static) if (size > SERIAL)
  for (int64_t i = 0; i < size; i++) {
    y[i] = fromBits(static_cast<int32_t>(static_cast<uint32_t>(x[i]) << 16));
  }
}

}  // namespace CONVOY_ISA
}  // namespace convoy
