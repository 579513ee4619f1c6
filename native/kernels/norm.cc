// Batch normalisation over the channels of images in any channel-block layout.
//
// Statistics: every thread takes whole planes; a plane is read twice (mean, then squared deviations),
// the second time from the cache. The batch is cut into CHUNKS parts, whatever the number of threads,
// whose sums are merged in double precision in a fixed order.
// Each pass below is written once for a compile-time block, so that the lane loop vectorises.
#include "kernels.h"
#include "lanes.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t SERIAL = 8192;
constexpr int64_t LANES = 16;
constexpr int64_t CHUNKS = 8;

struct Moments {
  double count, mean, m2;
};

CONVOY_INLINE void merge(Moments& into, double count, double mean, double m2) {
  const double total = into.count + count;
  const double delta = mean - into.mean;
  into.mean += delta * count / total;
  into.m2 += m2 + delta * delta * into.count * count / total;
  into.count = total;
}

/** Mean and squared deviations of up to LANES adjacent channels over the pixels of one image. */
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

/** The same for one channel whose pixels are adjacent: lanes run over pixels. */
CONVOY_INLINE void rowMoments(const float* x, int64_t pixels, float* mean, float* m2) {
  float sum[LANES] = {0}, square[LANES] = {0};
  int64_t p = 0;
  for (; p + LANES <= pixels; p += LANES) {
    for (int64_t l = 0; l < LANES; l++) sum[l] += x[p + l];
  }
  for (; p < pixels; p++) sum[0] += x[p];
  float total = 0;
  for (int64_t l = 0; l < LANES; l++) total += sum[l];
  const float m = total / static_cast<float>(pixels);
  for (p = 0; p + LANES <= pixels; p += LANES) {
    for (int64_t l = 0; l < LANES; l++) {
      const float d = x[p + l] - m;
      square[l] += d * d;
    }
  }
  for (; p < pixels; p++) square[0] += (x[p] - m) * (x[p] - m);
  total = 0;
  for (int64_t l = 0; l < LANES; l++) total += square[l];
  *mean = m;
  *m2 = total;
}

/** A run of adjacent channels inside a block: where it starts and how many. */
struct Group {
  int64_t offset;
  int64_t channel;
  int64_t lanes;
};

/** Channels are handled in groups of up to LANES that lie side by side. */
CONVOY_INLINE int64_t groupCount(const Images& im) {
  const int64_t inside = (im.block + LANES - 1) / LANES;
  return im.blocks() * inside;
}

CONVOY_INLINE int64_t chunkStart(const Images& im, int64_t chunk) {
  return im.count * chunk / CHUNKS;
}

CONVOY_INLINE Group groupAt(const Images& im, int64_t index) {
  const int64_t inside = (im.block + LANES - 1) / LANES;
  const int64_t block = index / inside;
  const int64_t first = index % inside * LANES;
  const int64_t channel = block * im.block + first;
  int64_t lanes = im.block - first < LANES ? im.block - first : LANES;
  if (lanes > im.channels - channel) lanes = im.channels - channel;
  return {block * im.plane() + first, channel, lanes};
}

void groupMoments(const Images& im, const float* x, const Group& g, int64_t chunk,
                  Moments* totals) {
  const double pixels = static_cast<double>(im.pixels());
  for (int64_t l = 0; l < g.lanes; l++) totals[l] = {0, 0, 0};
  for (int64_t n = chunkStart(im, chunk); n < chunkStart(im, chunk + 1); n++) {
    const float* plane = x + n * im.blocks() * im.plane() + g.offset;
    float mean[LANES], m2[LANES];
    if (im.block == 1) {
      rowMoments(plane, im.pixels(), mean, m2);
    } else if (g.lanes == 16) {
      planeMoments<16>(plane, im.pixels(), im.block, 16, mean, m2);
    } else if (g.lanes == 8) {
      planeMoments<8>(plane, im.pixels(), im.block, 8, mean, m2);
    } else {
      planeMoments<0>(plane, im.pixels(), im.block, g.lanes, mean, m2);
    }
    for (int64_t l = 0; l < g.lanes; l++) merge(totals[l], pixels, mean[l], m2[l]);
  }
}

/** y = x * scale + shift (+ residual), clipped at zero on demand, over one image's share of a group. */
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

template <bool RELU, bool RESIDUAL>
void normalise(const BatchNormArgs& a, const float* scale, const float* shift) {
  const Images& im = a.images;
  const int64_t groups = groupCount(im);
#pragma omp parallel for schedule(static) if (im.size() > SERIAL)
  for (int64_t at = 0; at < im.count * groups; at++) {
    const Group g = groupAt(im, at % groups);
    const int64_t base = at / groups * im.blocks() * im.plane() + g.offset;
    const float* x = a.x + base;
    const float* r = RESIDUAL ? a.residual + base : nullptr;
    float* y = a.y + base;
    const int64_t padded = im.block < LANES && im.block != 1 ? im.block : g.lanes;
    const float* s = scale + g.channel;
    const float* t = shift + g.channel;
    if (im.block == 1) {
      for (int64_t p = 0; p < im.pixels(); p++) {
        float v = x[p] * *s + *t;
        if (RESIDUAL) v += r[p];
        y[p] = RELU && v < 0.0f ? 0.0f : v;
      }
    } else if (im.block == 8) {
      normalisePlane<8, RELU, RESIDUAL>(x, r, y, im.pixels(), 8, 8, s, t);
    } else if (im.block == 16) {
      normalisePlane<16, RELU, RESIDUAL>(x, r, y, im.pixels(), 16, 16, s, t);
    } else {
      normalisePlane<0, RELU, RESIDUAL>(x, r, y, im.pixels(), im.block, padded, s, t);
    }
  }
}

struct GradSums {
  double dy, dyx;
};

// The gradient goes over the images twice: for the sums, then for dx. Where the residual takes the masked
// dy, the first pass stores it and the second reads that in place of dy and y.

/** N adjacent channels over the pixels of one image. */
template <int N, bool RELU, bool RESIDUAL>
CONVOY_INLINE void gradSums(const float* dy, const float* x, const float* y, float* dr,
                            int64_t pixels, const float* mean, float* sum, float* product) {
  const Lanes<N> zero = {0}, means = load<N>(mean);
  Lanes<N> s = zero, t = zero;
  for (int64_t at = 0; at < pixels * N; at += N) {
    Lanes<N> d = load<N>(dy + at);
    if (RELU) d = load<N>(y + at) > zero ? d : zero;
    if (RESIDUAL) store<N>(dr + at, d);
    s += d;
    t += d * (load<N>(x + at) - means);
  }
  store<N>(sum, s);
  store<N>(product, t);
}

/** Any number of channels, up to LANES, whose pixels are `stride` apart. */
template <bool RELU, bool RESIDUAL>
CONVOY_INLINE void gradSumsOfAny(const float* dy, const float* x, const float* y, float* dr,
                                 int64_t pixels, int64_t stride, int64_t lanes, const float* mean,
                                 float* sum, float* product) {
  for (int64_t l = 0; l < lanes; l++) sum[l] = product[l] = 0;
  for (int64_t p = 0; p < pixels; p++) {
    for (int64_t l = 0; l < lanes; l++) {
      const int64_t at = p * stride + l;
      const float d = RELU && !(y[at] > 0.0f) ? 0.0f : dy[at];
      if (RESIDUAL) dr[at] = d;
      sum[l] += d;
      product[l] += d * (x[at] - mean[l]);
    }
  }
}

/** The same for one channel whose pixels are adjacent: lanes run over pixels. */
template <bool RELU, bool RESIDUAL>
CONVOY_INLINE void rowGradSums(const float* dy, const float* x, const float* y, float* dr,
                               int64_t pixels, float mean, float* sum, float* product) {
  float means[LANES], s[LANES], t[LANES];
  for (int64_t l = 0; l < LANES; l++) means[l] = mean;
  const int64_t rows = pixels / LANES, done = rows * LANES;
  gradSums<LANES, RELU, RESIDUAL>(dy, x, y, dr, rows, means, s, t);
  gradSumsOfAny<RELU, RESIDUAL>(dy + done, x + done, RELU ? y + done : y, RESIDUAL ? dr + done : dr,
                                pixels - done, 1, 1, means, sum, product);
  for (int64_t l = 0; l < LANES; l++) {
    *sum += s[l];
    *product += t[l];
  }
}

template <bool RELU, bool RESIDUAL>
void groupGradSums(const BatchNormGradArgs& a, const Group& g, int64_t chunk, GradSums* totals) {
  const Images& im = a.images;
  float mean[LANES] = {0};  // also of the lanes behind the last channel, which hold zeros and stay so
  for (int64_t l = 0; l < g.lanes; l++) {
    mean[l] = a.mean[g.channel + l];
    totals[l] = {0, 0};
  }
  for (int64_t n = chunkStart(im, chunk); n < chunkStart(im, chunk + 1); n++) {
    const int64_t base = n * im.blocks() * im.plane() + g.offset;
    const float *dy = a.dy + base, *x = a.x + base, *y = RELU ? a.y + base : nullptr;
    float* dr = RESIDUAL ? a.dresidual + base : nullptr;
    float sum[LANES], product[LANES];
    if (im.block == 1) {
      rowGradSums<RELU, RESIDUAL>(dy, x, y, dr, im.pixels(), mean[0], sum, product);
    } else if (im.block == 16) {
      gradSums<16, RELU, RESIDUAL>(dy, x, y, dr, im.pixels(), mean, sum, product);
    } else if (im.block == 8) {
      gradSums<8, RELU, RESIDUAL>(dy, x, y, dr, im.pixels(), mean, sum, product);
    } else {
      gradSumsOfAny<RELU, RESIDUAL>(dy, x, y, dr, im.pixels(), im.block, g.lanes, mean, sum,
                                    product);
    }
    for (int64_t l = 0; l < g.lanes; l++) {
      totals[l].dy += sum[l];
      totals[l].dyx += product[l];
    }
  }
}

template <bool RELU, bool RESIDUAL>
void sumAll(const BatchNormGradArgs& a, int64_t padded, GradSums* partial) {
  const Images& im = a.images;
  const int64_t groups = groupCount(im);
#pragma omp parallel for schedule(static) if (im.size() > SERIAL)
  for (int64_t at = 0; at < CHUNKS * groups; at++) {
    const Group g = groupAt(im, at % groups);
    groupGradSums<RELU, RESIDUAL>(a, g, at / groups, partial + at / groups * padded + g.channel);
  }
}

/** dx = p * dy + q * x + r, dy masked by y on demand. */
template <int STEP, bool RELU>
CONVOY_INLINE void gradPlane(const float* dy, const float* x, const float* y,
                             float* __restrict dx,
                             int64_t pixels, int64_t stride, int64_t lanes, const float* p,
                             const float* q, const float* r) {
  const int64_t width = STEP ? STEP : lanes;
  for (int64_t i = 0; i < pixels; i++) {
    for (int64_t l = 0; l < width; l++) {
      const int64_t at = i * stride + l;
      const float d = RELU && !(y[at] > 0.0f) ? 0.0f : dy[at];
      dx[at] = d * p[l] + (x[at] * q[l] + r[l]);
    }
  }
}

template <bool RELU>
void gradApply(const BatchNormGradArgs& a, const float* masked, const float* p, const float* q,
               const float* r) {
  const Images& im = a.images;
  const int64_t groups = groupCount(im);
#pragma omp parallel for schedule(static) if (im.size() > SERIAL)
  for (int64_t at = 0; at < im.count * groups; at++) {
    const Group g = groupAt(im, at % groups);
    const int64_t base = at / groups * im.blocks() * im.plane() + g.offset;
    const float *dy = masked + base, *x = a.x + base, *y = RELU ? a.y + base : nullptr;
    float* dx = a.dx + base;
    const int64_t padded = im.block < LANES && im.block != 1 ? im.block : g.lanes;
    const float *pg = p + g.channel, *qg = q + g.channel, *rg = r + g.channel;
    if (im.block == 1) {
      for (int64_t i = 0; i < im.pixels(); i++) {
        const float d = RELU && !(y[i] > 0.0f) ? 0.0f : dy[i];
        dx[i] = d * *pg + (x[i] * *qg + *rg);
      }
    } else if (im.block == 8) {
      gradPlane<8, RELU>(dy, x, y, dx, im.pixels(), 8, 8, pg, qg, rg);
    } else if (im.block == 16) {
      gradPlane<16, RELU>(dy, x, y, dx, im.pixels(), 16, 16, pg, qg, rg);
    } else {
      gradPlane<0, RELU>(dy, x, y, dx, im.pixels(), im.block, padded, pg, qg, rg);
    }
  }
}

/** Channels rounded up so that whole blocks and groups of lanes can be read. */
CONVOY_INLINE int64_t paddedChannels(const Images& im) {
  return im.blocks() * im.block + LANES;
}

}  // namespace

void batchNorm(const BatchNormArgs& a) {
  const Images& im = a.images;
  const int64_t padded = paddedChannels(im);
  float* scale = a.scratch;
  float* shift = scale + padded;
  for (int64_t c = 0; c < 2 * padded; c++) scale[c] = 0;
  const int64_t groups = groupCount(im);
  const double count = static_cast<double>(im.count * im.pixels());
  Moments* partial = static_cast<Moments*>(a.partial);
#pragma omp parallel for schedule(static) if (im.size() > SERIAL)
  for (int64_t at = 0; at < CHUNKS * groups; at++) {
    const Group g = groupAt(im, at % groups);
    groupMoments(im, a.x, g, at / groups, partial + at / groups * padded + g.channel);
  }
  for (int64_t c = 0; c < im.channels; c++) {
    Moments total = {0, 0, 0};
    for (int64_t chunk = 0; chunk < CHUNKS; chunk++) {
      const Moments& m = partial[chunk * padded + c];
      if (m.count > 0) merge(total, m.count, m.mean, m.m2);
    }
    const double variance = total.m2 / count;
    const double s = a.gamma[c] / __builtin_sqrt(variance + a.eps);
    a.mean[c] = static_cast<float>(total.mean);
    a.variance[c] = static_cast<float>(variance);
    scale[c] = static_cast<float>(s);
    shift[c] = static_cast<float>(a.beta[c] - total.mean * s);
  }
  if (a.relu) {
    a.residual ? normalise<true, true>(a, scale, shift) : normalise<true, false>(a, scale, shift);
  } else {
    a.residual ? normalise<false, true>(a, scale, shift) : normalise<false, false>(a, scale, shift);
  }
}

void batchNormGrad(const BatchNormGradArgs& a) {
  const Images& im = a.images;
  const int64_t padded = paddedChannels(im);
  float* p = a.scratch;
  float* q = p + padded;
  float* r = q + padded;
  for (int64_t c = 0; c < 3 * padded; c++) p[c] = 0;
  const double count = static_cast<double>(im.count * im.pixels());
  GradSums* partial = static_cast<GradSums*>(a.partial);
  if (a.y) {
    a.dresidual ? sumAll<true, true>(a, padded, partial) : sumAll<true, false>(a, padded, partial);
  } else {
    a.dresidual ? sumAll<false, true>(a, padded, partial) : sumAll<false, false>(a, padded, partial);
  }
  for (int64_t c = 0; c < im.channels; c++) {
    GradSums total = {0, 0};
    for (int64_t chunk = 0; chunk < CHUNKS; chunk++) {
      total.dy += partial[chunk * padded + c].dy;
      total.dyx += partial[chunk * padded + c].dyx;
    }
    const double inverse = 1.0 / __builtin_sqrt(static_cast<double>(a.variance[c]) + a.eps);
    const double s = a.gamma[c] * inverse;
    const double slope = -s * total.dyx * inverse * inverse / count;
    a.dgamma[c] = static_cast<float>(total.dyx * inverse);
    a.dbeta[c] = static_cast<float>(total.dy);
    p[c] = static_cast<float>(s);
    q[c] = static_cast<float>(slope);
    r[c] = static_cast<float>(-slope * a.mean[c] - s * total.dy / count);
  }
  if (a.dresidual) return gradApply<false>(a, a.dresidual, p, q, r);
  a.y ? gradApply<true>(a, a.dy, p, q, r) : gradApply<false>(a, a.dy, p, q, r);
}

}  // namespace CONVOY_ISA
}  // namespace convoy
