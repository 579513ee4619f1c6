// A 1x1 convolution and the depthwise one behind it in one go: what is in between, the widest images of a net of
// inverted residuals, is never written. Rows of the products go, as they are wanted, into a ring of rows that stays in
// the nearest cache and from which the kernel reads. Each number is summed up as by the two kernels for themselves.
#include "depthwiseRows.h"
#include "kernels.h"
#include "parallel.h"
#include "products.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t BLOCK = PRODUCT_BLOCK, PAIR = 2;

/** The rows of two blocks of products. */
class ProductRows {
 public:
  /** `ring` holds zeros: expandRing floats. */
  CONVOY_INLINE ProductRows(const ExpandDepthwiseArgs& a, float* ring)
      : a_(a.products), height_(a_.in.height), width_(a_.in.width), padding_(a.depthwise.window.padding),
        rows_(a.depthwise.window.kernel[0] + 1),
        pitch_(paddedWidth(a.depthwise.in, a.depthwise.out, a.depthwise.window)), ring_(ring),
        tall_(width_ * 2 <= PRODUCT_PIXELS ? 2 : 1), wide_((width_ + PRODUCT_PIXELS - 1) / PRODUCT_PIXELS),
        weights_(a_.weights, a_.in, a_.out, (height_ + tall_ - 1) / tall_ * wide_) {}

  /** The rows from `first` on of an image's block of outputs, and of the one behind it. */
  CONVOY_INLINE void start(int64_t image, int64_t block, int64_t first) {
    pixels_ = a_.x + image * a_.in.blocks() * a_.in.plane();
    block_ = block;
    next_ = first - padding_[0] < 0 ? 0 : first - padding_[0];
    next_ -= next_ % tall_;
  }

  /** Makes rows up to this one, counted from the first one of the padding. */
  CONVOY_INLINE void reach(int64_t row) {
    for (; next_ <= row - padding_[0] && next_ < height_; next_ += tall_) {
      for (int64_t at = 0; at < wide_; at++) multiply(at);
    }
  }

  /** A row of one of the two blocks; null when it has nothing but zeros. */
  CONVOY_INLINE const float* at(int64_t b, int64_t row) const {
    const int64_t inside = row - padding_[0];
    return inside < 0 || inside >= height_ ? nullptr : place(b, inside);
  }

 private:
  CONVOY_INLINE float* place(int64_t b, int64_t row) const {
    return ring_ + (b * rows_ + row % rows_) * pitch_ * BLOCK;
  }

  /** The at-th tile of the rows that are next. */
  CONVOY_INLINE void multiply(int64_t at) {
    const int64_t tall = height_ - next_ < tall_ ? height_ - next_ : tall_;
    const int64_t begin = width_ * at / wide_, wide = width_ * (at + 1) / wide_ - begin;
    const int64_t left = (padding_[1] + begin) * BLOCK;
    const ProductTile tile = weights_.tile(pixels_ + (next_ * width_ + begin) * BLOCK, block_,
                                           next_ / tall_ * wide_ + at);
    // The second of two rows lies elsewhere in the ring.
    const auto put = [y = place(0, next_) + left, below = place(0, next_ + tall - 1) + left - wide * BLOCK, wide,
                      block = rows_ * pitch_ * BLOCK, activation = a_.activation](
                         int64_t b, int64_t p, Lanes<BLOCK> v) __attribute__((always_inline)) {
      store<BLOCK>((p < wide ? y : below) + b * block + p * BLOCK, activate<BLOCK>(activation, v));
    };
    block_ + 1 < a_.out.blocks() ? multiplyPixels<2>(a_.in, tile, tall * wide, put)
                                 : multiplyPixels<1>(a_.in, tile, tall * wide, put);
  }

  const Conv1x1Args& a_;
  int64_t height_, width_;
  const int64_t* padding_;
  int64_t rows_, pitch_;
  float* ring_;
  int64_t tall_, wide_;  // rows that a tile fills, and tiles that fill a row
  ProductWeights weights_;
  const float* pixels_ = nullptr;
  int64_t block_ = 0, next_ = 0;
};

template <int STRIDE>
void convolveAll(const ExpandDepthwiseArgs& args) {
  const DepthwiseArgs& a = args.depthwise;
  const int64_t blocks = a.in.blocks(), pairs = (blocks + 1) / PAIR, height = a.out.height;
  const int64_t numbers = depthwiseNumbers(a.window) * BLOCK, plane = a.out.plane();
  const auto bytes = static_cast<size_t>(expandRing(a.in, a.out, a.window)) * sizeof(float);
  sharePlanes({a.in.count, pairs, height, height}, true, [&](const auto& each) {
    float* ring = static_cast<float*>(__builtin_memset(__builtin_alloca_with_align(bytes, 512), 0, bytes));
    ProductRows rows(args, ring);
    each([&](int64_t p, int64_t first, int64_t last) {
      const int64_t image = p / pairs, block = p % pairs * PAIR, count = block + 1 < blocks ? PAIR : 1;
      rows.start(image, block, first * a.window.strides[0]);
      for (int64_t oy = first; oy < last; oy++) {
        rows.reach(oy * a.window.strides[0] + a.window.kernel[0] - 1);
        for (int64_t b = 0; b < count; b++) {
          convolveRow<BLOCK, STRIDE>(a, [&](int64_t row) { return rows.at(b, row); },
                                     a.weights + (block + b) * numbers, oy,
                                     a.y + (image * blocks + block + b) * plane);
        }
      }
    });
  });
}

}  // namespace

void expandDepthwise(const ExpandDepthwiseArgs& a) {
  a.depthwise.window.strides[1] == 1 ? convolveAll<1>(a) : convolveAll<0>(a);
}

}  // namespace CONVOY_ISA
}  // namespace convoy
