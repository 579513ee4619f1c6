// Operations on the bytes of stored images before they are gathered, as src/engine/pixels.ts names them and Pillow's
// ImageOps, ImageEnhance and Image.transform do them, to the byte. The file is compiled without fused multiply-add,
// which would round otherwise.
#include <math.h>

#include "kernels.h"
#include "parallel.h"
#include "shrink.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

/** Fewer bytes than this are changed in the time that waking threads takes. */
constexpr int64_t SERIAL = 1 << 15;
constexpr int BYTES = 256;

int64_t lengthOf(const StoredImage& image) {
  return static_cast<int64_t>(image.height) * image.width * image.channels;
}

CONVOY_INLINE int clampByte(double value) { return value <= 0 ? 0 : value >= 255 ? 255 : static_cast<int>(value); }

/** From `other` to `byte` and beyond. */
CONVOY_INLINE uint8_t blendBytes(int other, int byte, float factor) {
  const float value = static_cast<float>(other) + factor * static_cast<float>(byte - other);
  const float above = value > 0 ? value : 0;
  return static_cast<uint8_t>(static_cast<int>(above < 255 ? above : 255));
}

/** How often each byte of a channel occurs. */
struct Histogram {
  uint32_t counts[BYTES];

  uint32_t operator[](int byte) const { return counts[byte]; }
  int least() const {
    int byte = 0;
    while (byte < BYTES - 1 && counts[byte] == 0) byte++;
    return byte;
  }
  int most() const {
    int byte = BYTES - 1;
    while (byte > 0 && counts[byte] == 0) byte--;
    return byte;
  }
};

/** Channels whose tables are used in one pass. */
constexpr int TOGETHER = 3;

/** Every byte of CHANNELS channels from `first` on becomes what a table of its channel says: fill(table, histogram). */
template <int CHANNELS, class Fill>
void byTables(const StoredImage& image, int first, uint8_t* to, const Fill& fill) {
  Histogram histograms[CHANNELS] = {};
  uint8_t tables[CHANNELS][BYTES];
  const int64_t length = lengthOf(image), step = image.channels;
  for (int64_t at = first; at < length; at += step) {
    for (int c = 0; c < CHANNELS; c++) histograms[c].counts[image.bytes[at + c]]++;
  }
  for (int c = 0; c < CHANNELS; c++) {
    for (int byte = 0; byte < BYTES; byte++) tables[c][byte] = static_cast<uint8_t>(byte);
    fill(tables[c], histograms[c]);
  }
  for (int64_t at = first; at < length; at += step) {
    for (int c = 0; c < CHANNELS; c++) to[at + c] = tables[c][image.bytes[at + c]];
  }
}

template <class Fill>
void byChannel(const StoredImage& image, uint8_t* to, const Fill& fill) {
  int channel = 0;
  for (; channel + TOGETHER <= image.channels; channel += TOGETHER) byTables<TOGETHER>(image, channel, to, fill);
  for (; channel < image.channels; channel++) byTables<1>(image, channel, to, fill);
}

/** Every byte becomes change(byte). */
template <class Change>
void eachByte(const StoredImage& image, uint8_t* __restrict to, const Change& change) {
  const int64_t length = lengthOf(image);
  const uint8_t* __restrict from = image.bytes;
  for (int64_t at = 0; at < length; at++) to[at] = static_cast<uint8_t>(change(from[at]));
}

/** Away from one byte by a factor. */
void awayFrom(const StoredImage& image, int other, float factor, uint8_t* to) {
  eachByte(image, to, [=](uint8_t byte) { return blendBytes(other, byte, factor); });
}

CONVOY_INLINE int lumaOf(const uint8_t* pixel) {
  return (pixel[0] * 19595 + pixel[1] * 38470 + pixel[2] * 7471 + 0x8000) >> 16;
}

/** Steps of a pixel that a map is rounded to, as a power of two. */
constexpr int FIXED = 16;

int64_t fixed(double value) { return static_cast<int64_t>(floor(value * (1 << FIXED) + 0.5)); }

/** The part [begin, end) of a row in which `at + slope * x` lies within a side of the image. */
struct Span {
  int64_t begin, end;

  void within(int64_t at, int64_t slope, int64_t side) {
    const int64_t most = (side << FIXED) - 1;
    if (slope < 0) return within(most - at, -slope, side);
    if (slope == 0) {
      if (at < 0 || at > most) end = begin;
      return;
    }
    const int64_t first = at >= 0 ? 0 : (-at + slope - 1) / slope, last = most < at ? -1 : (most - at) / slope;
    begin = first < begin ? begin : first < end ? first : end;
    end = last + 1 > end ? end : last + 1 > begin ? last + 1 : begin;
  }
};

template <int CHANNELS>
void mapPixels(const StoredImage& image, const double* map, uint8_t* to) {
  const int64_t channels = CHANNELS > 0 ? CHANNELS : image.channels, line = image.width * channels;
  const int64_t a = fixed(map[0]), b = fixed(map[1]), c = fixed(map[2] + 0.5);
  const int64_t d = fixed(map[3]), e = fixed(map[4]), f = fixed(map[5] + 0.5);
  const bool copies = a == 1 << FIXED && d == 0;
  for (int64_t y = 0; y < image.height; y++, to += line) {
    const int64_t sx = b * y + c, sy = e * y + f;
    Span span = {0, image.width};
    span.within(sx, a, image.width);
    span.within(sy, d, image.height);
    __builtin_memset(to, 0, static_cast<size_t>(span.begin * channels));
    __builtin_memset(to + span.end * channels, 0, static_cast<size_t>((image.width - span.end) * channels));
    const auto place = [&](int64_t x) {
      return image.bytes + ((sy + d * x) >> FIXED) * line + ((sx + a * x) >> FIXED) * channels;
    };
    if (span.begin == span.end) continue;
    if (copies) {
      __builtin_memcpy(to + span.begin * channels, place(span.begin),
                       static_cast<size_t>((span.end - span.begin) * channels));
      continue;
    }
    for (int64_t x = span.begin; x < span.end; x++) {
      const uint8_t* from = place(x);
      for (int64_t channel = 0; channel < channels; channel++) to[x * channels + channel] = from[channel];
    }
  }
}

void affine(const StoredImage& image, const double* map, uint8_t* to) {
  switch (image.channels) {
    case 1: return mapPixels<1>(image, map, to);
    case 3: return mapPixels<3>(image, map, to);
    default: return mapPixels<0>(image, map, to);
  }
}

void autoContrast(const StoredImage& image, const double*, uint8_t* to) {
  byChannel(image, to, [](uint8_t* table, const Histogram& counts) {
    const int least = counts.least(), most = counts.most();
    if (most <= least) return;
    const double scale = 255.0 / (most - least), offset = -least * scale;
    for (int byte = 0; byte < BYTES; byte++) table[byte] = static_cast<uint8_t>(clampByte(byte * scale + offset));
  });
}

void equalise(const StoredImage& image, const double*, uint8_t* to) {
  byChannel(image, to, [&](uint8_t* table, const Histogram& counts) {
    const int64_t pixels = lengthOf(image) / image.channels;
    const int64_t step = (pixels - counts[counts.most()]) / (BYTES - 1);
    if (step == 0) return;
    int64_t sum = step / 2;
    for (int byte = 0; byte < BYTES; byte++) {
      const int64_t level = sum / step;
      table[byte] = static_cast<uint8_t>(level < BYTES ? level : BYTES - 1);
      sum += counts[byte];
    }
  });
}

void invert(const StoredImage& image, const double*, uint8_t* to) {
  eachByte(image, to, [](uint8_t byte) { return 255 - byte; });
}

void solarise(const StoredImage& image, const double* threshold, uint8_t* to) {
  const double from = ceil(threshold[0]);
  const int first = from <= 0 ? 0 : from >= BYTES ? BYTES : static_cast<int>(from);
  eachByte(image, to, [=](uint8_t byte) { return byte < first ? byte : 255 - byte; });
}

void posterise(const StoredImage& image, const double* bits, uint8_t* to) {
  const int kept = bits[0] >= 8 ? 8 : clampByte(bits[0]);
  const int mask = 0xff & (0xff << (8 - kept));
  eachByte(image, to, [=](uint8_t byte) { return byte & mask; });
}

void contrast(const StoredImage& image, const double* factor, uint8_t* to) {
  const int64_t step = image.channels == 3 ? 3 : 1, length = lengthOf(image);
  int64_t sum = 0;
  for (int64_t at = 0; at < length; at += step) sum += step == 3 ? lumaOf(image.bytes + at) : image.bytes[at];
  const double mean = static_cast<double>(sum) / static_cast<double>(length / step);
  awayFrom(image, static_cast<int>(mean + 0.5), static_cast<float>(factor[0]), to);
}

void colour(const StoredImage& image, const double* argument, uint8_t* to) {
  const int64_t length = lengthOf(image);
  if (image.channels != 3) {
    __builtin_memcpy(to, image.bytes, static_cast<size_t>(length));
    return;
  }
  const float factor = static_cast<float>(argument[0]);
  constexpr int64_t BLOCK = 3 * 64;
  for (int64_t begin = 0; begin < length; begin += BLOCK) {
    const int64_t count = length - begin < BLOCK ? length - begin : BLOCK;
    const uint8_t* __restrict from = image.bytes + begin;
    uint8_t* __restrict made = to + begin;
    uint8_t lumas[BLOCK];
    for (int64_t at = 0; at < count; at += 3) {
      lumas[at] = lumas[at + 1] = lumas[at + 2] = static_cast<uint8_t>(lumaOf(from + at));
    }
    for (int64_t at = 0; at < count; at++) made[at] = blendBytes(lumas[at], from[at], factor);
  }
}

void brightness(const StoredImage& image, const double* factor, uint8_t* to) {
  awayFrom(image, 0, static_cast<float>(factor[0]), to);
}

void sharpness(const StoredImage& image, const double* argument, uint8_t* to) {
  const int64_t step = image.channels, line = image.width * step;
  const float factor = static_cast<float>(argument[0]);
  __builtin_memcpy(to, image.bytes, static_cast<size_t>(lengthOf(image)));
  for (int64_t y = 1; y < image.height - 1; y++) {
    const uint8_t *own = image.bytes + y * line, *above = own - line, *below = own + line;
    uint8_t* __restrict made = to + y * line;
    for (int64_t at = step; at < line - step; at++) {
      const int sum = above[at - step] + above[at] + above[at + step] + own[at - step] + 5 * own[at] + own[at + step] +
                      below[at - step] + below[at] + below[at + step];
      made[at] = blendBytes((2 * sum + 13) / 26, own[at], factor);
    }
  }
}

void cutout(const StoredImage& image, const double* box, uint8_t* to) {
  __builtin_memcpy(to, image.bytes, static_cast<size_t>(lengthOf(image)));
  const auto bound = [](double at, int size) {
    return at <= 0 ? int64_t{0} : at >= size ? int64_t{size} : static_cast<int64_t>(ceil(at));
  };
  const int64_t left = bound(box[0], image.width), right = bound(box[2], image.width);
  const int64_t top = bound(box[1], image.height), bottom = bound(box[3], image.height);
  if (left >= right) return;
  for (int64_t y = top; y < bottom; y++) {
    uint8_t* row = to + (y * image.width + left) * image.channels;
    __builtin_memset(row, clampByte(box[4]), static_cast<size_t>((right - left) * image.channels));
  }
}

using Operation = void (*)(const StoredImage&, const double* arguments, uint8_t* to);

/** By their numbers: the order of `pixelOperations` in src/engine/pixels.ts. */
constexpr Operation OPERATIONS[] = {affine,   autoContrast, equalise,   invert,    solarise, posterise,
                                    contrast, colour,       brightness, sharpness, cutout};
static_assert(sizeof OPERATIONS / sizeof *OPERATIONS == LAYER_STEP, "layers come behind them");

/** Does all operations of a source; `spare` has room for its bytes, `sums` for as many numbers. */
void changeImage(const StoredImage& stored, const PixelStep* step, const PixelStep* end, uint8_t* to, uint8_t* spare,
                 float* sums) {
  const int64_t length = lengthOf(stored);
  bool layered = false;
  StoredImage image = stored;
  for (; step != end; step++) {
    if (step->operation != LAYER_STEP) {
      uint8_t* made = image.bytes == to ? spare : to;
      OPERATIONS[step->operation](image, step->arguments, made);
      image.bytes = made;
      continue;
    }
    const float share = static_cast<float>(step->arguments[0]);
    for (int64_t at = 0; at < length; at++) {
      sums[at] = (layered ? sums[at] : 0) + share * static_cast<float>(image.bytes[at]);
    }
    layered = true;
    image.bytes = stored.bytes;
  }
  if (layered) {
    for (int64_t at = 0; at < length; at++) to[at] = static_cast<uint8_t>(clampByte(static_cast<double>(sums[at]) + 0.5));
  } else if (image.bytes != to) {
    __builtin_memcpy(to, image.bytes, static_cast<size_t>(length));
  }
}

}  // namespace

void pixels(const PixelsArgs& a) {
  const RoomOf room(a.room, a.roomBytes);
  shareEach(a.count, a.bytes >= SERIAL, [&](int64_t n) {
    const GatherSource& source = a.sources[n];
    if (source.at < 0) return;
    const StoredImage stored = {a.images + source.at, source.height, source.width, a.channels};
    float* sums = room.of<float>();
    uint8_t* spare = reinterpret_cast<uint8_t*>(sums + a.layerNumbers);
    changeImage(stored, a.steps + a.first[n], a.steps + a.first[n + 1], a.out + a.places[n], spare, sums);
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
