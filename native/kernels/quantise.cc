// Numbers as bytes of a scale and a zero, and back.
#include "integerEpilogue.h"
#include "kernels.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t SERIAL = 1 << 13;
constexpr int64_t LANES = 16;

/** 16 numbers, or fewer, in units of the bytes. */
CONVOY_INLINE SixteenFloats scaled(const float* from, int64_t count, float scale) {
  float numbers[16] = {};
  if (count < LANES) __builtin_memcpy(numbers, from, static_cast<size_t>(count) * sizeof(float));
  SixteenFloats x = loadSixteen(count < LANES ? numbers : from);
  for (int i = 0; i < PER_BLOCK; i++) x.part[i] = x.part[i] / scale;
  return x;
}

}  // namespace

void quantise(const QuantiseArgs& a) {
  const ByteRange range(a.zero);
  // Rows of features are pixels of one channel.
  const bool rows = a.in.block == 1 && a.in.pixels() == 1;
  const Images in = rows ? Images{a.in.count, 1, 1, a.in.channels, 1} : a.in;
  const int64_t blocks = in.blocks(), pixels = in.pixels(), channels = in.channels;
  const int64_t strips = (pixels + LANES - 1) / LANES;
  shareEach(in.count * strips, in.size() > SERIAL, [&](int64_t at) {
    const int64_t image = at / strips, first = at % strips * LANES;
    const int64_t count = pixels - first < LANES ? pixels - first : LANES;
    const float* from = a.x + image * blocks * in.plane();
    uint8_t* to = a.y + (image * pixels + first) * channels;
    if (in.block == 1 && channels == 3) {
      // Images in colour: whole pixels are written, which takes a third of the time that bytes alone take.
      uint8_t planes[3][LANES];
      for (int64_t c = 0; c < 3; c++) narrow(planes[c], range.bytes(scaled(from + c * pixels + first, count, a.scale)));
      for (int64_t i = 0; i < count; i++) {
        for (int64_t c = 0; c < 3; c++) to[i * 3 + c] = planes[c][i];
      }
      return;
    }
    if (in.block == 1) {
      for (int64_t c = 0; c < channels; c++) {
        const SixteenInts bytes = range.bytes(scaled(from + c * pixels + first, count, a.scale));
        if (channels == 1) {
          narrowSome(to, bytes, count);
          continue;
        }
        uint8_t side[16];
        narrow(side, bytes);
        for (int64_t i = 0; i < count; i++) to[i * channels + c] = side[i];
      }
      return;
    }
    for (int64_t p = 0; p < count; p++) {
      for (int64_t c = 0; c < channels; c += LANES) {
        float numbers[16];
        for (int64_t i = 0; i < LANES; i++) {
          const int64_t own = c + i < channels ? c + i : channels - 1;
          numbers[i] = from[own / in.block * in.plane() + (first + p) * in.block + own % in.block];
        }
        narrowSome(to + p * channels + c, range.bytes(scaled(numbers, LANES, a.scale)), channels - c);
      }
    }
  });
}

void dequantise(const DequantiseArgs& a) {
  shareEach((a.size + LANES - 1) / LANES, a.size > SERIAL, [&](int64_t block) {
    const int64_t at = block * LANES, count = a.size - at < LANES ? a.size - at : LANES;
    SixteenInts whole = widenSome(a.x + at, count);
    for (int i = 0; i < PER_BLOCK; i++) whole.part[i] -= a.zero;
    SixteenFloats y = toFloats(whole);
    for (int i = 0; i < PER_BLOCK; i++) y.part[i] *= a.scale;
    storeSome(a.y + at, y, count);
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
