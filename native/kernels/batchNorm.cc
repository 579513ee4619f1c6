// Batch normalisation over the channels of images in any channel-block layout, and its gradient.
//
// Both go over the images twice: for sums over the batch, which each part of it has for itself and which are
// merged in double precision in a fixed order, and for the results.
#include "kernels.h"
#include "normGradPlanes.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t SERIAL = 8192;

template <bool RELU, bool RESIDUAL>
void normalise(const BatchNormArgs& a) {
  const Images& im = a.images;
  const int64_t strips = stripCount(im);
  shareEach(im.count * strips, im.size() > SERIAL, [&](int64_t at) {
    const Strip strip = stripAt(im, at % strips);
    const int64_t base = imageStart(im, at / strips) + strip.offset;
    normaliseStrip<RELU, RESIDUAL>(im, a.x + base, RESIDUAL ? a.residual + base : nullptr, a.y + base,
                                   strip.lanes, a.scale + strip.channel, a.shift + strip.channel,
                                   a.activation.ceiling);
  });
}

static_assert(sizeof(Moments) <= NORM_SUMS && sizeof(GradSums) <= NORM_SUMS, "room for a channel's sums");

/** The sums of a channel over one part of the batch. */
template <class T>
CONVOY_INLINE const T& sumsAt(const void* sums, int64_t padded, int64_t part, int64_t channel) {
  return static_cast<const T*>(static_cast<const void*>(static_cast<const char*>(sums) +
                                                        part * padded * NORM_SUMS))[channel];
}

template <Mask MASK, bool RESIDUAL>
CONVOY_INLINE GradPlanes planesAt(const BatchNormGradArgs& a, int64_t base) {
  return {a.dy + base, a.x + base, MASK == Mask::ByResult ? a.y + base : nullptr,
          RESIDUAL ? a.dresidual + base : nullptr};
}

template <Mask MASK, bool RESIDUAL>
void sumAll(const BatchNormGradArgs& a) {
  const Images& im = a.images;
  const int64_t strips = stripCount(im);
  GradSums* sums = static_cast<GradSums*>(a.sums);
  shareEach(strips, im.size() > SERIAL, [&](int64_t at) {
    const Strip strip = stripAt(im, at);
    const int64_t c = strip.channel;
    GradSums* totals = sums + c;
    for (int64_t l = 0; a.opens && l < strip.lanes; l++) totals[l] = {0, 0};
    for (int64_t n = 0; n < im.count; n++) {
      float sum[LANES], product[LANES];
      const GradPlanes planes = planesAt<MASK, RESIDUAL>(a, imageStart(im, n) + strip.offset);
      stripGradSums<MASK, RESIDUAL>(
          im, planes, strip.lanes,
          {a.forward.mean + c, a.forward.scale + c, a.forward.shift + c, a.activation.ceiling}, sum, product);
      for (int64_t l = 0; l < strip.lanes; l++) {
        totals[l].dy += sum[l];
        totals[l].dyx += product[l];
      }
    }
  });
}

template <Mask MASK>
void applyAll(const BatchNormGradArgs& a, const float* dy) {
  const Images& im = a.images;
  const int64_t strips = stripCount(im);
  shareEach(im.count * strips, im.size() > SERIAL, [&](int64_t at) {
    const Strip strip = stripAt(im, at % strips);
    const int64_t base = imageStart(im, at / strips) + strip.offset, c = strip.channel;
    GradPlanes planes = planesAt<MASK, false>(a, base);
    planes.dy = dy + base;
    gradStrip<MASK>(
        im, planes, a.dx + base, strip.lanes,
        {a.forward.mean + c, a.forward.scale + c, a.forward.shift + c, a.activation.ceiling},
        {a.slope + c, a.offset + c});
  });
}

}  // namespace

void batchNormSums(const BatchNormSumsArgs& a) {
  const Images& im = a.images;
  const double pixels = static_cast<double>(im.pixels());
  Moments* sums = static_cast<Moments*>(a.sums);
  shareEach(stripCount(im), im.size() > SERIAL, [&](int64_t at) {
    const Strip strip = stripAt(im, at);
    Moments* totals = sums + strip.channel;
    for (int64_t l = 0; a.opens && l < strip.lanes; l++) totals[l] = {0, 0, 0};
    for (int64_t n = 0; n < im.count; n++) {
      float mean[LANES], m2[LANES];
      stripMoments(im, a.x + imageStart(im, n) + strip.offset, strip.lanes, mean, m2);
      for (int64_t l = 0; l < strip.lanes; l++) merge(totals[l], pixels, mean[l], m2[l]);
    }
  });
}

void batchNormStatistics(const BatchNormStatisticsArgs& a) {
  for (int64_t c = 0; c < a.channels; c++) {
    Moments total = {0, 0, 0};
    for (int64_t part = 0; part < a.parts; part++) {
      const Moments& m = sumsAt<Moments>(a.sums, a.padded, part, c);
      merge(total, m.count, m.mean, m.m2);
    }
    a.mean[c] = static_cast<float>(total.mean);
    a.variance[c] = static_cast<float>(total.m2 / total.count);
  }
}

void batchNormScale(const BatchNormScaleArgs& a) {
  const BatchNormScale& to = a.to;
  for (int64_t c = 0; c < a.padded; c++) to.mean[c] = to.scale[c] = to.shift[c] = 0;
  for (int64_t c = 0; c < a.channels; c++) {
    const double scale = a.gamma[c] / __builtin_sqrt(static_cast<double>(a.variance[c]) + a.eps);
    to.mean[c] = a.mean[c];
    to.scale[c] = static_cast<float>(scale);
    to.shift[c] = static_cast<float>(a.beta[c] - a.mean[c] * scale);
  }
}

void batchNorm(const BatchNormArgs& a) {
  if (a.activation.relu) {
    a.residual ? normalise<true, true>(a) : normalise<true, false>(a);
  } else {
    a.residual ? normalise<false, true>(a) : normalise<false, false>(a);
  }
}

void batchNormGradSums(const BatchNormGradArgs& a) {
  if (a.y) return a.dresidual ? sumAll<Mask::ByResult, true>(a) : sumAll<Mask::ByResult, false>(a);
  if (a.activation.relu) return sumAll<Mask::ByInput, false>(a);
  a.dresidual ? sumAll<Mask::None, true>(a) : sumAll<Mask::None, false>(a);
}

void batchNormSlopes(const BatchNormSlopesArgs& a) {
  for (int64_t c = 0; c < a.padded; c++) a.slope[c] = a.offset[c] = 0;
  for (int64_t c = 0; c < a.channels; c++) {
    GradSums total = {0, 0};
    for (int64_t part = 0; part < a.parts; part++) {
      const GradSums& sums = sumsAt<GradSums>(a.sums, a.padded, part, c);
      total.dy += sums.dy;
      total.dyx += sums.dyx;
    }
    const double inverse = 1.0 / __builtin_sqrt(static_cast<double>(a.variance[c]) + a.eps);
    const double scale = a.gamma[c] * inverse;
    const double slope = -scale * total.dyx * inverse * inverse / a.count;
    a.dgamma[c] = static_cast<float>(total.dyx * inverse);
    a.dbeta[c] = static_cast<float>(total.dy);
    a.slope[c] = static_cast<float>(slope);
    a.offset[c] = static_cast<float>(-slope * a.mean[c] - scale * total.dy / a.count);
  }
}

void batchNormGrad(const BatchNormGradArgs& a) {
  // What the residual got is masked already.
  if (a.dresidual) return applyAll<Mask::None>(a, a.dresidual);
  if (a.y) return applyAll<Mask::ByResult>(a, a.dy);
  a.activation.relu ? applyAll<Mask::ByInput>(a, a.dy) : applyAll<Mask::None>(a, a.dy);
}

}  // namespace CONVOY_ISA
}  // namespace convoy
