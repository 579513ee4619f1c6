// Patches of bf16 images side by side (im2col). With few channels most lanes of a tile would stay empty; a window's taps fill
// them.
#include "kernels.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

CONVOY_INLINE void copyNumbers(uint16_t* to, const uint16_t* from, int64_t count) {
  __builtin_memcpy(to, from, static_cast<size_t>(count) * sizeof(uint16_t));
}

CONVOY_INLINE void clearNumbers(uint16_t* to, int64_t count) {
  __builtin_memset(to, 0, static_cast<size_t>(count) * sizeof(uint16_t));
}

/** A row of the window of one pixel, from a row of the image, of which the window's first pixel may lie before the first. */
CONVOY_INLINE void copyTaps(const uint16_t* row, int64_t first, int64_t taps, const Images& in, uint16_t* to) {
  const int64_t before = first < 0 ? -first : 0, inside = in.width - first, end = inside < taps ? inside : taps;
  if (before == 0 && end == taps) return copyNumbers(to, row + first * in.channels, taps * in.channels);
  if (end <= before) return clearNumbers(to, taps * in.channels);
  clearNumbers(to, before * in.channels);
  copyNumbers(to + before * in.channels, row + (first + before) * in.channels, (end - before) * in.channels);
  clearNumbers(to + end * in.channels, (taps - end) * in.channels);
}

void unfoldImage(const UnfoldArgs& a, const uint16_t* x, uint16_t* y) {
  const Window& w = a.window;
  const int64_t numbers = w.kernel[1] * a.in.channels;
  for (int64_t oy = 0; oy < a.out.height; oy++) {
    for (int64_t ky = 0; ky < w.kernel[0]; ky++) {
      const int64_t row = oy * w.strides[0] + ky - w.padding[0];
      const bool inside = row >= 0 && row < a.in.height;
      uint16_t* to = y + oy * a.out.width * a.out.channels + ky * numbers;
      for (int64_t ox = 0; ox < a.out.width; ox++, to += a.out.channels) {
        const int64_t first = ox * w.strides[1] - w.padding[1];
        inside ? copyTaps(x + row * a.in.width * a.in.channels, first, w.kernel[1], a.in, to) : clearNumbers(to, numbers);
      }
    }
  }
}

}  // namespace

void unfold(const UnfoldArgs& a) {
  const int64_t from = a.in.pixels() * a.in.channels, to = a.out.pixels() * a.out.channels;
  shareEach(a.in.count, a.in.count > 1, [&](int64_t n) { unfoldImage(a, a.x + n * from, a.y + n * to); });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
