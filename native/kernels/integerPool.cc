// Pooling of bytes, and sums of two.
#include "integerEpilogue.h"
#include "kernels.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t SERIAL = 1 << 14;
constexpr int64_t LANES = 16;

/** What a window sees along an axis. */
struct Seen {
  int64_t first, last;

  CONVOY_INLINE Seen(int64_t out, int64_t stride, int64_t padding, int64_t kernel, int64_t size) {
    const int64_t begin = out * stride - padding, end = begin + kernel;
    first = begin < 0 ? 0 : begin;
    last = end < size ? end : size;
  }
  CONVOY_INLINE int64_t count() const { return last - first; }
};

/** Some channels of one result. */
CONVOY_INLINE void pool(const IntegerPoolArgs& a, const ByteRange& range, const uint8_t* image, const Seen& rows,
                        const Seen& columns, int64_t c, int64_t count, uint8_t* to) {
  SixteenInts all = {};
  for (int64_t y = rows.first; y < rows.last; y++) {
    for (int64_t x = columns.first; x < columns.last; x++) {
      const SixteenInts v = widenSome(image + (y * a.in.width + x) * a.in.channels + c, count);
#pragma GCC unroll 4
      for (int i = 0; i < PER_BLOCK; i++) {
        all.part[i] = !a.largest ? all.part[i] + v.part[i] : v.part[i] > all.part[i] ? v.part[i] : all.part[i];
      }
    }
  }
  if (a.largest) return narrowSome(to, all, count);
  const auto seen = static_cast<int32_t>(rows.count() * columns.count());
  const auto pixels = static_cast<float>(a.countPadding ? a.window.kernel[0] * a.window.kernel[1] : seen);
  for (int i = 0; i < PER_BLOCK; i++) all.part[i] -= seen * a.zero;
  SixteenFloats mean = toFloats(all);
  for (int i = 0; i < PER_BLOCK; i++) mean.part[i] = mean.part[i] / pixels * a.multiplier;
  narrowSome(to, range.bytes(mean), count);
}

}  // namespace

void integerPool(const IntegerPoolArgs& a) {
  const ByteRange range(a.outZero);
  const int64_t channels = a.out.channels, width = a.out.width, height = a.out.height;
  const Window& w = a.window;
  shareEach(a.out.count * height, a.in.size() > SERIAL, [&](int64_t row) {
    const uint8_t* image = a.x + row / height * a.in.pixels() * channels;
    const Seen rows(row % height, w.strides[0], w.padding[0], w.kernel[0], a.in.height);
    for (int64_t x = 0; x < width; x++) {
      const Seen columns(x, w.strides[1], w.padding[1], w.kernel[1], a.in.width);
      for (int64_t c = 0; c < channels; c += LANES) {
        const int64_t count = channels - c < LANES ? channels - c : LANES;
        pool(a, range, image, rows, columns, c, count, a.y + (row * width + x) * channels + c);
      }
    }
  });
}

void integerAdd(const IntegerAddArgs& a) {
  const ByteRange range(a.outZero);
  shareEach((a.size + LANES - 1) / LANES, a.size > SERIAL, [&](int64_t block) {
    const int64_t at = block * LANES, count = a.size - at < LANES ? a.size - at : LANES;
    SixteenFloats t[2];
    for (int n = 0; n < 2; n++) {
      SixteenInts x = widenSome((n == 0 ? a.a : a.b) + at, count);
      for (int i = 0; i < PER_BLOCK; i++) x.part[i] -= a.zeros[n];
      t[n] = toFloats(x);
      for (int i = 0; i < PER_BLOCK; i++) t[n].part[i] *= a.multipliers[n];
    }
    for (int i = 0; i < PER_BLOCK; i++) t[0].part[i] += t[1].part[i];
    narrowSome(a.y + at, range.bytes(t[0]), count);
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
