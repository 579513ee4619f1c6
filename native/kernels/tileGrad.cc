// The weight gradient of convolutions of bf16 by tiles: for each output, and each tap and input, the sum over pixels of dy
// times x. Pixels are what is summed over: dy is transposed, so that rows of its tiles run along pixels, and x lies in pairs
// of pixels, where a tap is no more than another first row. For taps an odd number of pixels away x is there once more, in
// pairs that begin a pixel later, so that no row of a tile crosses a line of the cache. Both are placed in rows of the same
// length, dy with zeros where x has its borders, so that an image is one row of pixels.
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

/** Pixels [pixels][channels] as pairs, [channels / 16][pixels / 2][16][2], a block of channels `plane` behind the last one. */
void toPairs(const uint16_t* from, int64_t pixels, int64_t channels, int64_t plane, uint16_t* to) {
  for (int64_t p = 0; p < pixels; p += 2) {
    for (int64_t c = 0; c < channels; c += TILE_LANES) {
      const uint16_t* at = from + p * channels + c;
      uint16_t* pairs = to + c / TILE_LANES * plane + p * TILE_LANES;
      store<16>(reinterpret_cast<float*>(pairs), pairOf(at, at + channels, channels - c));
    }
  }
}

/** Where up to two tiles of outputs, and of inputs of a tap each, begin, and where their sums lie. */
struct Patch {
  const uint16_t* dy[2];
  const uint16_t* x[2];
  float* sums[2][2];  // of outputs with inputs
};

/** M tiles of outputs by N of inputs: what some pixels add to their sums. */
template <int M, int N>
CONVOY_INLINE void sumTiles(Tiles& tiles, const Patch& p, int64_t begin, int64_t end, int64_t pitch, bool opens) {
  constexpr int64_t row = TILE_LANES * sizeof(float);
  if (opens) {
    tiles.zero<0>();
    if constexpr (N > 1) tiles.zero<1>();
    if constexpr (M > 1) tiles.zero<2>();
    if constexpr (M > 1 && N > 1) tiles.zero<3>();
  } else {
    tiles.load<0>(p.sums[0][0], row);
    if constexpr (N > 1) tiles.load<1>(p.sums[0][1], row);
    if constexpr (M > 1) tiles.load<2>(p.sums[1][0], row);
    if constexpr (M > 1 && N > 1) tiles.load<3>(p.sums[1][1], row);
  }
  for (int64_t k = begin; k < end; k += TILE_DEPTH) {
    tiles.load<4>(p.dy[0] + k, pitch * 2);
    tiles.load<6>(p.x[0] + k * TILE_LANES, row);
    tiles.multiply<0, 4, 6>();
    if constexpr (N > 1) {
      tiles.load<7>(p.x[1] + k * TILE_LANES, row);
      tiles.multiply<1, 4, 7>();
    }
    if constexpr (M > 1) {
      tiles.load<5>(p.dy[1] + k, pitch * 2);
      tiles.multiply<2, 5, 6>();
      if constexpr (N > 1) tiles.multiply<3, 5, 7>();
    }
  }
  tiles.store<0>(p.sums[0][0], row);
  if constexpr (N > 1) tiles.store<1>(p.sums[0][1], row);
  if constexpr (M > 1) tiles.store<2>(p.sums[1][0], row);
  if constexpr (M > 1 && N > 1) tiles.store<3>(p.sums[1][1], row);
}

CONVOY_INLINE int64_t waysOf(const TileGradArgs& a) { return tileGradWays(a.rows * a.taps); }

/** Numbers of all phases of x in pairs that begin with an even pixel, or with an odd one. */
CONVOY_INLINE int64_t pairsOf(const TileGradArgs& a) {
  return a.x.phases * a.x.phases * tilesOf(a.in.channels, TILE_LANES) * TILE_LANES * a.pitch;
}

/** The first pair of a tap, of a block of inputs. */
CONVOY_INLINE const uint16_t* tapStart(const TileGradArgs& a, int64_t tap, int64_t block) {
  const int64_t s = a.x.phases, ky = tap / a.taps, kx = tap % a.taps;
  const int64_t phase = ky % s * s + kx % s, pixel = ky / s * a.x.pitch + kx / s;
  const int64_t plane = phase * tilesOf(a.in.channels, TILE_LANES) + block;
  return a.xs + pixel % 2 * pairsOf(a) + (plane * a.pitch + pixel / 2 * 2) * TILE_LANES;
}

/** Sums of two blocks of outputs with all inputs. */
void sumOutputs(Tiles& tiles, const TileGradArgs& a, int64_t pixels, int64_t block, bool opens) {
  const int64_t area = a.rows * a.taps, ways = area * tilesOf(a.in.channels, TILE_LANES);
  const bool pair = block + 1 < tilesOf(a.out.channels, TILE_ROWS);
  Patch p;
  for (int m = 0; m < 2; m++) p.dy[m] = a.dys + (block + m) * TILE_ROWS * a.pitch;
  // Tiles of inputs in the order of the taps, so that those next to each other read the same pixels.
  const auto fill = [&](int n, int64_t way) {
    p.x[n] = tapStart(a, way % area, way / area);
    for (int m = 0; m < 2; m++) p.sums[m][n] = a.sums + ((block + m) * ways + way) * TILE_ROWS * TILE_LANES;
  };
  const auto sumStretch = [&](int64_t firstWay, int64_t lastWay, int64_t begin) {
    const int64_t end = begin + STRETCH < pixels ? begin + STRETCH : pixels;
    const bool first = opens && begin == 0;
    for (int64_t way = firstWay; way < lastWay; way += 2) {
      fill(0, way);
      if (way + 1 < lastWay) {
        fill(1, way + 1);
        pair ? sumTiles<2, 2>(tiles, p, begin, end, a.pitch, first)
             : sumTiles<1, 2>(tiles, p, begin, end, a.pitch, first);
      } else {
        pair ? sumTiles<2, 1>(tiles, p, begin, end, a.pitch, first)
             : sumTiles<1, 1>(tiles, p, begin, end, a.pitch, first);
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
  float* sums = a.sums + tileSums(a.out.channels, a.in.channels, a.rows * a.taps) - across;
  for (int64_t o = block * TILE_ROWS; o < (block + 1) * TILE_ROWS; o++) {
    Lanes<16> sum = {};
    for (int64_t p = 0; p < pixels; p += TILE_LANES) sum += loadHalves<16>(a.dys + o * a.pitch + p);
    sums[o] = total(sum) + (opens ? 0 : sums[o]);
  }
}

void sumBlock(Tiles& tiles, const TileGradArgs& a, int64_t pixels, int64_t block, bool opens) {
  sumOutputs(tiles, a, pixels, block, opens);
  if (!a.bias) return;
  sumBias(a, pixels, block, opens);
  if (block + 1 < tilesOf(a.out.channels, TILE_LANES)) sumBias(a, pixels, block + 1, opens);
}

CONVOY_INLINE int64_t rounded(int64_t pixels) { return tilesOf(pixels, TILE_DEPTH) * TILE_DEPTH; }

/** Whether images lie as they are placed, and are whole tiles of pixels. */
CONVOY_INLINE bool placedAlready(const TileGradArgs& a, const Placing& placing, int64_t count) {
  return placing.plain() && a.each == placing.pixels() && rounded(count * a.each) == count * a.each;
}

/** Places some images of x and writes them in pairs, all ways, from a pixel on. */
void placePairs(const TileGradArgs& a, const uint16_t* x, int64_t count, uint16_t* room, uint16_t* to) {
  const int64_t channels = a.in.channels, size = a.in.plane() * a.in.blocks(), plane = a.pitch * TILE_LANES;
  const int64_t phases = a.x.phases * a.x.phases, all = rounded(count * a.each);
  if (waysOf(a) == 1 && placedAlready(a, a.x, count)) return toPairs(x, all, channels, plane, to);
  // Phase by phase, so that the images of one lie one behind the other.
  for (int64_t phase = 0; phase < phases; phase++) {
    // The pixel behind the last one is only read beside zeros of dy.
    __builtin_memset(room, 0, static_cast<size_t>((all + 1) * channels) * sizeof(uint16_t));
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
    uint16_t* pairs = to + phase * tilesOf(channels, TILE_LANES) * plane;
    toPairs(room, all, channels, plane, pairs);
    if (waysOf(a) > 1) toPairs(room + channels, all, channels, plane, pairs + pairsOf(a));
  }
}

/** What lies in all planes of pairs from a pixel on, which is read beside zeros of dy. */
void clearPairs(const TileGradArgs& a, uint16_t* pairs, int64_t from) {
  const int64_t plane = a.pitch * TILE_LANES;
  for (int64_t at = 0; at < waysOf(a) * pairsOf(a); at += plane) {
    __builtin_memset(pairs + at + from * TILE_LANES, 0,
                     static_cast<size_t>((a.pitch - from) * TILE_LANES) * sizeof(uint16_t));
  }
}

/** Places some images of dy and writes their channels as rows, from a column on. */
void placeRows(const TileGradArgs& a, const uint16_t* dy, int64_t count, uint16_t* room, uint16_t* to) {
  const int64_t channels = a.out.channels, size = a.out.plane() * a.out.blocks(), all = rounded(count * a.each);
  if (placedAlready(a, a.dy, count)) return toRows(dy, all, channels, a.pitch, to);
  __builtin_memset(room, 0, static_cast<size_t>(all * channels) * sizeof(uint16_t));
  for (int64_t n = 0; n < count; n++) place(a.dy, dy + n * size, room + n * a.each * channels);
  toRows(room, all, channels, a.pitch, to);
}

}  // namespace

void tileGradSums(const TileGradArgs& a) {
  const int64_t outputs = tilesOf(a.out.channels, TILE_ROWS) * TILE_ROWS;
  uint16_t* pairs = reinterpret_cast<uint16_t*>(a.room);
  uint16_t* rows = pairs + waysOf(a) * pairsOf(a);
  uint16_t* placed = rows + outputs * a.pitch;
  TileGradArgs own = a;
  own.xs = pairs;
  own.dys = rows;
  Tiles tiles;
  clearPairs(a, pairs, rounded((a.in.count < a.together ? a.in.count : a.together) * a.each));
  for (int64_t first = 0; first < a.in.count; first += a.together) {
    const int64_t count = first + a.together < a.in.count ? a.together : a.in.count - first;
    placePairs(a, a.xs + first * a.in.plane() * a.in.blocks(), count, placed, pairs);
    placeRows(a, a.dys + first * a.out.plane() * a.out.blocks(), count, placed, rows);
    const int64_t pixels = rounded(count * a.each), blocks = outputs / TILE_ROWS;
    for (int64_t block = 0; block < blocks; block += 2) {
      sumBlock(tiles, own, pixels, block, a.opens && first == 0);
    }
  }
}

/** Groups of images whose pixels are whole tiles. */
void tileGradPairs(const TileGradArgs& a, uint16_t* pairs) {
  const RoomOf room(a.room, (rounded(a.together * a.each) + 1) * a.in.channels * 2);
  shareEach(tilesOf(a.in.count, a.together), true, [&](int64_t group) {
    const int64_t first = group * a.together;
    const int64_t count = first + a.together < a.in.count ? a.together : a.in.count - first;
    if (first == 0) clearPairs(a, pairs, rounded(a.in.count * a.each));
    placePairs(a, a.xs + first * a.in.plane() * a.in.blocks(), count, room.of<uint16_t>(),
               pairs + first * a.each * TILE_LANES);
  });
}

void tileGradRows(const TileGradArgs& a, uint16_t* rows) {
  const RoomOf room(a.room, rounded(a.together * a.each) * a.out.channels * 2);
  shareEach(tilesOf(a.in.count, a.together), true, [&](int64_t group) {
    const int64_t first = group * a.together;
    const int64_t count = first + a.together < a.in.count ? a.together : a.in.count - first;
    placeRows(a, a.dys + first * a.out.plane() * a.out.blocks(), count, room.of<uint16_t>(), rows + first * a.each);
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
