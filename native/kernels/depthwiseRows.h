// Rows of a depthwise convolution on images in blocks of N channels.
#pragma once

#include "kernels.h"
#include "lanes.h"

namespace convoy {
namespace CONVOY_ISA {

/** The rows of a window that are there, and the weights of each. */
struct Taps {
  const float* rows[DEPTHWISE_KERNEL];
  const float* weights[DEPTHWISE_KERNEL];
  int64_t count;
};

/** T pixels of the result, side by side. */
template <int N, int STRIDE, int T>
CONVOY_INLINE void convolvePixels(const DepthwiseArgs& a, const Taps& taps, const float* bias,
                                  int64_t column, float* y) {
  const int64_t stride = (STRIDE ? STRIDE : a.window.strides[1]) * N, width = a.window.kernel[1];
  const Lanes<N> start = load<N>(bias);
  Lanes<N> sums[T];
#pragma GCC unroll 8
  for (int64_t t = 0; t < T; t++) sums[t] = start;
  for (int64_t r = 0; r < taps.count; r++) {
    for (int64_t k = 0; k < width; k++) {
      const Lanes<N> w = load<N>(taps.weights[r] + k * N);
      const float* x = taps.rows[r] + column * stride + k * N;
#pragma GCC unroll 8
      for (int64_t t = 0; t < T; t++) sums[t] += load<N>(x + t * stride) * w;
    }
  }
#pragma GCC unroll 8
  for (int64_t t = 0; t < T; t++) store<N>(y + (column + t) * N, activate<N>(a.activation, sums[t]));
}

/** A row of the result, of a plane at y. `row` gives the rows that the kernel sees, counted from the first one of the
 * padding; null for one that has nothing but zeros. */
template <int N, int STRIDE, class Row>
CONVOY_INLINE void convolveRow(const DepthwiseArgs& a, const Row& row, const float* weights, int64_t oy, float* y) {
  const int64_t *kernel = a.window.kernel, width = a.out.width;
  const float* bias = weights + kernel[0] * kernel[1] * N;
  Taps taps = {{}, {}, 0};
  for (int64_t k = 0; k < kernel[0]; k++) {
    const float* from = row(oy * a.window.strides[0] + k);
    if (!from) continue;
    taps.rows[taps.count] = from;
    taps.weights[taps.count++] = weights + k * kernel[1] * N;
  }
  float* to = y + oy * width * N;
  int64_t ox = 0;
  for (; ox + 8 <= width; ox += 8) convolvePixels<N, STRIDE, 8>(a, taps, bias, ox, to);
  for (; ox + 4 <= width; ox += 4) convolvePixels<N, STRIDE, 4>(a, taps, bias, ox, to);
  for (; ox + 2 <= width; ox += 2) convolvePixels<N, STRIDE, 2>(a, taps, bias, ox, to);
  for (; ox < width; ox++) convolvePixels<N, STRIDE, 1>(a, taps, bias, ox, to);
}

}  // namespace CONVOY_ISA
}  // namespace convoy
