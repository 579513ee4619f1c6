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
constexpr int FIELDS = 21, BOX = 6, WEIGHT = 10, PARTNER = 11, PATCH = 17;
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

/** Most points along one side of an output pixel. */
constexpr int MOST_POINTS = 8;

/** Points along a side of an output pixel that covers `length` source pixels: one for each. */
int pointsFor(double length) {
  if (!(length >= 1.5)) return 1;
  return length < MOST_POINTS ? static_cast<int>(length + 0.5) : MOST_POINTS;
}

/** Channels that are done together. */
constexpr int WARP_CHANNELS = 4;

/** Points of an output pixel across and down. */
struct Grid {
  int across, down;
};

/** Adds `channels` of an image at the points of output pixel (x, y), 0 outside. */
CONVOY_INLINE void addPoints(const StoredImage& image, const float* f, int x, int y, const Grid& grid, int channels,
                             float* sums) {
  const int right = image.channels, below = image.width * image.channels;
  for (int j = 0; j < grid.down; j++) {
    const double py = grid.down == 1 ? y : y + (j + 0.5) / grid.down - 0.5;
    for (int i = 0; i < grid.across; i++) {
      const double px = grid.across == 1 ? x : x + (i + 0.5) / grid.across - 0.5;
      const double sx = f[0] * px + (f[1] * py + f[2]), sy = f[3] * px + (f[4] * py + f[5]);
      if (!within(sx, image.width) || !within(sy, image.height)) continue;
      const Point column = pointOf(sx, image.width, right), row = pointOf(sy, image.height, below);
      const uint8_t* from = image.bytes + static_cast<int64_t>(row.pixel) * below + column.pixel * right;
      for (int c = 0; c < channels; c++) sums[c] += blend(from + c, column, row);
    }
  }
}

/** Some channels of an image under any affine map. Coordinates are in double, as in the reference. */
void warpChannels(const GatherArgs& a, const StoredImage& image, int channels, const float* f, const Scaling* scalings,
                  float* out) {
  const Grid grid = {pointsFor(hypot(f[0], f[3])), pointsFor(hypot(f[1], f[4]))};
  const float share = 1 / static_cast<float>(grid.across * grid.down);
  const int64_t plane = static_cast<int64_t>(a.outHeight) * a.outWidth;
  for (int y = 0; y < a.outHeight; y++) {
    for (int x = 0; x < a.outWidth; x++, out++) {
      float sums[WARP_CHANNELS] = {};
      addPoints(image, f, x, y, grid, channels, sums);
      for (int c = 0; c < channels; c++) put(out + c * plane, sums[c] * share, scalings[c]);
    }
  }
}

/** All channels of an image under any affine map. */
void warpImage(const GatherArgs& a, const StoredImage& image, const float* f, const Mixing& mixing, float* out) {
  const int64_t plane = static_cast<int64_t>(a.outHeight) * a.outWidth;
  for (int first = 0; first < image.channels; first += WARP_CHANNELS) {
    const int channels = image.channels - first < WARP_CHANNELS ? image.channels - first : WARP_CHANNELS;
    Scaling scalings[WARP_CHANNELS];
    for (int c = 0; c < channels; c++) scalings[c] = {mixing.mean[first + c], mixing.scale(first + c), mixing.add};
    const StoredImage from = {image.bytes + first, image.height, image.width, image.channels};
    warpChannels(a, from, channels, f, scalings, out + first * plane);
  }
}

/** All channels of an image under a map that only copies pixels. */
void copyImage(const GatherArgs& a, const StoredImage& image, const float* f, const Mixing& mixing, float* out) {
  const int64_t plane = static_cast<int64_t>(a.outHeight) * a.outWidth;
  for (int c = 0; c < image.channels; c++) {
    const StoredImage channel = {image.bytes + c, image.height, image.width, image.channels};
    copyPlane(a, channel, f, {mixing.mean[c], mixing.scale(c), mixing.add}, out + c * plane);
  }
}

/** Whether a map along the axes makes an image smaller. */
bool shrinks(const float* f) {
  return f[1] == 0 && f[3] == 0 && (f[0] > 1 || f[0] < -1 || f[4] > 1 || f[4] < -1);
}

/** All channels of one source of a sample. */
void fill(const GatherArgs& a, const StoredImage& image, const float* f, const Mixing& mixing, float* out) {
  if (shrinks(f)) return shrinkImage(image, a, f, mixing, out);
  return copies(f) ? copyImage(a, image, f, mixing, out) : warpImage(a, image, f, mixing, out);
}

/** Whether a box is not empty. */
bool holdsPixels(const float* box) { return box[0] < box[2] && box[1] < box[3]; }

/** Calls turn(pixel) for each pixel of a plane that a box holds: left <= x < right. */
template <class Turn>
void inBox(const GatherArgs& a, const float* box, const Turn& turn) {
  for (int y = 0; y < a.outHeight; y++) {
    if (!(y >= box[1] && y < box[3])) continue;
    for (int x = 0; x < a.outWidth; x++) {
      if (x >= box[0] && x < box[2]) turn(y * a.outWidth + x);
    }
  }
}

/** All channels of sample n; `aside` has room for them. */
void makeSample(const GatherArgs& a, int n, float* aside) {
  const float* f = a.samples + n * FIELDS;
  const int64_t plane = static_cast<int64_t>(a.outHeight) * a.outWidth;
  float* out = a.out + static_cast<int64_t>(n) * a.channels * plane;
  const GatherSource &own = a.sources[2 * n], &partner = a.sources[2 * n + 1];
  const bool mixed = partner.at >= 0;
  const auto image = [&](const GatherSource& s) -> StoredImage {
    return {a.images + s.at, s.height, s.width, a.channels};
  };
  const bool patched = mixed && holdsPixels(f + PATCH);
  fill(a, image(own), f, {a.mean, a.std, mixed ? f[WEIGHT] : 1, false}, out);
  if (mixed && !(patched && f[WEIGHT] == 1)) {
    fill(a, image(partner), f + PARTNER, {a.mean, a.std, 1 - f[WEIGHT], true}, out);
  }
  if (patched) fill(a, image(partner), f + PARTNER, {a.mean, a.std, 1, false}, aside);
  for (int c = 0; c < a.channels; c++, out += plane, aside += plane) {
    if (patched) inBox(a, f + PATCH, [&](int pixel) { out[pixel] = aside[pixel]; });
    // The channel's mean.
    inBox(a, f + BOX, [&](int pixel) { out[pixel] = 0; });
  }
}

}  // namespace

void gather(const GatherArgs& a) {
  const int64_t size = static_cast<int64_t>(a.count) * a.channels * a.outHeight * a.outWidth;
  const RoomOf room(a.room, a.roomBytes);
  shareEach(a.count, size >= SERIAL, [&](int64_t n) { makeSample(a, static_cast<int>(n), room.of<float>()); });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
