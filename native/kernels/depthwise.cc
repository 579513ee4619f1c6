// Depthwise convolution, one kernel a channel, and its gradients on images in blocks of 8 or 16 channels.
//
// Memory sets the pace, so an image is read once: each row is copied, with zeros on its left and right, into
// a ring of as many rows as the kernel has, which stays in the nearest cache. The input gradient is the same
// convolution by turned kernels, of a gradient with zeros between its pixels where strides are above 1.
#include "depthwiseRows.h"
#include "kernels.h"
#include "lanes.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t SERIAL = 8192;

/** The rows of an image's block of N channels as a kernel sees them. */
template <int N>
class PaddedRows {
 public:
  /** Floats that the ring takes. */
  static CONVOY_INLINE int64_t room(const Window& w, const Images& out) {
    return w.kernel[0] * pitch(w, out) * N;
  }

  /** `ring` holds zeros, or what other planes of the same sizes left in it. */
  CONVOY_INLINE PaddedRows(const Images& in, const Images& out, const Window& w,
                           const int64_t* spread, float* ring)
      : height_(in.height), width_(in.width), window_(w), spread_(spread), ring_(ring),
        pitch_(pitch(w, out)) {
    const int64_t left = w.padding[1], right = pitch_ - left;
    begin_ = left < 0 ? (-left + spread[1] - 1) / spread[1] : 0;
    end_ = right < 0 ? 0 : (right + spread[1] - 1) / spread[1];
    if (end_ > width_) end_ = width_;
  }

  CONVOY_INLINE void start(const float* plane) {
    plane_ = plane;
    last_ = -1;
  }

  /** A row, counted from the first one of the padding; null when it has nothing but zeros. Rows are asked for
   * in ascending order, but for the last few ones, as many as the kernel has, which are still there. */
  CONVOY_INLINE const float* at(int64_t row) {
    const int64_t inside = row - window_.padding[0];
    if (inside < 0 || inside % spread_[0] != 0 || inside / spread_[0] >= height_) return nullptr;
    float* to = ring_ + row % window_.kernel[0] * pitch_ * N;
    if (row > last_) {
      const float* from = plane_ + inside / spread_[0] * width_ * N;
      const int64_t left = window_.padding[1], step = spread_[1], end = end_;
      for (int64_t c = begin_; c < end; c++) store<N>(to + (left + c * step) * N, load<N>(from + c * N));
      last_ = row;
    }
    return to;
  }

 private:
  static CONVOY_INLINE int64_t pitch(const Window& w, const Images& out) {
    return (out.width - 1) * w.strides[1] + w.kernel[1];
  }

  int64_t height_, width_;
  const Window& window_;
  const int64_t* spread_;
  float* ring_;
  int64_t pitch_, begin_, end_;
  const float* plane_ = nullptr;
  int64_t last_ = -1;
};

/** A ring of zeros on the stack: at most DEPTHWISE_RING floats. */
#define RING(N, WINDOW, OUT)                                                               \
  static_cast<float*>(__builtin_memset(                                                    \
      __builtin_alloca_with_align(                                                         \
          static_cast<size_t>(PaddedRows<N>::room(WINDOW, OUT)) * sizeof(float), 512),     \
      0, static_cast<size_t>(PaddedRows<N>::room(WINDOW, OUT)) * sizeof(float)))

template <int N, int STRIDE>
void convolveAll(const DepthwiseArgs& a) {
  const int64_t blocks = a.in.blocks(), height = a.out.height;
  sharePlanes({a.in.count, blocks, height, height}, a.in.size() > SERIAL, [&](const auto& each) {
    PaddedRows<N> rows(a.in, a.out, a.window, a.spread, RING(N, a.window, a.out));
    each([&](int64_t p, int64_t first, int64_t last) {
      rows.start(a.x + p * a.in.plane());
      const float* weights = a.weights + p % blocks * depthwiseNumbers(a.window) * N;
      for (int64_t oy = first; oy < last; oy++) {
        convolveRow<N, STRIDE>(a, [&](int64_t row) { return rows.at(row); }, weights, oy, a.y + p * a.out.plane());
      }
    });
  });
}

/** Adds the products of a row of gradients and one of pixels, a kernel's row of K sums. */
template <int N, int K>
CONVOY_INLINE void addProducts(const float* x, const float* dy, int64_t width, int64_t stride,
                               float* sums) {
  // Two chains of sums hide the latency of the additions.
  Lanes<N> even[K], odd[K] = {};
#pragma GCC unroll 8
  for (int64_t k = 0; k < K; k++) even[k] = load<N>(sums + k * N);
  int64_t ox = 0;
  for (; ox + 2 <= width; ox += 2) {
    const Lanes<N> d = load<N>(dy + ox * N), e = load<N>(dy + (ox + 1) * N);
    const float* from = x + ox * stride * N;
#pragma GCC unroll 8
    for (int64_t k = 0; k < K; k++) {
      even[k] += load<N>(from + k * N) * d;
      odd[k] += load<N>(from + (stride + k) * N) * e;
    }
  }
  if (ox < width) {
    const Lanes<N> d = load<N>(dy + ox * N);
#pragma GCC unroll 8
    for (int64_t k = 0; k < K; k++) even[k] += load<N>(x + (ox * stride + k) * N) * d;
  }
#pragma GCC unroll 8
  for (int64_t k = 0; k < K; k++) store<N>(sums + k * N, even[k] + odd[k]);
}

/** Adds what one plane gives to the sums of its block: the kernel's, and behind them that of dy. */
template <int N, int K>
CONVOY_INLINE void sumPlane(const ConvSumsArgs& a, PaddedRows<N>& rows, const float* dy,
                            float* sums) {
  const int64_t height = a.window.kernel[0], width = a.out.width;
  Lanes<N> total = load<N>(sums + height * K * N);
  for (int64_t oy = 0; oy < a.out.height; oy++) {
    const float* gradient = dy + oy * width * N;
    for (int64_t k = 0; k < height; k++) {
      const float* row = rows.at(oy * a.window.strides[0] + k);
      if (row) addProducts<N, K>(row, gradient, width, a.window.strides[1], sums + k * K * N);
    }
    if (!a.bias) continue;
    for (int64_t ox = 0; ox < width; ox++) total += load<N>(gradient + ox * N);
  }
  store<N>(sums + height * K * N, total);
}

template <int N, int K>
void sumAll(const ConvSumsArgs& a) {
  const int64_t blocks = a.in.blocks(), numbers = depthwiseNumbers(a.window);
  const int64_t none[2] = {1, 1};
  PaddedRows<N> rows(a.in, a.out, a.window, none, RING(N, a.window, a.out));
  if (a.opens) {
    for (int64_t i = 0; i < blocks * numbers * N; i++) a.sums[i] = 0;
  }
  for (int64_t p = 0; p < a.in.count * blocks; p++) {
    rows.start(a.x + p * a.in.plane());
    sumPlane<N, K>(a, rows, a.dy + p * a.out.plane(), a.sums + p % blocks * numbers * N);
  }
}

template <int N>
void sumOf(const ConvSumsArgs& a) {
  switch (a.window.kernel[1]) {
    case 3: return sumAll<N, 3>(a);
    case 5: return sumAll<N, 5>(a);
    case 7: return sumAll<N, 7>(a);
  }
}

}  // namespace

void depthwiseWeights(const float* w, const float* bias, int64_t channels, int64_t size, bool turned,
                      int64_t block, float* to) {
  const int64_t padded = (channels + block - 1) / block * block;
  for (int64_t c = 0; c < padded; c++) {
    float* lane = to + c / block * (size + 1) * block + c % block;
    for (int64_t k = 0; k < size; k++) {
      lane[k * block] = c < channels ? w[c * size + (turned ? size - 1 - k : k)] : 0.0f;
    }
    lane[size * block] = bias && c < channels ? bias[c] : 0.0f;
  }
}

void depthwise(const DepthwiseArgs& a) {
  const bool close = a.window.strides[1] == 1;
  if (a.in.block == 8) return close ? convolveAll<8, 1>(a) : convolveAll<8, 0>(a);
  close ? convolveAll<16, 1>(a) : convolveAll<16, 0>(a);
}

void depthwiseSums(const ConvSumsArgs& a) { a.in.block == 8 ? sumOf<8>(a) : sumOf<16>(a); }

}  // namespace CONVOY_ISA
}  // namespace convoy
