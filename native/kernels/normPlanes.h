// What the normalisations share: their passes over one image's share of a strip, which is up to LANES
// channels that lie side by side. Each pass is written once for a number of channels known to the
// compiler, so that they stay in registers, and once for any other layout.
#pragma once

#include "kernels.h"
#include "lanes.h"

namespace convoy {
namespace CONVOY_ISA {

constexpr int64_t LANES = 16;

/** Count, mean and squared deviations of some numbers. */
struct Moments {
  double count, mean, m2;
};

/** Takes in more numbers (Chan, Golub and LeVeque 1983). */
CONVOY_INLINE void merge(Moments& into, double count, double mean, double m2) {
  const double total = into.count + count;
  const double delta = mean - into.mean;
  into.mean += delta * count / total;
  into.m2 += m2 + delta * delta * into.count * count / total;
  into.count = total;
}

/** A run of adjacent channels inside a block: where it starts in an image and how many. */
struct Strip {
  int64_t offset;
  int64_t channel;
  int64_t lanes;
};

CONVOY_INLINE int64_t stripCount(const Images& im) {
  const int64_t inside = (im.block + LANES - 1) / LANES;
  return im.blocks() * inside;
}

CONVOY_INLINE Strip stripAt(const Images& im, int64_t index) {
  const int64_t inside = (im.block + LANES - 1) / LANES;
  const int64_t block = index / inside;
  const int64_t first = index % inside * LANES;
  const int64_t channel = block * im.block + first;
  int64_t lanes = im.block - first < LANES ? im.block - first : LANES;
  if (lanes > im.channels - channel) lanes = im.channels - channel;
  return {block * im.plane() + first, channel, lanes};
}

/** Where an image starts. */
CONVOY_INLINE int64_t imageStart(const Images& im, int64_t n) { return n * im.blocks() * im.plane(); }

/** How many vectors are summed apart, so that none has to wait for the sum before it. */
constexpr int64_t APART = 4;

/** Mean and squared deviations of N adjacent channels over the pixels of one image, which is read twice, the
 * second time from the cache. */
template <int N>
CONVOY_INLINE void planeMoments(const float* x, int64_t pixels, float* mean, float* m2) {
  const Lanes<N> zero = {0};
  Lanes<N> sums[APART] = {zero, zero, zero, zero}, squares[APART] = {zero, zero, zero, zero};
  int64_t p = 0;
  for (; p + APART <= pixels; p += APART) {
    for (int64_t k = 0; k < APART; k++) sums[k] += load<N>(x + (p + k) * N);
  }
  for (; p < pixels; p++) sums[0] += load<N>(x + p * N);
  const Lanes<N> m = (sums[0] + sums[1] + (sums[2] + sums[3])) / static_cast<float>(pixels);
  for (p = 0; p + APART <= pixels; p += APART) {
    for (int64_t k = 0; k < APART; k++) {
      const Lanes<N> d = load<N>(x + (p + k) * N) - m;
      squares[k] += d * d;
    }
  }
  for (; p < pixels; p++) {
    const Lanes<N> d = load<N>(x + p * N) - m;
    squares[0] += d * d;
  }
  store<N>(mean, m);
  store<N>(m2, squares[0] + squares[1] + (squares[2] + squares[3]));
}

/** The same for any number of channels, up to LANES, whose pixels are `stride` apart. */
CONVOY_INLINE void momentsOfAny(const float* x, int64_t pixels, int64_t stride, int64_t lanes, float* mean,
                                float* m2) {
  for (int64_t l = 0; l < lanes; l++) mean[l] = m2[l] = 0;
  for (int64_t p = 0; p < pixels; p++) {
    for (int64_t l = 0; l < lanes; l++) mean[l] += x[p * stride + l];
  }
  for (int64_t l = 0; l < lanes; l++) mean[l] /= static_cast<float>(pixels);
  for (int64_t p = 0; p < pixels; p++) {
    for (int64_t l = 0; l < lanes; l++) {
      const float d = x[p * stride + l] - mean[l];
      m2[l] += d * d;
    }
  }
}

/** The same for numbers that are adjacent: lanes run over them. */
CONVOY_INLINE void rowMoments(const float* x, int64_t count, float* mean, float* m2) {
  float sum[LANES] = {0}, square[LANES] = {0};
  int64_t p = 0;
  for (; p + LANES <= count; p += LANES) {
    for (int64_t l = 0; l < LANES; l++) sum[l] += x[p + l];
  }
  for (; p < count; p++) sum[0] += x[p];
  float total = 0;
  for (int64_t l = 0; l < LANES; l++) total += sum[l];
  const float m = total / static_cast<float>(count);
  for (p = 0; p + LANES <= count; p += LANES) {
    for (int64_t l = 0; l < LANES; l++) {
      const float d = x[p + l] - m;
      square[l] += d * d;
    }
  }
  for (; p < count; p++) square[0] += (x[p] - m) * (x[p] - m);
  total = 0;
  for (int64_t l = 0; l < LANES; l++) total += square[l];
  *mean = m;
  *m2 = total;
}

/** Mean and squared deviations of the channels of a strip. */
CONVOY_INLINE void stripMoments(const Images& im, const float* x, int64_t lanes, float* mean,
                                float* m2) {
  if (im.block == 1) {
    rowMoments(x, im.pixels(), mean, m2);
  } else if (im.block == 16) {
    planeMoments<16>(x, im.pixels(), mean, m2);
  } else if (im.block == 8) {
    planeMoments<8>(x, im.pixels(), mean, m2);
  } else {
    momentsOfAny(x, im.pixels(), im.block, lanes, mean, m2);
  }
}

/** A number behind ReLU with a ceiling. */
CONVOY_INLINE float clip(float v, float ceiling) {
  const float positive = v < 0.0f ? 0.0f : v;
  return positive > ceiling ? ceiling : positive;
}

/** y = x * scale + shift (+ residual), clipped on demand, of N adjacent channels. */
template <int N, bool RELU, bool RESIDUAL>
CONVOY_INLINE void normalisePlane(const float* x, const float* residual, float* y, int64_t pixels,
                                  const float* scale, const float* shift, float ceiling) {
  const Lanes<N> factor = load<N>(scale), term = load<N>(shift);
  const Activation activation = {RELU, ceiling};
  for (int64_t at = 0; at < pixels * N; at += N) {
    Lanes<N> v = load<N>(x + at) * factor + term;
    if (RESIDUAL) v += load<N>(residual + at);
    store<N>(y + at, activate<N>(activation, v));
  }
}

/** The same for any number of channels whose pixels are `stride` apart. */
template <bool RELU, bool RESIDUAL>
CONVOY_INLINE void normaliseAny(const float* x, const float* residual, float* y, int64_t pixels,
                                int64_t stride, int64_t lanes, const float* scale, const float* shift,
                                float ceiling) {
  for (int64_t p = 0; p < pixels; p++) {
    for (int64_t l = 0; l < lanes; l++) {
      float v = x[p * stride + l] * scale[l] + shift[l];
      if (RESIDUAL) v += residual[p * stride + l];
      y[p * stride + l] = RELU ? clip(v, ceiling) : v;
    }
  }
}

/** How many numbers of a pixel a pass goes over: in small blocks also those behind the last channel,
 * which so become zeros. */
CONVOY_INLINE int64_t widthOf(const Images& im, int64_t lanes) {
  return im.block < LANES && im.block != 1 ? im.block : lanes;
}

template <bool RELU, bool RESIDUAL>
CONVOY_INLINE void normaliseStrip(const Images& im, const float* x, const float* residual, float* y,
                                  int64_t lanes, const float* scale, const float* shift,
                                  float ceiling) {
  const int64_t pixels = im.pixels();
  if (im.block == 1) {
    for (int64_t p = 0; p < pixels; p++) {
      float v = x[p] * *scale + *shift;
      if (RESIDUAL) v += residual[p];
      y[p] = RELU ? clip(v, ceiling) : v;
    }
  } else if (im.block == 8) {
    normalisePlane<8, RELU, RESIDUAL>(x, residual, y, pixels, scale, shift, ceiling);
  } else if (im.block == 16) {
    normalisePlane<16, RELU, RESIDUAL>(x, residual, y, pixels, scale, shift, ceiling);
  } else {
    normaliseAny<RELU, RESIDUAL>(x, residual, y, pixels, im.block, widthOf(im, lanes), scale, shift, ceiling);
  }
}

}  // namespace CONVOY_ISA
}  // namespace convoy
