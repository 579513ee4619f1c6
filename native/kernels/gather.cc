// Batches from stored bytes: gather, warp, cut out, mix and normalise in one pass, as Gather in
// src/engine/engine.ts describes it. Whole-pixel shifts and flips (most training) copy rows; any other
// map is bilinear.
#include "kernels.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

/** Numbers of one sample; see SAMPLE_FIELDS. */
constexpr int FIELDS = 11;
/** Fewer output numbers than this are made in the time that waking threads takes. */
constexpr int64_t SERIAL = 1 << 17;
/** Coordinates up to here are exact in single precision. */
constexpr float LARGEST = 1 << 23;

/** How bytes of one channel become numbers: (byte - mean) * scale; `add`ed to what is there or stored. */
struct Scaling {
  float mean;
  float scale;
  bool add;
};

CONVOY_INLINE void put(float* out, float byte, const Scaling& s) {
  const float value = (byte - s.mean) * s.scale;
  *out = s.add ? *out + value : value;
}

/** Part of a row whose bytes lie `STEP` apart; STEP is a constant so that the loop vectorises. */
template <int STEP>
void copyRow(const uint8_t* from, float* out, int count, const Scaling& scaling) {
  const Scaling s = scaling;
  for (int x = 0; x < count; x++) put(out + x, static_cast<float>(from[x * STEP]), s);
}

void copyRow(const uint8_t* from, int step, float* out, int count, const Scaling& s) {
  switch (step) {
    case 1: return copyRow<1>(from, out, count, s);
    case -1: return copyRow<-1>(from, out, count, s);
    case 3: return copyRow<3>(from, out, count, s);
    case -3: return copyRow<-3>(from, out, count, s);
    default:
      for (int x = 0; x < count; x++) put(out + x, static_cast<float>(from[x * step]), s);
  }
}

void zeroBytes(float* out, int count, const Scaling& s) {
  for (int x = 0; x < count; x++) put(out + x, 0.0f, s);
}

CONVOY_INLINE bool whole(float value) {
  return value > -LARGEST && value < LARGEST && static_cast<float>(static_cast<int>(value)) == value;
}

/** Whether a map only shifts by whole pixels and mirrors. */
bool copies(const float* f) {
  return (f[0] == 1 || f[0] == -1) && f[1] == 0 && whole(f[2]) && f[3] == 0 &&
         (f[4] == 1 || f[4] == -1) && whole(f[5]);
}

CONVOY_INLINE int clamp(int value, int low, int high) {
  return value < low ? low : value > high ? high : value;
}

/** One channel of a image under a map that only copies pixels. */
void copyPlane(const GatherArgs& a, const uint8_t* image, const float* f, const Scaling& s,
               float* out) {
  const int across = static_cast<int>(f[0]), left = static_cast<int>(f[2]);
  const int down = static_cast<int>(f[4]), top = static_cast<int>(f[5]);
  // Output columns [begin, end) lie inside the image.
  const int begin = clamp(across > 0 ? -left : left - a.width + 1, 0, a.outWidth);
  const int end = clamp(across > 0 ? a.width - left : left + 1, begin, a.outWidth);
  for (int y = 0; y < a.outHeight; y++, out += a.outWidth) {
    const int row = down * y + top;
    if (row < 0 || row >= a.height || begin == end) {
      zeroBytes(out, a.outWidth, s);
      continue;
    }
    const int64_t first = static_cast<int64_t>(row) * a.width + across * begin + left;
    zeroBytes(out, begin, s);
    copyRow(image + first * a.channels, across * a.channels, out + begin, end - begin, s);
    zeroBytes(out + end, a.outWidth - end, s);
  }
}

/** Where a point lies along one axis: its pixel, how far it is to the next one, and how far that is in bytes. */
struct Point {
  int pixel, step;
  float weight;
};

/** A point of the image's extent, which reaches half a pixel beyond the outermost centres: there the border's
 * pixels go on. */
CONVOY_INLINE Point pointOf(double at, int size, int step) {
  const int last = size - 1;
  const double inside = at < 0 ? 0 : at > last ? last : at;
  const int pixel = static_cast<int>(inside);
  return {pixel, pixel < last ? step : 0, static_cast<float>(inside - pixel)};
}

CONVOY_INLINE bool within(double at, int size) { return at >= -0.5 && at <= size - 0.5; }

CONVOY_INLINE float blend(const uint8_t* p, const Point& x, const Point& y) {
  const float upper = p[0] + static_cast<float>(p[x.step] - p[0]) * x.weight;
  const float lower = p[y.step] + static_cast<float>(p[y.step + x.step] - p[y.step]) * x.weight;
  return upper + (lower - upper) * y.weight;
}

/** One channel of a image under any affine map. Coordinates are in double, as in the reference. */
void warpPlane(const GatherArgs& a, const uint8_t* image, const float* f, const Scaling& s,
               float* out) {
  const int right = a.channels, below = a.width * a.channels;
  for (int y = 0; y < a.outHeight; y++) {
    const double startX = static_cast<double>(f[1]) * y + f[2];
    const double startY = static_cast<double>(f[4]) * y + f[5];
    for (int x = 0; x < a.outWidth; x++, out++) {
      const double sx = static_cast<double>(f[0]) * x + startX;
      const double sy = static_cast<double>(f[3]) * x + startY;
      if (!within(sx, a.width) || !within(sy, a.height)) {
        put(out, 0.0f, s);
        continue;
      }
      const Point column = pointOf(sx, a.width, right), row = pointOf(sy, a.height, below);
      put(out, blend(image + static_cast<int64_t>(row.pixel) * below + column.pixel * right, column, row), s);
    }
  }
}

/** Sets a box of output pixels to the channel's mean. A pixel is inside when left <= x < right. */
void cutOut(const GatherArgs& a, const float* f, float* out) {
  for (int y = 0; y < a.outHeight; y++) {
    if (!(y >= f[7] && y < f[9])) continue;
    for (int x = 0; x < a.outWidth; x++) {
      if (x >= f[6] && x < f[8]) out[y * a.outWidth + x] = 0;
    }
  }
}

/** All channels of sample n. */
void makeSample(const GatherArgs& a, int n) {
  const float* f = a.samples + n * FIELDS;
  const int64_t bytes = static_cast<int64_t>(a.height) * a.width * a.channels;
  const int64_t plane = static_cast<int64_t>(a.outHeight) * a.outWidth;
  const int32_t own = a.indices[2 * n], partner = a.indices[2 * n + 1];
  const auto fill = copies(f) ? copyPlane : warpPlane;
  for (int c = 0; c < a.channels; c++) {
    float* out = a.out + (static_cast<int64_t>(n) * a.channels + c) * plane;
    const float scale = 1 / a.std[c], weight = partner < 0 ? 1 : f[10];
    fill(a, a.images + own * bytes + c, f, {a.mean[c], scale * weight, false}, out);
    if (partner >= 0) {
      fill(a, a.images + partner * bytes + c, f, {a.mean[c], scale * (1 - weight), true}, out);
    }
    cutOut(a, f, out);
  }
}

}  // namespace

void gather(const GatherArgs& a) {
  const int64_t size = static_cast<int64_t>(a.count) * a.channels * a.outHeight * a.outWidth;
  shareEach(a.count, size >= SERIAL, [&](int64_t n) { makeSample(a, static_cast<int>(n)); });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
