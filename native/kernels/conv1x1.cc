// 1x1 convolutions on images in blocks of 16 channels: a product of pixels and weights.
#include "kernels.h"
#include "parallel.h"
#include "products.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t BLOCK = PRODUCT_BLOCK, PIXELS = PRODUCT_PIXELS;
// What two blocks of outputs after the other read of the image, so that it is still in a core's own cache.
constexpr int64_t CHUNK_BYTES = int64_t{256} << 10;

template <int BLOCKS>
CONVOY_INLINE void convolvePixels(const Conv1x1Args& a, const ProductTile& tile, int64_t count, int64_t out) {
  const float* residual = a.residual ? a.residual + out : nullptr;
  multiplyPixels<BLOCKS>(a.in, tile, count,
                         [residual, y = a.y + out, plane = a.out.plane(), activation = a.activation](
                             int64_t b, int64_t p, Lanes<BLOCK> v) __attribute__((always_inline)) {
                           const int64_t at = b * plane + p * BLOCK;
                           if (residual) v += load<BLOCK>(residual + at);
                           store<BLOCK>(y + at, activate<BLOCK>(activation, v));
                         });
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
  const int64_t pixels = a.in.pixels(), inBlocks = a.in.blocks(), outBlocks = a.out.blocks();
  const int64_t pairs = (outBlocks + 1) / 2, tiles = (pixels + PIXELS - 1) / PIXELS;
  const int64_t fitting = CHUNK_BYTES / (a.in.channels * PIXELS * static_cast<int64_t>(sizeof(float)));
  const int64_t chunk = fitting < 1 ? 1 : fitting < tiles ? fitting : tiles;  // tiles
  const int64_t units = a.in.count * pairs * tiles;
  const ProductWeights weights(a.weights, a.in, a.out, chunk);
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
    const ProductTile tile = weights.tile(a.x + in, block, rest % wide);
    block + 1 < outBlocks ? convolvePixels<2>(a, tile, count, out) : convolvePixels<1>(a, tile, count, out);
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
