// The passes of the normalisations' gradients over one image's share of a strip, see normPlanes.h.
#pragma once

#include "normPlanes.h"

namespace convoy {
namespace CONVOY_ISA {

/** Which of the incoming gradients count: those whose result lies strictly between zero and the ceiling of the
 * activation. Without a residual it is worked out again, which is faster than to read it. */
enum class Mask { None, ByResult, ByInput };

/** What a channel of a batch sums up for its gradient. */
struct GradSums {
  double dy, dyx;
};

/** What the passes read and write at one place. */
struct GradPlanes {
  const float* dy;
  const float* x;
  const float* y;    // with Mask::ByResult
  float* dresidual;  // takes the masked dy, with RESIDUAL
};

/** Numbers of each channel of a strip, at least LANES of them, zeros behind the last channel. */
struct GradCoefficients {
  const float *mean, *scale, *shift;
  float ceiling;
};

/** dx = scale * dy + slope * x + offset. */
struct GradSlopes {
  const float *slope, *offset;
};

template <Mask MASK>
CONVOY_INLINE float maskOne(const GradPlanes& g, const GradCoefficients& c, int64_t at, int64_t l) {
  if (MASK == Mask::None) return g.dy[at];
  const float v = MASK == Mask::ByResult ? g.y[at] : g.x[at] * c.scale[l] + c.shift[l];
  return (v > 0.0f) & (v < c.ceiling) ? g.dy[at] : 0.0f;
}

/** The same for N channels, whose coefficients are in registers. */
template <int N, Mask MASK>
CONVOY_INLINE Lanes<N> maskLanes(const GradPlanes& g, int64_t at, Lanes<N> scale, Lanes<N> shift,
                                 Lanes<N> ceiling) {
  const Lanes<N> d = load<N>(g.dy + at), zero = {0};
  if (MASK == Mask::None) return d;
  const Lanes<N> v =
      MASK == Mask::ByResult ? load<N>(g.y + at) : load<N>(g.x + at) * scale + shift;
  return (v > zero) & (v < ceiling) ? d : zero;
}

/** N adjacent channels over the pixels of one image: sums of dy and of dy * (x - mean). */
template <int N, Mask MASK, bool RESIDUAL>
CONVOY_INLINE void gradSums(const GradPlanes& g, int64_t pixels, const GradCoefficients& c, float* sum,
                            float* product) {
  const Lanes<N> zero = {0}, means = load<N>(c.mean), ceiling = zero + c.ceiling;
  const Lanes<N> scale = load<N>(c.scale), shift = load<N>(c.shift);
  Lanes<N> sums[APART] = {zero, zero, zero, zero}, products[APART] = {zero, zero, zero, zero};
  const auto take = [&](int64_t at, int64_t k) {
    const Lanes<N> d = maskLanes<N, MASK>(g, at, scale, shift, ceiling);
    if (RESIDUAL) store<N>(g.dresidual + at, d);
    sums[k] += d;
    products[k] += d * (load<N>(g.x + at) - means);
  };
  int64_t p = 0;
  for (; p + APART <= pixels; p += APART) {
#pragma GCC unroll 4
    for (int64_t k = 0; k < APART; k++) take((p + k) * N, k);
  }
  for (; p < pixels; p++) take(p * N, 0);
  store<N>(sum, sums[0] + sums[1] + (sums[2] + sums[3]));
  store<N>(product, products[0] + products[1] + (products[2] + products[3]));
}

/** Any number of channels, up to LANES, whose pixels are `stride` apart. */
template <Mask MASK, bool RESIDUAL>
CONVOY_INLINE void gradSumsOfAny(const GradPlanes& g, int64_t pixels, int64_t stride, int64_t lanes,
                                 const GradCoefficients& c, float* sum, float* product) {
  for (int64_t l = 0; l < lanes; l++) sum[l] = product[l] = 0;
  for (int64_t p = 0; p < pixels; p++) {
    for (int64_t l = 0; l < lanes; l++) {
      const int64_t at = p * stride + l;
      const float d = maskOne<MASK>(g, c, at, l);
      if (RESIDUAL) g.dresidual[at] = d;
      sum[l] += d;
      product[l] += d * (g.x[at] - c.mean[l]);
    }
  }
}

/** dx of N adjacent channels. */
template <int N, Mask MASK>
CONVOY_INLINE void gradPlane(const GradPlanes& g, float* dx, int64_t pixels, const GradCoefficients& c,
                             const GradSlopes& of) {
  const Lanes<N> zero = {0}, ceiling = zero + c.ceiling;
  const Lanes<N> scale = load<N>(c.scale), shift = load<N>(c.shift);
  const Lanes<N> slope = load<N>(of.slope), offset = load<N>(of.offset);
  for (int64_t at = 0; at < pixels * N; at += N) {
    const Lanes<N> d = maskLanes<N, MASK>(g, at, scale, shift, ceiling);
    store<N>(dx + at, d * scale + (load<N>(g.x + at) * slope + offset));
  }
}

template <Mask MASK>
CONVOY_INLINE void gradPlaneOfAny(const GradPlanes& g, float* dx, int64_t pixels, int64_t stride,
                                  int64_t lanes, const GradCoefficients& c, const GradSlopes& of) {
  for (int64_t p = 0; p < pixels; p++) {
    for (int64_t l = 0; l < lanes; l++) {
      const int64_t at = p * stride + l;
      dx[at] = maskOne<MASK>(g, c, at, l) * c.scale[l] + (g.x[at] * of.slope[l] + of.offset[l]);
    }
  }
}

/** One channel whose pixels are adjacent: lanes run over pixels, LANES copies of its numbers. */
struct Row {
  float mean[LANES], scale[LANES], shift[LANES], slope[LANES], offset[LANES];

  CONVOY_INLINE explicit Row(const GradCoefficients& c, GradSlopes of = {nullptr, nullptr}) {
    for (int64_t l = 0; l < LANES; l++) {
      mean[l] = *c.mean;
      scale[l] = *c.scale;
      shift[l] = *c.shift;
      slope[l] = of.slope ? *of.slope : 0.0f;
      offset[l] = of.offset ? *of.offset : 0.0f;
    }
  }
};

/** What is left of planes behind the first `done` numbers. */
template <Mask MASK, bool RESIDUAL>
CONVOY_INLINE GradPlanes behind(const GradPlanes& g, int64_t done) {
  return {g.dy + done, g.x + done, MASK == Mask::ByResult ? g.y + done : g.y,
          RESIDUAL ? g.dresidual + done : g.dresidual};
}

template <Mask MASK, bool RESIDUAL>
CONVOY_INLINE void rowGradSums(const GradPlanes& g, int64_t pixels, const GradCoefficients& c,
                               float* sum, float* product) {
  const Row row(c);
  float s[LANES], t[LANES];
  const int64_t rows = pixels / LANES, done = rows * LANES;
  gradSums<LANES, MASK, RESIDUAL>(g, rows, {row.mean, row.scale, row.shift, c.ceiling}, s, t);
  gradSumsOfAny<MASK, RESIDUAL>(behind<MASK, RESIDUAL>(g, done), pixels - done, 1, 1, c, sum, product);
  for (int64_t l = 0; l < LANES; l++) {
    *sum += s[l];
    *product += t[l];
  }
}

template <Mask MASK>
CONVOY_INLINE void rowGrad(const GradPlanes& g, float* dx, int64_t pixels, const GradCoefficients& c,
                           const GradSlopes& of) {
  const Row row(c, of);
  const int64_t rows = pixels / LANES, done = rows * LANES;
  gradPlane<LANES, MASK>(g, dx, rows, {row.mean, row.scale, row.shift, c.ceiling},
                         {row.slope, row.offset});
  gradPlaneOfAny<MASK>(behind<MASK, false>(g, done), dx + done, pixels - done, 1, 1, c, of);
}

/** Sums of the masked dy, and of its product with x - mean, of each channel of a strip. */
template <Mask MASK, bool RESIDUAL>
CONVOY_INLINE void stripGradSums(const Images& im, const GradPlanes& g, int64_t lanes,
                                 const GradCoefficients& c, float* sum, float* product) {
  if (im.block == 1) {
    rowGradSums<MASK, RESIDUAL>(g, im.pixels(), c, sum, product);
  } else if (im.block == 16) {
    gradSums<16, MASK, RESIDUAL>(g, im.pixels(), c, sum, product);
  } else if (im.block == 8) {
    gradSums<8, MASK, RESIDUAL>(g, im.pixels(), c, sum, product);
  } else {
    gradSumsOfAny<MASK, RESIDUAL>(g, im.pixels(), im.block, lanes, c, sum, product);
  }
}

template <Mask MASK>
CONVOY_INLINE void gradStrip(const Images& im, const GradPlanes& g, float* dx, int64_t lanes,
                             const GradCoefficients& c, const GradSlopes& of) {
  if (im.block == 1) {
    rowGrad<MASK>(g, dx, im.pixels(), c, of);
  } else if (im.block == 16) {
    gradPlane<16, MASK>(g, dx, im.pixels(), c, of);
  } else if (im.block == 8) {
    gradPlane<8, MASK>(g, dx, im.pixels(), c, of);
  } else {
    gradPlaneOfAny<MASK>(g, dx, im.pixels(), im.block, widthOf(im, lanes), c, of);
  }
}

}  // namespace CONVOY_ISA
}  // namespace convoy
