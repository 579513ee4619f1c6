// Batches from stored bytes: gather, warp, cut out, mix and normalise in one pass, as Gather in
// src/engine/engine.ts describes it. Whole-pixel shifts and flips (most training) copy rows; maps along the axes that
// shrink go through a filter (shrink.h); any other map is bilinear.
#include "kernels.h"
#include "parallel.h"
#include "shrink.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

/** Numbers of one sample, and where its parts begin behind its map; see SAMPLE_FIELDS. */
constexpr int FIELDS = 17, BOX = 6, WEIGHT = 10, PARTNER = 11;
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

/** One channel of an image under a map that only copies pixels. */
void copyPlane(const GatherArgs& a, const StoredImage& image, const float* f, const Scaling& s, float* out) {
  const int across = static_cast<int>(f[0]), left = static_cast<int>(f[2]);
  const int down = static_cast<int>(f[4]), top = static_cast<int>(f[5]);
  // Output columns [begin, end) lie inside the image.
  const int begin = clamp(across > 0 ? -left : left - image.width + 1, 0, a.outWidth);
  const int end = clamp(across > 0 ? image.width - left : left + 1, begin, a.outWidth);
  for (int y = 0; y < a.outHeight; y++, out += a.outWidth) {
    const int row = down * y + top;
    if (row < 0 || row >= image.height || begin == end) {
      zeroBytes(out, a.outWidth, s);
      continue;
    }
    const int64_t first = static_cast<int64_t>(row) * image.width + across * begin + left;
    zeroBytes(out, begin, s);
    copyRow(image.bytes + first * image.channels, across * image.channels, out + begin, end - begin, s);
    zeroBytes(out + end, a.outWidth - end, s);
  }
}

/** Where a point lies along one axis: its pixel, how far it is to the next one, and how far that is in bytes. */
struct Point {
  int pixel, step;
  float weight;
};

/** A point of the image's extent; at its border the outermost pixels go on. */
CONVOY_INLINE Point pointOf(double at, int size, int step) {
  const int last = size - 1;
  const double inside = at < 0 ? 0 : at > last ? last : at;
  const int pixel = static_cast<int>(inside);
  return {pixel, pixel < last ? step : 0, static_cast<float>(inside - pixel)};
}

CONVOY_INLINE float blend(const uint8_t* p, const Point& x, const Point& y) {
  const float upper = p[0] + static_cast<float>(p[x.step] - p[0]) * x.weight;
  const float lower = p[y.step] + static_cast<float>(p[y.step + x.step] - p[y.step]) * x.weight;
  return upper + (lower - upper) * y.weight;
}

/** One channel of an image at a point, 0 outside. */
CONVOY_INLINE float byteAt(const StoredImage& image, double sx, double sy) {
  if (!within(sx, image.width) || !within(sy, image.height)) return 0;
  const int right = image.channels, below = image.width * image.channels;
  const Point column = pointOf(sx, image.width, right), row = pointOf(sy, image.height, below);
  return blend(image.bytes + static_cast<int64_t>(row.pixel) * below + column.pixel * right, column, row);
}

/** Most points along one side of an output pixel. */
constexpr int MOST_POINTS = 8;

/** Points along a side of an output pixel that covers `length` source pixels: one for each. */
int pointsFor(double length) {
  return length < 1.5 ? 1 : length < MOST_POINTS ? static_cast<int>(length + 0.5) : length >= MOST_POINTS ? MOST_POINTS : 1;
}

/** The mean of several points of an output pixel at (x, y). */
float meanOfPoints(const StoredImage& image, const float* f, int x, int y, int across, int down) {
  float sum = 0;
  for (int j = 0; j < down; j++) {
    const double py = y + (j + 0.5) / down - 0.5;
    for (int i = 0; i < across; i++) {
      const double px = x + (i + 0.5) / across - 0.5;
      sum += byteAt(image, f[0] * px + f[1] * py + f[2], f[3] * px + f[4] * py + f[5]);
    }
  }
  return sum / static_cast<float>(across * down);
}

/** One channel of an image under any affine map. Coordinates are in double, as in the reference. */
void warpPlane(const GatherArgs& a, const StoredImage& image, const float* f, const Scaling& s, float* out) {
  const int across = pointsFor(hypot(f[0], f[3])), down = pointsFor(hypot(f[1], f[4]));
  if (across * down > 1) {
    for (int y = 0; y < a.outHeight; y++) {
      for (int x = 0; x < a.outWidth; x++, out++) put(out, meanOfPoints(image, f, x, y, across, down), s);
    }
    return;
  }
  for (int y = 0; y < a.outHeight; y++) {
    const double startX = static_cast<double>(f[1]) * y + f[2];
    const double startY = static_cast<double>(f[4]) * y + f[5];
    for (int x = 0; x < a.outWidth; x++, out++) {
      put(out, byteAt(image, static_cast<double>(f[0]) * x + startX, static_cast<double>(f[3]) * x + startY), s);
    }
  }
}

/** Whether a map along the axes makes an image smaller. */
bool shrinks(const float* f) {
  return f[1] == 0 && f[3] == 0 && (f[0] > 1 || f[0] < -1 || f[4] > 1 || f[4] < -1);
}

/** All channels of one source of a sample. */
void fill(const GatherArgs& a, const StoredImage& image, const float* f, const Mixing& mixing, float* out) {
  if (shrinks(f)) return shrinkImage(image, a, f, mixing, out);
  const auto fillPlane = copies(f) ? copyPlane : warpPlane;
  const int64_t plane = static_cast<int64_t>(a.outHeight) * a.outWidth;
  for (int c = 0; c < a.channels; c++) {
    const StoredImage channel = {image.bytes + c, image.height, image.width, image.channels};
    fillPlane(a, channel, f, {mixing.mean[c], mixing.scale(c), mixing.add}, out + c * plane);
  }
}

/** Sets a box of output pixels to the channel's mean. A pixel is inside when left <= x < right. */
void cutOut(const GatherArgs& a, const float* box, float* out) {
  for (int y = 0; y < a.outHeight; y++) {
    if (!(y >= box[1] && y < box[3])) continue;
    for (int x = 0; x < a.outWidth; x++) {
      if (x >= box[0] && x < box[2]) out[y * a.outWidth + x] = 0;
    }
  }
}

/** All channels of sample n. */
void makeSample(const GatherArgs& a, int n) {
  const float* f = a.samples + n * FIELDS;
  const int64_t plane = static_cast<int64_t>(a.outHeight) * a.outWidth;
  float* out = a.out + static_cast<int64_t>(n) * a.channels * plane;
  const GatherSource &own = a.sources[2 * n], &partner = a.sources[2 * n + 1];
  const bool mixed = partner.at >= 0;
  const auto image = [&](const GatherSource& s) -> StoredImage {
    return {a.images + s.at, s.height, s.width, a.channels};
  };
  fill(a, image(own), f, {a.mean, a.std, mixed ? f[WEIGHT] : 1, false}, out);
  if (mixed) fill(a, image(partner), f + PARTNER, {a.mean, a.std, 1 - f[WEIGHT], true}, out);
  for (int c = 0; c < a.channels; c++) cutOut(a, f + BOX, out + c * plane);
}

}  // namespace

void gather(const GatherArgs& a) {
  const int64_t size = static_cast<int64_t>(a.count) * a.channels * a.outHeight * a.outWidth;
  shareEach(a.count, size >= SERIAL, [&](int64_t n) { makeSample(a, static_cast<int>(n)); });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
