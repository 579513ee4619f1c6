// Batch normalisation over the channels of images in any channel-block layout, and its gradient.
//
// The batch is cut into CHUNKS parts, whatever the number of threads, whose statistics are merged in
// double precision in a fixed order. The gradient goes over the images twice: for the sums, then for dx.
// Where the residual takes the masked dy, the first pass stores it and the second reads that.
#include "kernels.h"
#include "normGradPlanes.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t SERIAL = 8192;
constexpr int64_t CHUNKS = 8;

CONVOY_INLINE int64_t chunkStart(const Images& im, int64_t chunk) {
  return im.count * chunk / CHUNKS;
}

void chunkMoments(const Images& im, const float* x, const Strip& strip, int64_t chunk,
                  Moments* totals) {
  const double pixels = static_cast<double>(im.pixels());
  for (int64_t l = 0; l < strip.lanes; l++) totals[l] = {0, 0, 0};
  for (int64_t n = chunkStart(im, chunk); n < chunkStart(im, chunk + 1); n++) {
    float mean[LANES], m2[LANES];
    stripMoments(im, x + imageStart(im, n) + strip.offset, strip.lanes, mean, m2);
    for (int64_t l = 0; l < strip.lanes; l++) merge(totals[l], pixels, mean[l], m2[l]);
  }
}

template <bool RELU, bool RESIDUAL>
void normalise(const BatchNormArgs& a, const float* scale, const float* shift) {
  const Images& im = a.images;
  const int64_t strips = stripCount(im);
#pragma omp parallel for schedule(static) if (im.size() > SERIAL)
  for (int64_t at = 0; at < im.count * strips; at++) {
    const Strip strip = stripAt(im, at % strips);
    const int64_t base = imageStart(im, at / strips) + strip.offset;
    normaliseStrip<RELU, RESIDUAL>(im, a.x + base, RESIDUAL ? a.residual + base : nullptr, a.y + base,
                                   strip.lanes, scale + strip.channel, shift + strip.channel,
                                   a.activation.ceiling);
  }
}

struct GradSums {
  double dy, dyx;
};

/** Numbers of every channel, in the scratch space. */
struct GradNumbers {
  float *scale, *shift, *slope, *offset;
};

template <Mask MASK, bool RESIDUAL>
CONVOY_INLINE GradPlanes planesAt(const BatchNormGradArgs& a, int64_t base) {
  return {a.dy + base, a.x + base, MASK == Mask::ByResult ? a.y + base : nullptr,
          RESIDUAL ? a.dresidual + base : nullptr};
}

template <Mask MASK, bool RESIDUAL>
void chunkGradSums(const BatchNormGradArgs& a, const GradNumbers& of, const Strip& strip,
                   int64_t chunk, GradSums* totals) {
  const Images& im = a.images;
  float mean[LANES] = {0};
  for (int64_t l = 0; l < strip.lanes; l++) {
    mean[l] = a.mean[strip.channel + l];
    totals[l] = {0, 0};
  }
  const GradCoefficients c = {mean, of.scale + strip.channel, of.shift + strip.channel,
                              a.activation.ceiling};
  for (int64_t n = chunkStart(im, chunk); n < chunkStart(im, chunk + 1); n++) {
    float sum[LANES], product[LANES];
    const GradPlanes planes = planesAt<MASK, RESIDUAL>(a, imageStart(im, n) + strip.offset);
    stripGradSums<MASK, RESIDUAL>(im, planes, strip.lanes, c, sum, product);
    for (int64_t l = 0; l < strip.lanes; l++) {
      totals[l].dy += sum[l];
      totals[l].dyx += product[l];
    }
  }
}

template <Mask MASK, bool RESIDUAL>
void sumAll(const BatchNormGradArgs& a, const GradNumbers& of, int64_t padded, GradSums* partial) {
  const Images& im = a.images;
  const int64_t strips = stripCount(im);
#pragma omp parallel for schedule(static) if (im.size() > SERIAL)
  for (int64_t at = 0; at < CHUNKS * strips; at++) {
    const Strip strip = stripAt(im, at % strips);
    chunkGradSums<MASK, RESIDUAL>(a, of, strip, at / strips,
                                  partial + at / strips * padded + strip.channel);
  }
}

template <Mask MASK>
void applyAll(const BatchNormGradArgs& a, const GradNumbers& of, const float* dy) {
  const Images& im = a.images;
  const int64_t strips = stripCount(im);
#pragma omp parallel for schedule(static) if (im.size() > SERIAL)
  for (int64_t at = 0; at < im.count * strips; at++) {
    const Strip strip = stripAt(im, at % strips);
    const int64_t base = imageStart(im, at / strips) + strip.offset, c = strip.channel;
    GradPlanes planes = planesAt<MASK, false>(a, base);
    planes.dy = dy + base;
    // The means are not asked for here.
    gradStrip<MASK>(im, planes, a.dx + base, strip.lanes,
                    {of.offset + c, of.scale + c, of.shift + c, a.activation.ceiling},
                    {of.slope + c, of.offset + c});
  }
}

/** Channels rounded up so that whole blocks and strips can be read. */
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
  const int64_t strips = stripCount(im);
  const double count = static_cast<double>(im.count * im.pixels());
  Moments* partial = static_cast<Moments*>(a.partial);
#pragma omp parallel for schedule(static) if (im.size() > SERIAL)
  for (int64_t at = 0; at < CHUNKS * strips; at++) {
    const Strip strip = stripAt(im, at % strips);
    chunkMoments(im, a.x, strip, at / strips, partial + at / strips * padded + strip.channel);
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
  if (a.activation.relu) {
    a.residual ? normalise<true, true>(a, scale, shift) : normalise<true, false>(a, scale, shift);
  } else {
    a.residual ? normalise<false, true>(a, scale, shift) : normalise<false, false>(a, scale, shift);
  }
}

void batchNormGrad(const BatchNormGradArgs& a) {
  const Images& im = a.images;
  const int64_t padded = paddedChannels(im);
  const GradNumbers of = {a.scratch, a.scratch + padded, a.scratch + 2 * padded,
                          a.scratch + 3 * padded};
  for (int64_t c = 0; c < NORM_SCRATCH * padded; c++) a.scratch[c] = 0;
  for (int64_t c = 0; c < im.channels; c++) {
    const double scale = a.gamma[c] / __builtin_sqrt(static_cast<double>(a.variance[c]) + a.eps);
    of.scale[c] = static_cast<float>(scale);
    of.shift[c] = static_cast<float>(a.beta[c] - a.mean[c] * scale);
  }
  GradSums* partial = static_cast<GradSums*>(a.partial);
  if (a.y) {
    a.dresidual ? sumAll<Mask::ByResult, true>(a, of, padded, partial)
                : sumAll<Mask::ByResult, false>(a, of, padded, partial);
  } else if (a.activation.relu) {
    sumAll<Mask::ByInput, false>(a, of, padded, partial);
  } else {
    a.dresidual ? sumAll<Mask::None, true>(a, of, padded, partial)
                : sumAll<Mask::None, false>(a, of, padded, partial);
  }
  const double count = static_cast<double>(im.count * im.pixels());
  for (int64_t c = 0; c < im.channels; c++) {
    GradSums total = {0, 0};
    for (int64_t chunk = 0; chunk < CHUNKS; chunk++) {
      total.dy += partial[chunk * padded + c].dy;
      total.dyx += partial[chunk * padded + c].dyx;
    }
    const double inverse = 1.0 / __builtin_sqrt(static_cast<double>(a.variance[c]) + a.eps);
    const double scale = a.gamma[c] * inverse;
    const double slope = -scale * total.dyx * inverse * inverse / count;
    a.dgamma[c] = static_cast<float>(total.dyx * inverse);
    a.dbeta[c] = static_cast<float>(total.dy);
    of.slope[c] = static_cast<float>(slope);
    of.offset[c] = static_cast<float>(-slope * a.mean[c] - scale * total.dy / count);
  }
  // What the residual got is masked already.
  if (a.dresidual) return applyAll<Mask::None>(a, of, a.dresidual);
  if (a.y) return applyAll<Mask::ByResult>(a, of, a.dy);
  a.activation.relu ? applyAll<Mask::ByInput>(a, of, a.dy) : applyAll<Mask::None>(a, of, a.dy);
}

}  // namespace CONVOY_ISA
}  // namespace convoy
