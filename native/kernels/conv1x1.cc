// 1x1 convolutions on images in blocks of 16 channels: a product of pixels and weights.
//
// A tile of pixels of two blocks of outputs stays in registers while all inputs are added up, in their order, so
// that results depend neither on the number of threads nor on how many images come at once.
#include "kernels.h"
#include "lanes.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t BLOCK = 16;
constexpr int64_t PIXELS = 14;  // of a tile; with two blocks of outputs they fill the registers
// What two blocks of outputs after the other read of the image, so that it is still in a core's own cache.
constexpr int64_t CHUNK_BYTES = int64_t{256} << 10;

using V = Lanes<BLOCK>;

/** `pixels` and `y` are those of a tile: of the first block of inputs and of the first of its blocks of outputs. */
struct Tile {
  const float* pixels;
  const float* weights;
  const float* residual;  // or null
  float* y;
};

/** COUNT pixels of BLOCKS blocks of outputs. */
template <int COUNT, int BLOCKS>
CONVOY_INLINE void multiply(const Conv1x1Args& a, const Tile& tile) {
  const int64_t inputs = a.in.channels, plane = a.in.plane(), row = (inputs + 1) * BLOCK;
  V sums[BLOCKS][COUNT];
#pragma GCC unroll 2
  for (int b = 0; b < BLOCKS; b++) {
    const V bias = load<BLOCK>(tile.weights + b * row + inputs * BLOCK);
#pragma GCC unroll 14
    for (int p = 0; p < COUNT; p++) sums[b][p] = bias;
  }
  for (int64_t first = 0; first < inputs; first += BLOCK) {
    const float* pixels = tile.pixels + first / BLOCK * plane;
    const float* weights = tile.weights + first * BLOCK;
    const int64_t count = inputs - first < BLOCK ? inputs - first : BLOCK;
    for (int64_t c = 0; c < count; c++) {
      V w[BLOCKS];
#pragma GCC unroll 2
      for (int b = 0; b < BLOCKS; b++) w[b] = load<BLOCK>(weights + b * row + c * BLOCK);
#pragma GCC unroll 14
      for (int p = 0; p < COUNT; p++) {
#pragma GCC unroll 2
        for (int b = 0; b < BLOCKS; b++) sums[b][p] += pixels[p * BLOCK + c] * w[b];
      }
    }
  }
#pragma GCC unroll 2
  for (int b = 0; b < BLOCKS; b++) {
#pragma GCC unroll 14
    for (int p = 0; p < COUNT; p++) {
      const int64_t at = b * a.out.plane() + p * BLOCK;
      V v = sums[b][p];
      if (tile.residual) v += load<BLOCK>(tile.residual + at);
      store<BLOCK>(tile.y + at, activate<BLOCK>(a.activation, v));
    }
  }
}

/** So many pixels as there are, at most COUNT. */
template <int BLOCKS, int COUNT = PIXELS>
void multiplySome(const Conv1x1Args& a, const Tile& tile, int64_t count) {
  if constexpr (COUNT > 1) {
    if (count < COUNT) return multiplySome<BLOCKS, COUNT - 1>(a, tile, count);
  }
  multiply<COUNT, BLOCKS>(a, tile);
}

}  // namespace

void conv1x1Weights(const float* w, const float* bias, int64_t outputs, int64_t inputs, float* to) {
  const int64_t padded = (outputs + BLOCK - 1) / BLOCK * BLOCK;
  for (int64_t o = 0; o < padded; o++) {
    float* lane = to + o / BLOCK * (inputs + 1) * BLOCK + o % BLOCK;
    for (int64_t i = 0; i < inputs; i++) lane[i * BLOCK] = o < outputs ? w[o * inputs + i] : 0.0f;
    lane[inputs * BLOCK] = bias && o < outputs ? bias[o] : 0.0f;
  }
}

void conv1x1(const Conv1x1Args& a) {
  const int64_t pixels = a.in.height * a.in.width, inputs = a.in.channels;
  const int64_t inBlocks = a.in.blocks(), outBlocks = a.out.blocks(), pairs = (outBlocks + 1) / 2;
  const int64_t tiles = (pixels + PIXELS - 1) / PIXELS;
  const int64_t fitting = CHUNK_BYTES / (inputs * PIXELS * static_cast<int64_t>(sizeof(float)));
  const int64_t chunk = fitting < 1 ? 1 : fitting < tiles ? fitting : tiles;  // tiles
  const int64_t units = a.in.count * pairs * tiles;
  shareEach(units, units > 1, [&](int64_t at) {
    // In order of image, chunk, pair of blocks and tile; the last chunk may be a short one.
    const int64_t image = at / (pairs * tiles), inside = at % (pairs * tiles);
    const int64_t start = inside / (pairs * chunk) * chunk;
    const int64_t wide = tiles - start < chunk ? tiles - start : chunk;
    const int64_t rest = inside - start * pairs;
    const int64_t block = rest / wide * 2, pixel = (start + rest % wide) * PIXELS;
    const int64_t in = image * inBlocks * a.in.plane() + pixel * BLOCK;
    const int64_t out = (image * outBlocks + block) * a.out.plane() + pixel * BLOCK;
    const int64_t count = pixels - pixel < PIXELS ? pixels - pixel : PIXELS;
    const Tile tile = {a.x + in, a.weights + block * (inputs + 1) * BLOCK,
                       a.residual ? a.residual + out : nullptr, a.y + out};
    block + 1 < outBlocks ? multiplySome<2>(a, tile, count) : multiplySome<1>(a, tile, count);
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
