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

/** Mean and squared deviations of up to LANES adjacent channels over the pixels of one image, which is
 * read twice, the second time from the cache. */
template <int STEP>
CONVOY_INLINE void planeMoments(const float* x, int64_t pixels, int64_t stride, int64_t lanes,
                                float* mean, float* m2) {
  float sum[LANES] = {0}, square[LANES] = {0};
  const int64_t width = STEP ? STEP : lanes;
  for (int64_t p = 0; p < pixels; p++) {
    for (int64_t l = 0; l < width; l++) sum[l] += x[p * stride + l];
  }
  for (int64_t l = 0; l < width; l++) mean[l] = sum[l] / static_cast<float>(pixels);
  for (int64_t p = 0; p < pixels; p++) {
    for (int64_t l = 0; l < width; l++) {
      const float d = x[p * stride + l] - mean[l];
      square[l] += d * d;
    }
  }
  for (int64_t l = 0; l < width; l++) m2[l] = square[l];
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
  } else if (lanes == 16) {
    planeMoments<16>(x, im.pixels(), im.block, 16, mean, m2);
  } else if (lanes == 8) {
    planeMoments<8>(x, im.pixels(), im.block, 8, mean, m2);
  } else {
    planeMoments<0>(x, im.pixels(), im.block, lanes, mean, m2);
  }
}

/** y = x * scale + shift (+ residual), clipped at zero on demand. */
template <int STEP, bool RELU, bool RESIDUAL>
CONVOY_INLINE void normalisePlane(const float* x, const float* residual, float* y, int64_t pixels,
                                  int64_t stride, int64_t lanes, const float* scale,
                                  const float* shift) {
  const int64_t width = STEP ? STEP : lanes;
  for (int64_t p = 0; p < pixels; p++) {
    for (int64_t l = 0; l < width; l++) {
      float v = x[p * stride + l] * scale[l] + shift[l];
      if (RESIDUAL) v += residual[p * stride + l];
      y[p * stride + l] = RELU && v < 0.0f ? 0.0f : v;
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
                                  int64_t lanes, const float* scale, const float* shift) {
  if (im.block == 1) {
    for (int64_t p = 0; p < im.pixels(); p++) {
      float v = x[p] * *scale + *shift;
      if (RESIDUAL) v += residual[p];
      y[p] = RELU && v < 0.0f ? 0.0f : v;
    }
  } else if (im.block == 8) {
    normalisePlane<8, RELU, RESIDUAL>(x, residual, y, im.pixels(), 8, 8, scale, shift);
  } else if (im.block == 16) {
    normalisePlane<16, RELU, RESIDUAL>(x, residual, y, im.pixels(), 16, 16, scale, shift);
  } else {
    normalisePlane<0, RELU, RESIDUAL>(x, residual, y, im.pixels(), im.block, widthOf(im, lanes), scale,
                                      shift);
  }
}

/** What the passes of a gradient read and write at one place; `y` only with RELU, `dresidual` only with
 * RESIDUAL. */
struct GradPlanes {
  const float* dy;
  const float* x;
  const float* y;
  float* dresidual;
};

/** N adjacent channels over the pixels of one image: sums of dy and of dy * (x - mean). */
template <int N, bool RELU, bool RESIDUAL>
CONVOY_INLINE void gradSums(const GradPlanes& g, int64_t pixels, const float* mean, float* sum,
                            float* product) {
  const Lanes<N> zero = {0}, means = load<N>(mean);
  Lanes<N> s = zero, t = zero;
  for (int64_t at = 0; at < pixels * N; at += N) {
    Lanes<N> d = load<N>(g.dy + at);
    if (RELU) d = load<N>(g.y + at) > zero ? d : zero;
    if (RESIDUAL) store<N>(g.dresidual + at, d);
    s += d;
    t += d * (load<N>(g.x + at) - means);
  }
  store<N>(sum, s);
  store<N>(product, t);
}

/** Any number of channels, up to LANES, whose pixels are `stride` apart. */
template <bool RELU, bool RESIDUAL>
CONVOY_INLINE void gradSumsOfAny(const GradPlanes& g, int64_t pixels, int64_t stride, int64_t lanes,
                                 const float* mean, float* sum, float* product) {
  for (int64_t l = 0; l < lanes; l++) sum[l] = product[l] = 0;
  for (int64_t p = 0; p < pixels; p++) {
    for (int64_t l = 0; l < lanes; l++) {
      const int64_t at = p * stride + l;
      const float d = RELU && !(g.y[at] > 0.0f) ? 0.0f : g.dy[at];
      if (RESIDUAL) g.dresidual[at] = d;
      sum[l] += d;
      product[l] += d * (g.x[at] - mean[l]);
    }
  }
}

/** The same for one channel whose pixels are adjacent: lanes run over pixels. */
template <bool RELU, bool RESIDUAL>
CONVOY_INLINE void rowGradSums(const GradPlanes& g, int64_t pixels, float mean, float* sum,
                               float* product) {
  float means[LANES], s[LANES], t[LANES];
  for (int64_t l = 0; l < LANES; l++) means[l] = mean;
  const int64_t rows = pixels / LANES, done = rows * LANES;
  gradSums<LANES, RELU, RESIDUAL>(g, rows, means, s, t);
  const GradPlanes rest = {g.dy + done, g.x + done, RELU ? g.y + done : g.y,
                           RESIDUAL ? g.dresidual + done : g.dresidual};
  gradSumsOfAny<RELU, RESIDUAL>(rest, pixels - done, 1, 1, means, sum, product);
  for (int64_t l = 0; l < LANES; l++) {
    *sum += s[l];
    *product += t[l];
  }
}

/** Sums of dy, masked by y on demand, and of its product with x - mean, of each channel of a strip. `mean`
 * has LANES numbers, zeros behind the last channel, whose lanes hold zeros and stay so. */
template <bool RELU, bool RESIDUAL>
CONVOY_INLINE void stripGradSums(const Images& im, const GradPlanes& g, int64_t lanes,
                                 const float* mean, float* sum, float* product) {
  if (im.block == 1) {
    rowGradSums<RELU, RESIDUAL>(g, im.pixels(), mean[0], sum, product);
  } else if (im.block == 16) {
    gradSums<16, RELU, RESIDUAL>(g, im.pixels(), mean, sum, product);
  } else if (im.block == 8) {
    gradSums<8, RELU, RESIDUAL>(g, im.pixels(), mean, sum, product);
  } else {
    gradSumsOfAny<RELU, RESIDUAL>(g, im.pixels(), im.block, lanes, mean, sum, product);
  }
}

/** dx = p * dy + q * x + r, dy masked by y on demand. */
template <int STEP, bool RELU>
CONVOY_INLINE void gradPlane(const GradPlanes& g, float* __restrict dx, int64_t pixels, int64_t stride,
                             int64_t lanes, const float* p, const float* q, const float* r) {
  const int64_t width = STEP ? STEP : lanes;
  const float *dy = g.dy, *x = g.x, *y = g.y;
  for (int64_t i = 0; i < pixels; i++) {
    for (int64_t l = 0; l < width; l++) {
      const int64_t at = i * stride + l;
      const float d = RELU && !(y[at] > 0.0f) ? 0.0f : dy[at];
      dx[at] = d * p[l] + (x[at] * q[l] + r[l]);
    }
  }
}

template <bool RELU>
CONVOY_INLINE void gradStrip(const Images& im, const GradPlanes& g, float* dx, int64_t lanes,
                             const float* p, const float* q, const float* r) {
  if (im.block == 1) {
    for (int64_t i = 0; i < im.pixels(); i++) {
      const float d = RELU && !(g.y[i] > 0.0f) ? 0.0f : g.dy[i];
      dx[i] = d * *p + (g.x[i] * *q + *r);
    }
  } else if (im.block == 8) {
    gradPlane<8, RELU>(g, dx, im.pixels(), 8, 8, p, q, r);
  } else if (im.block == 16) {
    gradPlane<16, RELU>(g, dx, im.pixels(), 16, 16, p, q, r);
  } else {
    gradPlane<0, RELU>(g, dx, im.pixels(), im.block, widthOf(im, lanes), p, q, r);
  }
}

}  // namespace CONVOY_ISA
}  // namespace convoy
