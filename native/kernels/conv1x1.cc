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
  const int64_t pixels = a.in.pixels(), inPlanes = a.in.blocks() * a.in.plane();
  const int64_t outBlocks = a.out.blocks(), pairs = (outBlocks + 1) / 2, tiles = (pixels + PIXELS - 1) / PIXELS;
  const int64_t fitting = CHUNK_BYTES / (a.in.channels * PIXELS * static_cast<int64_t>(sizeof(float)));
  const int64_t bands = fitting < 1 ? tiles : (tiles + fitting - 1) / fitting;
  const int64_t band = (tiles + bands - 1) / bands;
  const ProductWeights weights(a.weights, a.in, a.out, band);
  sharePlanes({a.in.count, pairs, tiles, band}, a.in.count * pairs * tiles > 1, [&](const auto& each) {
    each([&](int64_t plane, int64_t first, int64_t last) {
      const int64_t image = plane / pairs, block = plane % pairs * 2;
      for (int64_t at = first; at < last; at++) {
        const int64_t pixel = at * PIXELS, count = pixels - pixel < PIXELS ? pixels - pixel : PIXELS;
        const int64_t out = (image * outBlocks + block) * a.out.plane() + pixel * BLOCK;
        const ProductTile tile = weights.tile(a.x + image * inPlanes + pixel * BLOCK, block, at - first);
        block + 1 < outBlocks ? convolvePixels<2>(a, tile, count, out) : convolvePixels<1>(a, tile, count, out);
      }
    });
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
