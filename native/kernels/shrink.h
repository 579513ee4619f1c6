// Stored images and how an output pixel is made of many of their pixels, for maps along the axes that shrink: a
// triangle filter as wide as an output pixel on either side, first along columns and then along rows, as
// Pillow's and PyTorch's antialiased bilinear.
#pragma once

#include <math.h>

#include "kernels.h"

namespace convoy {
namespace CONVOY_ISA {

/** A stored image, u8 [height, width, channels]. */
struct StoredImage {
  const uint8_t* bytes;
  int height, width, channels;
};

/** What a source adds to the output: its own mean, std and share, added to what is there or stored. */
struct Mixing {
  const float* mean;
  const float* std;
  float weight;
  bool add;

  float scale(int channel) const { return 1 / std[channel] * weight; }
};

/** Whether a point lies in the extent of an image, which reaches half a pixel beyond the outermost centres. */
CONVOY_INLINE bool within(double at, int size) { return at >= -0.5 && at <= size - 0.5; }

/** The pixels [first, last] that a point is the mean of along one axis; none for a point outside. */
struct Taps {
  int first, last;
  float from, slope, inverse;  // of `first` to the point; one over the filter's reach; one over the sum of weights

  float weight(int pixel) const {
    const float distance = from + static_cast<float>(pixel - first);
    const float value = 1 - (distance < 0 ? -distance : distance) * slope;
    return value > 0 ? value : 0;
  }
};

CONVOY_INLINE Taps tapsOf(double at, double scale, int size) {
  if (!within(at, size)) return {0, -1, 0, 0, 0};
  const double reach = scale > 1 ? scale : 1;
  const int first = at - reach <= 0 ? 0 : static_cast<int>(ceil(at - reach));
  const int last = at + reach >= size - 1 ? size - 1 : static_cast<int>(floor(at + reach));
  Taps taps = {first, last, static_cast<float>(first - at), static_cast<float>(1 / reach), 0};
  float sum = 0;
  for (int pixel = first; pixel <= last; pixel++) sum += taps.weight(pixel);
  taps.inverse = 1 / sum;
  return taps;
}

/** Channels, output columns and source columns that are done together. */
constexpr int BLOCK_CHANNELS = 16, BLOCK_COLUMNS = 128, BLOCK_PIXELS = 256;

/** Part of an image's channels and of the output's columns. */
struct ShrinkBlock {
  int channel, channels, column, columns;
};

/** Weighted sum of rows over the columns [begin, end), to [end - begin, block.channels]. */
CONVOY_INLINE void sumRows(const StoredImage& image, const ShrinkBlock& block, const Taps& rows, int begin, int end,
                           float* sums) {
  const bool whole = block.channels == image.channels;
  const int runs = whole ? 1 : end - begin, run = whole ? (end - begin) * block.channels : block.channels;
  for (int i = 0; i < (end - begin) * block.channels; i++) sums[i] = 0;
  for (int row = rows.first; row <= rows.last; row++) {
    const float weight = rows.weight(row) * rows.inverse;
    const uint8_t* from =
        image.bytes + (static_cast<int64_t>(row) * image.width + begin) * image.channels + block.channel;
    for (int at = 0; at < runs; at++, from += image.channels) {
      float* to = sums + at * run;
      for (int i = 0; i < run; i++) to[i] += weight * static_cast<float>(from[i]);
    }
  }
}

/** Adds to one output pixel of each channel what the columns [begin, end) give; CHANNELS is 0 for any number. */
template <int CHANNELS>
void addColumns(const Taps& taps, int begin, int end, const float* sums, int count, float* pixel) {
  const int channels = CHANNELS > 0 ? CHANNELS : count;
  const int first = taps.first > begin ? taps.first : begin, last = taps.last < end - 1 ? taps.last : end - 1;
  for (int column = first; column <= last; column++) {
    const float weight = taps.weight(column) * taps.inverse;
    const float* from = sums + (column - begin) * channels;
    for (int c = 0; c < channels; c++) pixel[c] += weight * from[c];
  }
}

CONVOY_INLINE void addColumns(const Taps& taps, int begin, int end, const float* sums, int channels, float* pixel) {
  switch (channels) {
    case 1: return addColumns<1>(taps, begin, end, sums, channels, pixel);
    case 3: return addColumns<3>(taps, begin, end, sums, channels, pixel);
    default: return addColumns<0>(taps, begin, end, sums, channels, pixel);
  }
}

/** A block of output columns under the map sx = f0 x + f2, sy = f4 y + f5. */
inline void shrinkBlock(const StoredImage& image, const ShrinkBlock& block, const GatherArgs& a, const float* f,
                        const Mixing& mixing, float* out) {
  Taps taps[BLOCK_COLUMNS];
  float sums[BLOCK_PIXELS * BLOCK_CHANNELS], pixels[BLOCK_COLUMNS * BLOCK_CHANNELS];
  int low = image.width, high = -1;
  for (int x = 0; x < block.columns; x++) {
    taps[x] = tapsOf(static_cast<double>(f[0]) * (block.column + x) + f[2], fabs(static_cast<double>(f[0])),
                     image.width);
    if (taps[x].last < taps[x].first) continue;
    low = taps[x].first < low ? taps[x].first : low;
    high = taps[x].last > high ? taps[x].last : high;
  }
  for (int y = 0; y < a.outHeight; y++) {
    for (int i = 0; i < block.columns * block.channels; i++) pixels[i] = 0;
    const Taps rows =
        tapsOf(static_cast<double>(f[4]) * y + f[5], fabs(static_cast<double>(f[4])), image.height);
    for (int begin = low; begin <= high && rows.first <= rows.last; begin += BLOCK_PIXELS) {
      const int end = begin + BLOCK_PIXELS <= high ? begin + BLOCK_PIXELS : high + 1;
      sumRows(image, block, rows, begin, end, sums);
      for (int x = 0; x < block.columns; x++) {
        addColumns(taps[x], begin, end, sums, block.channels, pixels + x * block.channels);
      }
    }
    for (int c = 0; c < block.channels; c++) {
      const int channel = block.channel + c;
      const float mean = mixing.mean[channel], scale = mixing.scale(channel);
      float* row = out + (static_cast<int64_t>(channel) * a.outHeight + y) * a.outWidth + block.column;
      for (int x = 0; x < block.columns; x++) {
        const float value = (pixels[x * block.channels + c] - mean) * scale;
        row[x] = mixing.add ? row[x] + value : value;
      }
    }
  }
}

/** All channels of an image under such a map, to [channels, outHeight, outWidth]. */
inline void shrinkImage(const StoredImage& image, const GatherArgs& a, const float* f, const Mixing& mixing,
                        float* out) {
  for (int channel = 0; channel < image.channels; channel += BLOCK_CHANNELS) {
    for (int column = 0; column < a.outWidth; column += BLOCK_COLUMNS) {
      const int channels = image.channels - channel, columns = a.outWidth - column;
      shrinkBlock(image,
                  {channel, channels < BLOCK_CHANNELS ? channels : BLOCK_CHANNELS, column,
                   columns < BLOCK_COLUMNS ? columns : BLOCK_COLUMNS},
                  a, f, mixing, out);
    }
  }
}

}  // namespace CONVOY_ISA
}  // namespace convoy
