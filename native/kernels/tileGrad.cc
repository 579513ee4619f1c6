// The weight gradient of convolutions of bf16 by tiles: for each tap and input, and each output, the sum over pixels of x
// times dy. Pixels are what is summed over, so rows of tiles run along them: of x transposed, where a tap is no more than
// another first pixel, and of dy in pairs of pixels. Both are placed in rows of the same length, dy with zeros where x has
// its borders, so that an image is one row of pixels.
#include "halves.h"
#include "kernels.h"
#include "parallel.h"
#include "placing.h"
#include "tiles.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

/** Pixels that are summed up before the next tiles of results: as many as the nearest cache holds of both operands. */
constexpr int64_t STRETCH = 10 * TILE_DEPTH;

/** Fewer channels are gone over one by one. */
constexpr int64_t FEW = 8;

/** Tiles of inputs that are gone over together, at least. */
constexpr int64_t WAYS = 16;

/** Two pixels of N channels, number by number. */
CONVOY_INLINE Lanes<16> pairOf(const uint16_t* first, const uint16_t* second) {
  typedef uint32_t Bits __attribute__((vector_size(64)));
  using Halves = typename HalfTypes<16>::Halves;
  const Bits low = __builtin_convertvector(*reinterpret_cast<const Halves*>(first), Bits);
  const Bits high = __builtin_convertvector(*reinterpret_cast<const Halves*>(second), Bits);
  return reinterpret_cast<Lanes<16>>(low | (high << 16));
}

/** Pairs of 16 channels, of which the last may be missing. */
CONVOY_INLINE Lanes<16> pairOf(const uint16_t* first, const uint16_t* second, int64_t channels) {
  if (channels >= TILE_LANES) return pairOf(first, second);
  uint16_t a[TILE_LANES] = {}, b[TILE_LANES] = {};
  __builtin_memcpy(a, first, static_cast<size_t>(channels) * sizeof(uint16_t));
  __builtin_memcpy(b, second, static_cast<size_t>(channels) * sizeof(uint16_t));
  return pairOf(a, b);
}

/** Pixels [pixels][channels] as rows of channels; pixels are a multiple of 32. */
void toRows(const uint16_t* from, int64_t pixels, int64_t channels, int64_t pitch, uint16_t* to) {
  if (channels < FEW) {
    for (int64_t c = 0; c < channels; c++) {
      for (int64_t p = 0; p < pixels; p++) to[c * pitch + p] = from[p * channels + c];
    }
    return;
  }
  for (int64_t c = 0; c < channels; c += TILE_LANES) {
    const int64_t left = channels - c;
    for (int64_t p = 0; p < pixels; p += TILE_DEPTH) {
      Lanes<16> rows[TILE_ROWS];
      for (int64_t k = 0; k < TILE_ROWS; k++) {
        const uint16_t* at = from + (p + 2 * k) * channels + c;
        rows[k] = pairOf(at, at + channels, left);
      }
      transpose<16>(rows);
      for (int64_t k = 0; k < TILE_ROWS; k++) {
        store<16>(reinterpret_cast<float*>(to + (c + k) * pitch + p), rows[k]);
      }
    }
  }
}

/** Pixels [pixels][channels] as pairs, [pixels / 2][channels rounded up][2]. */
void toPairs(const uint16_t* from, int64_t pixels, int64_t channels, uint16_t* to) {
  const int64_t across = tilesOf(channels, TILE_LANES) * TILE_LANES;
  for (int64_t p = 0; p < pixels; p += 2) {
    for (int64_t c = 0; c < channels; c += TILE_LANES) {
      const uint16_t* at = from + p * channels + c;
      store<16>(reinterpret_cast<float*>(to + p * across + 2 * c), pairOf(at, at + channels, channels - c));
    }
  }
}

/** Where operands of up to two tiles begin, and where their sums lie, those of the next block of outputs `next` further. */
struct Patch {
  const uint16_t* x[2];
  const uint16_t* dy;
  float* sums[2];
  int64_t next;
};

/** M tiles of inputs by N of outputs: what some pixels add to their sums. */
template <int M, int N>
CONVOY_INLINE void sumTiles(Tiles& tiles, const Patch& p, int64_t begin, int64_t end, int64_t pitch, int64_t across,
                            bool opens) {
  constexpr int64_t row = TILE_LANES * sizeof(float);
  if (opens) {
    tiles.zero<0>();
    if constexpr (N > 1) tiles.zero<1>();
    if constexpr (M > 1) tiles.zero<2>();
    if constexpr (M > 1 && N > 1) tiles.zero<3>();
  } else {
    tiles.load<0>(p.sums[0], row);
    if constexpr (N > 1) tiles.load<1>(p.sums[0] + p.next, row);
    if constexpr (M > 1) tiles.load<2>(p.sums[1], row);
    if constexpr (M > 1 && N > 1) tiles.load<3>(p.sums[1] + p.next, row);
  }
  for (int64_t k = begin; k < end; k += TILE_DEPTH) {
    const uint16_t* dy = p.dy + k * across;
    tiles.load<4>(p.x[0] + k, pitch * 2);
    tiles.load<6>(dy, across * 4);
    tiles.multiply<0, 4, 6>();
    if constexpr (N > 1) {
      tiles.load<7>(dy + 2 * TILE_LANES, across * 4);
      tiles.multiply<1, 4, 7>();
    }
    if constexpr (M > 1) {
      tiles.load<5>(p.x[1] + k, pitch * 2);
      tiles.multiply<2, 5, 6>();
      if constexpr (N > 1) tiles.multiply<3, 5, 7>();
    }
  }
  tiles.store<0>(p.sums[0], row);
  if constexpr (N > 1) tiles.store<1>(p.sums[0] + p.next, row);
  if constexpr (M > 1) tiles.store<2>(p.sums[1], row);
  if constexpr (M > 1 && N > 1) tiles.store<3>(p.sums[1] + p.next, row);
}

/** The first pixel of a tap in transposed images, which go phase by phase, all images of a phase together. */
CONVOY_INLINE int64_t tapStart(const TileGradArgs& a, int64_t ky, int64_t kx, int64_t channels) {
  const int64_t s = a.x.phases, phase = ky % s * s + kx % s;
  return phase * channels * a.pitch + ky / s * a.x.pitch + kx / s;
}

/** Sums of two blocks of outputs with all inputs. */
void sumOutputs(Tiles& tiles, const TileGradArgs& a, int64_t pixels, int64_t block, bool opens) {
  const int64_t inputs = tilesOf(a.in.channels, TILE_ROWS) * TILE_ROWS, ways = a.rows * a.taps * inputs / TILE_ROWS;
  const int64_t blocks = tilesOf(a.out.channels, TILE_LANES), across = blocks * TILE_LANES;
  const bool pair = block + 1 < blocks;
  // Tiles of inputs in the order of the taps, so that those next to each other read the same pixels.
  const int64_t area = a.rows * a.taps;
  const auto fill = [&](Patch& p, int m, int64_t way) {
    const int64_t tap = way % area, c = way / area * TILE_ROWS;
    p.x[m] = a.xs + tapStart(a, tap / a.taps, tap % a.taps, inputs) + c * a.pitch;
    p.sums[m] = a.sums + block * p.next + (c / TILE_ROWS * area + tap) * TILE_ROWS * TILE_LANES;
  };
  const auto sumStretch = [&](int64_t firstWay, int64_t lastWay, int64_t begin) {
    const int64_t end = begin + STRETCH < pixels ? begin + STRETCH : pixels;
    const bool first = opens && begin == 0;
    for (int64_t way = firstWay; way < lastWay; way += 2) {
      Patch p;
      p.dy = a.dys + block * 2 * TILE_LANES;
      p.next = inputs * area * TILE_LANES;
      fill(p, 0, way);
      if (way + 1 < lastWay) {
        fill(p, 1, way + 1);
        pair ? sumTiles<2, 2>(tiles, p, begin, end, a.pitch, across, first)
             : sumTiles<2, 1>(tiles, p, begin, end, a.pitch, across, first);
      } else {
        pair ? sumTiles<1, 2>(tiles, p, begin, end, a.pitch, across, first)
             : sumTiles<1, 1>(tiles, p, begin, end, a.pitch, across, first);
      }
    }
  };
  // Of two tiles of inputs at a time, so that their sums stay near.
  const int64_t turn = area < WAYS ? tilesOf(WAYS, area) * area : 2 * area;
  for (int64_t way = 0; way < ways; way += turn) {
    const int64_t last = way + turn < ways ? way + turn : ways;
    for (int64_t begin = 0; begin < pixels; begin += STRETCH) sumStretch(way, last, begin);
  }
}

/** What some pixels of a block of outputs add to the bias's gradient. */
void sumBias(const TileGradArgs& a, int64_t pixels, int64_t block, bool opens) {
  const int64_t across = tilesOf(a.out.channels, TILE_LANES) * TILE_LANES;
  float* sums = a.sums + tileSums(a.out.channels, a.in.channels, a.rows * a.taps) - across + block * TILE_LANES;
  Lanes<16> total = {};
  if (!opens) total = load<16>(sums);
  for (int64_t p = 0; p < pixels; p += 2) {
    const uint16_t* at = a.dys + p * across + block * 2 * TILE_LANES;
    typedef uint32_t Bits __attribute__((vector_size(64)));
    const Bits pair = reinterpret_cast<Bits>(load<16>(reinterpret_cast<const float*>(at)));
    total += reinterpret_cast<Lanes<16>>(pair << 16) + reinterpret_cast<Lanes<16>>(pair & 0xffff0000u);
  }
  store<16>(sums, total);
}

void sumBlock(Tiles& tiles, const TileGradArgs& a, int64_t pixels, int64_t block, bool opens) {
  sumOutputs(tiles, a, pixels, block, opens);
  if (!a.bias) return;
  sumBias(a, pixels, block, opens);
  if (block + 1 < tilesOf(a.out.channels, TILE_LANES)) sumBias(a, pixels, block + 1, opens);
}

CONVOY_INLINE int64_t rounded(int64_t pixels) { return tilesOf(pixels, TILE_DEPTH) * TILE_DEPTH; }

/** Places some images of x and writes their channels as rows, from a column on. */
void placeRows(const TileGradArgs& a, const uint16_t* x, int64_t count, uint16_t* room, uint16_t* to) {
  const int64_t channels = a.in.channels, size = a.in.plane() * a.in.blocks();
  const int64_t phases = a.x.phases * a.x.phases, inputs = tilesOf(channels, TILE_ROWS) * TILE_ROWS;
  const int64_t all = rounded(count * a.each);
  // Phase by phase, so that the images of one lie one behind the other.
  for (int64_t phase = 0; phase < phases; phase++) {
    __builtin_memset(room, 0, static_cast<size_t>(all * channels) * sizeof(uint16_t));
    for (int64_t n = 0; n < count; n++) {
      uint16_t* image = room + n * a.each * channels;
      for (int64_t y = 0; y < a.in.height; y++) {
        const int64_t row = a.x.top + y;
        if (row % a.x.phases != phase / a.x.phases || row / a.x.phases >= a.x.rows) continue;
        const uint16_t* from = x + n * size + y * a.in.width * channels;
        uint16_t* line = image + row / a.x.phases * a.x.pitch * channels;
        if (a.x.phases == 1) {
          copyRow(from, a.in.width, channels, 1, line + a.x.left * channels);
          continue;
        }
        for (int64_t c = 0; c < a.in.width; c++) {
          const int64_t column = a.x.left + c;
          if (column % a.x.phases != phase % a.x.phases) continue;
          copyRow(from + c * channels, 1, channels, 1, line + column / a.x.phases * channels);
        }
      }
    }
    toRows(room, all, channels, a.pitch, to + phase * inputs * a.pitch);
  }
}

void placePairs(const TileGradArgs& a, const uint16_t* dy, int64_t count, uint16_t* room, uint16_t* to) {
  const int64_t channels = a.out.channels, size = a.out.plane() * a.out.blocks(), all = rounded(count * a.each);
  __builtin_memset(room, 0, static_cast<size_t>(all * channels) * sizeof(uint16_t));
  for (int64_t n = 0; n < count; n++) place(a.dy, dy + n * size, room + n * a.each * channels);
  toPairs(room, all, channels, to);
}

}  // namespace

void tileGradSums(const TileGradArgs& a) {
  const int64_t inputs = tilesOf(a.in.channels, TILE_ROWS) * TILE_ROWS, phases = a.x.phases * a.x.phases;
  const int64_t outputs = tilesOf(a.out.channels, TILE_LANES) * TILE_LANES, most = rounded(a.together * a.each);
  uint16_t* rows = reinterpret_cast<uint16_t*>(a.room);
  uint16_t* pairs = rows + phases * inputs * a.pitch;
  uint16_t* placed = pairs + most * outputs;
  TileGradArgs own = a;
  own.xs = rows;
  own.dys = pairs;
  Tiles tiles;
  // What lies behind the pixels is read beside zeros of dy.
  for (int64_t row = 0; row < phases * inputs; row++) {
    __builtin_memset(rows + row * a.pitch, 0, static_cast<size_t>(a.pitch) * sizeof(uint16_t));
  }
  for (int64_t first = 0; first < a.in.count; first += a.together) {
    const int64_t count = first + a.together < a.in.count ? a.together : a.in.count - first;
    placeRows(a, a.xs + first * a.in.plane() * a.in.blocks(), count, placed, rows);
    placePairs(a, a.dys + first * a.out.plane() * a.out.blocks(), count, placed, pairs);
    const int64_t pixels = rounded(count * a.each), blocks = outputs / TILE_LANES;
    for (int64_t block = 0; block < blocks; block += 2) {
      sumBlock(tiles, own, pixels, block, a.opens && first == 0);
    }
  }
}

/** Groups of images whose pixels are whole tiles. */
void tileGradRows(const TileGradArgs& a, uint16_t* rows) {
  const int64_t inputs = tilesOf(a.in.channels, TILE_ROWS) * TILE_ROWS, phases = a.x.phases * a.x.phases;
  const int64_t most = rounded(a.together * a.each), end = rounded(a.in.count * a.each);
  const RoomOf room(a.room, most * a.in.channels * 2);
  shareEach(tilesOf(a.in.count, a.together), true, [&](int64_t group) {
    const int64_t first = group * a.together;
    const int64_t count = first + a.together < a.in.count ? a.together : a.in.count - first;
    placeRows(a, a.xs + first * a.in.plane() * a.in.blocks(), count, room.of<uint16_t>(), rows + first * a.each);
    if (first > 0) return;
    // What lies behind the pixels is read beside zeros of dy.
    for (int64_t row = 0; row < phases * inputs; row++) {
      __builtin_memset(rows + row * a.pitch + end, 0, static_cast<size_t>(a.pitch - end) * sizeof(uint16_t));
    }
  });
}

void tileGradPairs(const TileGradArgs& a, uint16_t* pairs) {
  const int64_t across = tilesOf(a.out.channels, TILE_LANES) * TILE_LANES;
  const RoomOf room(a.room, rounded(a.together * a.each) * a.out.channels * 2);
  shareEach(tilesOf(a.in.count, a.together), true, [&](int64_t group) {
    const int64_t first = group * a.together;
    const int64_t count = first + a.together < a.in.count ? a.together : a.in.count - first;
    placePairs(a, a.dys + first * a.out.plane() * a.out.blocks(), count, room.of<uint16_t>(),
               pairs + first * a.each * across);
  });
}

void tileGrad(const TileGradArgs& a) {
  const int64_t blocks = tilesOf(a.out.channels, TILE_LANES), pixels = rounded(a.in.count * a.each);
  share(tilesOf(blocks, 2), true, [&](int64_t begin, int64_t end) {
    Tiles tiles;
    for (int64_t pair = begin; pair < end; pair++) sumBlock(tiles, a, pixels, 2 * pair, true);
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
