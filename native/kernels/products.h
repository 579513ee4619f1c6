// Products of pixels and weights of 1x1 convolutions, on images in blocks of 16 channels, a tile at a time.
//
// A tile of pixels of one or two blocks of outputs stays in registers while all inputs are added up, in their order,
// so that results depend neither on the number of threads nor on how many images come at once. Weights come from far
// away and are used for few pixels, so those of the next tiles are fetched meanwhile.
#pragma once

#include "kernels.h"
#include "lanes.h"

namespace convoy {
namespace CONVOY_ISA {

constexpr int64_t PRODUCT_BLOCK = 16;
constexpr int64_t PRODUCT_PIXELS = 14;  // of a tile; with two blocks of outputs they fill the registers

struct ProductTile {
  const float* pixels;   // in the first block of inputs
  const float* weights;  // of the first block of outputs
  const float* ahead;    // weights that are wanted next, so many lines of a cache for each block of inputs
  int64_t lines;
};

/** COUNT pixels of BLOCKS blocks of outputs: calls put(block, pixel, result) for each. */
template <int COUNT, int BLOCKS, class Put>
CONVOY_INLINE void multiplyTile(const Images& in, const ProductTile& tile, const Put& put) {
  constexpr int64_t N = PRODUCT_BLOCK;
  const int64_t inputs = in.channels, plane = in.plane(), row = (inputs + 1) * N;
  Lanes<N> sums[BLOCKS][COUNT];
#pragma GCC unroll 2
  for (int b = 0; b < BLOCKS; b++) {
    const Lanes<N> bias = load<N>(tile.weights + b * row + inputs * N);
#pragma GCC unroll 14
    for (int p = 0; p < COUNT; p++) sums[b][p] = bias;
  }
  for (int64_t first = 0; first < inputs; first += N) {
    const float* pixels = tile.pixels + first / N * plane;
    const float* weights = tile.weights + first * N;
    const float* ahead = tile.ahead + first * tile.lines;
    for (int64_t i = 0; i < tile.lines; i++) __builtin_prefetch(ahead + i * N);
    const int64_t count = inputs - first < N ? inputs - first : N;
    for (int64_t c = 0; c < count; c++) {
      Lanes<N> w[BLOCKS];
#pragma GCC unroll 2
      for (int b = 0; b < BLOCKS; b++) w[b] = load<N>(weights + b * row + c * N);
#pragma GCC unroll 14
      for (int p = 0; p < COUNT; p++) {
#pragma GCC unroll 2
        for (int b = 0; b < BLOCKS; b++) sums[b][p] += pixels[p * N + c] * w[b];
      }
    }
  }
  const Put last = put;  // read behind the loop, in which it would take registers
#pragma GCC unroll 2
  for (int b = 0; b < BLOCKS; b++) {
#pragma GCC unroll 14
    for (int p = 0; p < COUNT; p++) last(b, p, sums[b][p]);
  }
}

/** So many pixels as there are, at most COUNT. */
template <int BLOCKS, int COUNT = PRODUCT_PIXELS, class Put>
void multiplyPixels(const Images& in, const ProductTile& tile, int64_t count, const Put& put) {
  if constexpr (COUNT > 1) {
    if (count < COUNT) return multiplyPixels<BLOCKS, COUNT - 1>(in, tile, count, put);
  }
  multiplyTile<COUNT, BLOCKS>(in, tile, put);
}

/** Where the weights of one or two blocks of outputs are, and how those of the next two are fetched during `tiles`. */
class ProductWeights {
 public:
  CONVOY_INLINE ProductWeights(const float* weights, const Images& in, const Images& out, int64_t tiles)
      : weights_(weights), row_((in.channels + 1) * PRODUCT_BLOCK), inBlocks_(in.blocks()), outBlocks_(out.blocks()),
        lines_((2 * (in.channels + 1) + tiles * inBlocks_ - 1) / (tiles * inBlocks_)) {}

  /** A tile of pixels of a block of outputs, and of the one behind it, which is the `at`-th of them. */
  CONVOY_INLINE ProductTile tile(const float* pixels, int64_t block, int64_t at) const {
    const float* own = weights_ + block * row_;
    const int64_t lines = block + 2 < outBlocks_ ? lines_ : 0;
    return {pixels, own, own + 2 * row_ + at * lines * inBlocks_ * PRODUCT_BLOCK, lines};
  }

 private:
  const float* weights_;
  int64_t row_, inBlocks_, outBlocks_, lines_;
};

}  // namespace CONVOY_ISA
}  // namespace convoy
