// Convolutions of bytes: products of pixels and packed weights, which sums of 32 bits take up. A row of results lies
// evenly apart in the images, so its pixels are a matrix as they stand; only where there is padding, or where a run of
// bytes does not fill its chunks, rows are copied first.
#include "integerEpilogue.h"
#include "integerRows.h"
#include "integerTiles.h"
#include "kernels.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

/** Bytes of images that are worked on together, block after block of the weights: what stays in a core's own cache. */
constexpr int64_t UNIT_BYTES = int64_t{64} << 10;
constexpr int64_t SERIAL = 1 << 15;  // products that are not worth sharing
constexpr int64_t BLOCK = INTEGER_BLOCK;

/** Pixels of a tile. */
#if defined(__AMX_INT8__)
constexpr int64_t TILE_PIXELS = 16;
#else
constexpr int64_t TILE_PIXELS = INT_LANES == 16 ? 8 : INT_LANES == 8 ? 4 : 2;
#endif

/** Rows cut into tiles of as many pixels each; the last one may begin in the one before it. */
struct Tiling {
  int64_t width, pixels, perRow;

  CONVOY_INLINE explicit Tiling(int64_t w) : width(w) {
    perRow = (w + TILE_PIXELS - 1) / TILE_PIXELS;
    pixels = (w + perRow - 1) / perRow;
  }
  CONVOY_INLINE int64_t start(int64_t tile) const {
    const int64_t at = tile * pixels;
    return at + pixels <= width ? at : width - pixels;
  }
};

/** Tiles that are multiplied by all weights in turn. */
struct Unit {
  const uint8_t** pixels;  // the first one of each tile
  int64_t* places;         // and that of its result
  int64_t tiles;
};

/** What all units have in common. */
struct Product {
  const IntegerConvArgs& a;
  PackedHead head;
  IntegerEpilogue epilogue;
  Tiling tiling;
  IntegerRun run;
  const int64_t* runs;  // where they begin, seen from a pixel
  int64_t runCount;
  int64_t step;  // from a pixel of the results to the next one, in the images

  CONVOY_INLINE int64_t blockBytes() const { return runCount * run.padded() * BLOCK; }
};

/** Outputs of a group in one block, or in two side by side. */
struct Outputs {
  int64_t at, block, count;  // the first one, the same among those that fill up, and how many of them

  /** Sums of some pixels by one of the blocks. */
  CONVOY_INLINE void finish(const Product& p, int64_t b, const int32_t* sums, int64_t pitch, int64_t pixel) const {
    const int64_t left = count - b * BLOCK;
    p.epilogue.finish(sums, pitch, p.tiling.pixels, pixel, at + b * BLOCK, block + b * BLOCK, left < BLOCK ? left : BLOCK);
  }
};

#if defined(__AMX_INT8__)

template <int BLOCKS>
CONVOY_INLINE void multiplyUnit(const Product& p, const Unit& unit, const Outputs& outputs, int64_t offset,
                                const int8_t* w) {
  constexpr int TILES = BLOCKS == 2 ? 2 : 4;
  alignas(64) int32_t sums[4 * 256];
  for (int64_t t = 0; t < unit.tiles; t += TILES) {
    const int count = unit.tiles - t < TILES ? static_cast<int>(unit.tiles - t) : TILES;
    const uint8_t* pixels[TILES];
    for (int i = 0; i < count; i++) pixels[i] = unit.pixels[t + i] + offset;
    const TileSource source = {pixels, p.step, p.runs, p.runCount, p.run};
    const int32_t* bias = p.head.bias + outputs.block;
    if (BLOCKS == 2) multiplySquare(source, count, w, w + p.blockBytes(), bias, sums);
    else multiplyColumn(source, count, w, bias, sums);
    for (int i = 0; i < count * BLOCKS; i++) {
      outputs.finish(p, i % BLOCKS, sums + i * 256, BLOCK, unit.places[t + i / BLOCKS]);
    }
  }
}

#else

template <int PIXELS, int BLOCKS>
CONVOY_INLINE void multiplyTile(const Product& p, const uint8_t* pixel, const Outputs& outputs, int64_t place,
                                const int8_t* w) {
  constexpr int VECTORS = BLOCKS * PER_BLOCK;
  Ints sums[PIXELS][VECTORS];
#pragma GCC unroll 8
  for (int v = 0; v < VECTORS; v++) {
    const Ints bias = loadInts<INT_LANES>(p.head.bias + outputs.block + v * INT_LANES);
#pragma GCC unroll 8
    for (int i = 0; i < PIXELS; i++) sums[i][v] = bias;
  }
  const int64_t blockBytes = p.blockBytes(), step = p.step, bytes = p.run.padded();
  for (int64_t r = 0; r < p.runCount; r++) {
    const uint8_t* from = pixel + p.runs[r];
    for (int64_t k = 0; k < bytes; k += INTEGER_FOUR, w += INTEGER_TILE) {
      Ints b[VECTORS];
#pragma GCC unroll 8
      for (int v = 0; v < VECTORS; v++) {
        b[v] = loadInts<INT_LANES>(w + v / PER_BLOCK * blockBytes + v % PER_BLOCK * INT_LANES * 4);
      }
#pragma GCC unroll 8
      for (int i = 0; i < PIXELS; i++) {
        const Ints a = four(from + i * step + k);
#pragma GCC unroll 8
        for (int v = 0; v < VECTORS; v++) sums[i][v] = dot(sums[i][v], a, b[v]);
      }
    }
  }
  alignas(64) int32_t stored[PIXELS][BLOCKS * BLOCK];
#pragma GCC unroll 8
  for (int i = 0; i < PIXELS; i++) {
#pragma GCC unroll 8
    for (int v = 0; v < VECTORS; v++) storeInts<INT_LANES>(&stored[i][v * INT_LANES], sums[i][v]);
  }
  for (int b = 0; b < BLOCKS; b++) outputs.finish(p, b, stored[0] + b * BLOCK, BLOCKS * BLOCK, place);
}

template <int BLOCKS>
CONVOY_INLINE void multiplyUnit(const Product& p, const Unit& unit, const Outputs& outputs, int64_t offset,
                                const int8_t* w) {
  for (int64_t t = 0; t < unit.tiles; t++) {
    const uint8_t* pixel = unit.pixels[t] + offset;
    const int64_t place = unit.places[t];
    switch (p.tiling.pixels) {
      case 1: multiplyTile<1, BLOCKS>(p, pixel, outputs, place, w); break;
      case 2: multiplyTile<2, BLOCKS>(p, pixel, outputs, place, w); break;
#if defined(__AVX2__)
      case 3: multiplyTile<3, BLOCKS>(p, pixel, outputs, place, w); break;
      case 4: multiplyTile<4, BLOCKS>(p, pixel, outputs, place, w); break;
#endif
#if defined(__AVX512F__)
      case 5: multiplyTile<5, BLOCKS>(p, pixel, outputs, place, w); break;
      case 6: multiplyTile<6, BLOCKS>(p, pixel, outputs, place, w); break;
      case 7: multiplyTile<7, BLOCKS>(p, pixel, outputs, place, w); break;
      case 8: multiplyTile<8, BLOCKS>(p, pixel, outputs, place, w); break;
#endif
    }
  }
}

#endif

/** Two blocks at a time where registers hold their sums. */
constexpr bool PAIRS = INT_LANES == 16;

void multiply(const Product& p, const Unit& unit) {
  const IntegerWeights& s = p.a.weights;
  const int64_t blocks = s.blocks(), each = s.outputsPerGroup();
  for (int64_t g = 0; g < s.groups; g++) {
    for (int64_t b = 0; b < blocks;) {
      const bool pair = PAIRS && b + 1 < blocks;
      const int64_t block = g * blocks + b;
      const Outputs outputs = {g * each + b * BLOCK, block * BLOCK, each - b * BLOCK};
      const int8_t* w = p.head.weights + block * p.blockBytes();
      const int64_t offset = g * s.perGroup();
      if (pair) multiplyUnit<2>(p, unit, outputs, offset, w);
      else multiplyUnit<1>(p, unit, outputs, offset, w);
      b += pair ? 2 : 1;
    }
  }
}

/** So many of all that several threads have enough to do, and at least one. */
CONVOY_INLINE int64_t unitOf(int64_t all, int64_t wanted) {
  const int64_t threads = sharing(), fair = (all + threads - 1) / threads;
  const int64_t most = wanted < fair ? wanted : fair;
  return most < 1 ? 1 : most;
}

/** Calls work(begin, end) for units of `unit` of all, in room of so many bytes and so many tiles. */
template <class Work>
CONVOY_INLINE void shareUnits(const Product& p, int64_t all, int64_t unit, int64_t bytes, int64_t tiles, const Work& work) {
  const int64_t units = (all + unit - 1) / unit;
  const IntegerWeights& s = p.a.weights;
  const int64_t products = p.a.out.size() * s.perGroup() * s.kernel[0] * s.kernel[1];
  share(units, products > SERIAL, [&](int64_t begin, int64_t end) {
    const int64_t lists = tiles * static_cast<int64_t>(sizeof(uint8_t*) + sizeof(int64_t));
    const IntegerRoom room(lists + bytes);
    auto* places = reinterpret_cast<int64_t*>(room.at());
    auto* pixels = reinterpret_cast<const uint8_t**>(places + tiles);
    Unit one = {pixels, places, 0};
    uint8_t* rows = reinterpret_cast<uint8_t*>(pixels + tiles);
#if defined(__AMX_INT8__)
    const TileSizes sizes(p.tiling.pixels, p.run.chunk);
    _tile_loadconfig(&sizes);
#endif
    for (int64_t at = begin; at < end; at++) {
      one.tiles = 0;
      work(at * unit, (at + 1) * unit < all ? (at + 1) * unit : all, one, rows);
      multiply(p, one);
    }
#if defined(__AMX_INT8__)
    _tile_release();
#endif
  });
}

/** Images as they lie in memory. */
void convolveDirect(const Product& p, int64_t rowBytes) {
  const IntegerConvArgs& a = p.a;
  const int64_t tiles = a.out.count * a.out.height * p.tiling.perRow;
  const int64_t tileBytes = p.tiling.pixels * p.step * (p.runCount > 1 ? a.strides[0] : 1);
  const int64_t unit = unitOf(tiles, UNIT_BYTES / tileBytes + 4);
  shareUnits(p, tiles, unit, 0, unit, [&](int64_t begin, int64_t end, Unit& one, uint8_t*) {
    for (int64_t t = begin; t < end; t++) {
      const int64_t row = t / p.tiling.perRow, x = p.tiling.start(t % p.tiling.perRow);
      const int64_t image = row / a.out.height, y = row % a.out.height;
      one.pixels[one.tiles] = a.x + (image * a.in.height + y * a.strides[0]) * rowBytes + x * p.step;
      one.places[one.tiles++] = row * a.out.width + x;
    }
  });
}

/** Rows of images copied with their padding. */
void convolveCopied(const Product& p, const IntegerField& field) {
  const IntegerConvArgs& a = p.a;
  const int64_t height = a.out.height, rows = a.out.count * height;
  const int64_t unit = unitOf(rows, UNIT_BYTES / (field.pitch * a.strides[0]) + 1);
  const int64_t most = (unit - 1) * a.strides[0] + (unit / height + 2) * field.extent;
  const int64_t bytes = most * field.pitch + 2 * INTEGER_TILE;
  const int64_t imageBytes = a.in.pixels() * a.in.channels;
  shareUnits(p, rows, unit, bytes, unit * p.tiling.perRow, [&](int64_t begin, int64_t end, Unit& one, uint8_t* to) {
    eachPlane(begin, end, height, [&](int64_t image, int64_t first, int64_t last) {
      const int64_t seen = (last - first - 1) * a.strides[0] + field.extent;
      field.copy(a, a.x + image * imageBytes, first * a.strides[0] - a.padding[0], seen, to);
      for (int64_t y = first; y < last; y++) {
        for (int64_t t = 0; t < p.tiling.perRow; t++) {
          const int64_t x = p.tiling.start(t);
          one.pixels[one.tiles] = to + (y - first) * a.strides[0] * field.pitch + x * p.step;
          one.places[one.tiles++] = (image * height + y) * a.out.width + x;
        }
      }
      to += seen * field.pitch;
    });
    // Behind the last run, where weights of 0 meet whatever there is.
    __builtin_memset(to, 0, INTEGER_TILE);
  });
}

/** Pixels that all lie side by side make one row. */
IntegerConvArgs flattened(const IntegerConvArgs& a) {
  IntegerConvArgs flat = a;
  flat.in.width = flat.out.width = a.in.count * a.in.pixels();
  flat.in.count = flat.in.height = flat.out.count = flat.out.height = 1;
  return flat;
}

}  // namespace

void integerDepthwise(const IntegerConvArgs&);
int64_t integerDepthwiseBytes(const IntegerWeights&);
void integerDepthwisePack(const IntegerPackArgs&);

int64_t integerPacked(const IntegerWeights& s) {
  if (s.depthwise()) return integerDepthwiseBytes(s);
  return s.groups * s.blocks() * BLOCK * (8 + s.runs() * s.run().padded());
}

void integerPack(const IntegerPackArgs& a) {
  const IntegerWeights& s = a.shape;
  if (s.depthwise()) return integerDepthwisePack(a);
  const IntegerRun run = s.run();
  const int64_t blocks = s.groups * s.blocks(), each = s.outputsPerGroup(), inputs = s.perGroup();
  const int64_t area = s.kernel[0] * s.kernel[1], runs = s.runs();
  const PackedHead head(a.to, blocks * BLOCK);
  shareEach(blocks, true, [&](int64_t block) {
    int8_t* to = head.weights + block * BLOCK * runs * run.padded();
    __builtin_memset(to, 0, static_cast<size_t>(BLOCK * runs * run.padded()));
    for (int64_t lane = 0; lane < BLOCK; lane++) {
      const int64_t own = block % s.blocks() * BLOCK + lane, o = block / s.blocks() * each + own;
      const bool is = own < each;
      head.bias[block * BLOCK + lane] = 0;
      head.multipliers[block * BLOCK + lane] = is ? a.multipliers[o] : 0.0f;
      if (!is) continue;
      int32_t sum = 0;
      for (int64_t r = 0; r < runs; r++) {
        for (int64_t k = 0; k < run.bytes; k++) {
          const int64_t tap = s.rows() ? r * s.kernel[1] + k / inputs : r, c = k % inputs;
          const int8_t w = a.w[(o * inputs + c) * area + tap];
          const int64_t at = r * run.padded() + k;
          to[at / INTEGER_FOUR * INTEGER_TILE + lane * INTEGER_FOUR + at % INTEGER_FOUR] = w;
          sum += w;
        }
      }
      const auto wrapped = static_cast<uint32_t>(a.bias[o]) - static_cast<uint32_t>(a.zero) * static_cast<uint32_t>(sum);
      head.bias[block * BLOCK + lane] = static_cast<int32_t>(wrapped);
    }
  });
}

void integerConv(const IntegerConvArgs& args) {
  const IntegerWeights& s = args.weights;
  if (s.depthwise()) return integerDepthwise(args);
  const IntegerField field(args);
  const IntegerRun run = s.run();
  const bool copied = field.padded || !run.exact();
  const bool point = s.kernel[0] * s.kernel[1] == 1 && args.strides[0] == 1 && args.strides[1] == 1;
  const IntegerConvArgs a = point && !copied ? flattened(args) : args;
  const int64_t pitch = copied ? field.pitch : a.in.width * a.in.channels, runCount = s.runs();
  const IntegerRoom places(runCount * static_cast<int64_t>(sizeof(int64_t)));
  auto* runs = reinterpret_cast<int64_t*>(places.at());
  for (int64_t r = 0; r < runCount; r++) {
    const int64_t row = s.rows() ? r : r / s.kernel[1], column = s.rows() ? 0 : r % s.kernel[1];
    runs[r] = row * s.dilation[0] * pitch + column * s.dilation[1] * a.in.channels;
  }
  const PackedHead head(a.packed, s.groups * s.blocks() * BLOCK);
  const Product product = {a, head, IntegerEpilogue(a, head.multipliers), Tiling(a.out.width), run, runs,
                           runCount, a.strides[1] * a.in.channels};
  copied ? convolveCopied(product, field) : convolveDirect(product, pitch);
}

}  // namespace CONVOY_ISA
}  // namespace convoy
