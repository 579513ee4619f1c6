// Small whole numbers in a few bits each, lowest first.
#include "kernels.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t SERIAL = 8192;

/** Bytes of `PER` numbers each; `tell` gives a number's bits. */
template <int PER, class From, class Tell>
CONVOY_INLINE void packWith(const From* x, uint8_t* y, int64_t size, const Tell& tell) {
  constexpr int BITS = 8 / PER;
  const int64_t whole = size / PER;
  share(whole, size > SERIAL, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      uint32_t byte = 0;
      for (int k = 0; k < PER; k++) byte |= tell(x[PER * i + k]) << (BITS * k);
      y[i] = static_cast<uint8_t>(byte);
    }
  });
  if (size % PER == 0) return;
  uint32_t byte = 0;
  for (int64_t k = 0; k < size % PER; k++) byte |= tell(x[PER * whole + k]) << (BITS * k);
  y[whole] = static_cast<uint8_t>(byte);
}

template <int PER, class To>
CONVOY_INLINE void unpackWith(const uint8_t* x, To* y, int64_t size) {
  constexpr int BITS = 8 / PER;
  const int64_t whole = size / PER;
  share(whole, size > SERIAL, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      for (int k = 0; k < PER; k++) {
        y[PER * i + k] = static_cast<To>(x[i] >> (BITS * k) & ((1 << BITS) - 1));
      }
    }
  });
  for (int64_t i = PER * whole; i < size; i++) {
    y[i] = static_cast<To>(x[whole] >> (BITS * (i % PER)) & ((1 << BITS) - 1));
  }
}

}  // namespace

void packSigns(const float* x, uint8_t* y, int64_t size) {
  packWith<8>(x, y, size, [](float value) -> uint32_t { return value > 0 ? 1 : 0; });
}

void unpackSigns(const uint8_t* x, float* y, int64_t size) { unpackWith<8>(x, y, size); }

void packBytes(const uint8_t* x, uint8_t* y, int64_t size, int bits) {
  const auto low = [bits](uint8_t value) -> uint32_t { return value & ((1u << bits) - 1); };
  if (bits == 1) packWith<8>(x, y, size, low);
  if (bits == 2) packWith<4>(x, y, size, low);
  if (bits == 4) packWith<2>(x, y, size, low);
}

void unpackBytes(const uint8_t* x, uint8_t* y, int64_t size, int bits) {
  if (bits == 1) unpackWith<8>(x, y, size);
  if (bits == 2) unpackWith<4>(x, y, size);
  if (bits == 4) unpackWith<2>(x, y, size);
}

}  // namespace CONVOY_ISA
}  // namespace convoy
