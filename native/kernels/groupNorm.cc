// Group normalisation of images in any channel-block layout, and its gradient.
//
// One thread takes a whole image, so that the second pass over it finds it in the cache. The statistics of a
// group are put together from those of its channels: groups may share a block or span several.
#include "kernels.h"
#include "normGradPlanes.h"
#include "parallel.h"

namespace convoy {
namespace CONVOY_ISA {
namespace {

constexpr int64_t SERIAL = 8192;

/** Which number of [n, groups] belongs to a channel of an image. */
CONVOY_INLINE int64_t groupOf(const Images& im, int64_t groups, int64_t n, int64_t channel) {
  return n * groups + channel / (im.channels / groups);
}

CONVOY_INLINE double inverseStd(float variance, float eps) {
  return 1.0 / __builtin_sqrt(static_cast<double>(variance) + eps);
}

/** Mean and variance of every group of an image. */
void imageMoments(const GroupNormArgs& a, int64_t n) {
  const Images& im = a.images;
  const int64_t perGroup = im.channels / a.groups;
  const double pixels = static_cast<double>(im.pixels());
  Moments total = {0, 0, 0};
  for (int64_t s = 0; s < stripCount(im); s++) {
    const Strip strip = stripAt(im, s);
    float mean[LANES], m2[LANES];
    stripMoments(im, a.x + imageStart(im, n) + strip.offset, strip.lanes, mean, m2);
    for (int64_t l = 0; l < strip.lanes; l++) {
      merge(total, pixels, mean[l], m2[l]);
      const int64_t channel = strip.channel + l;
      if ((channel + 1) % perGroup != 0) continue;
      const int64_t group = groupOf(im, a.groups, n, channel);
      a.mean[group] = static_cast<float>(total.mean);
      a.variance[group] = static_cast<float>(total.m2 / total.count);
      total = {0, 0, 0};
    }
  }
}

/** Scale and shift of the channels of a strip; LANES of each, zeros behind the last channel. */
template <class Args>
CONVOY_INLINE void stripScales(const Args& a, int64_t n, const Strip& strip, float* scale,
                               float* shift) {
  for (int64_t l = 0; l < LANES; l++) scale[l] = shift[l] = 0.0f;
  for (int64_t l = 0; l < strip.lanes; l++) {
    const int64_t channel = strip.channel + l, group = groupOf(a.images, a.groups, n, channel);
    const double slope = a.gamma[channel] * inverseStd(a.variance[group], a.eps);
    scale[l] = static_cast<float>(slope);
    shift[l] = static_cast<float>(a.beta[channel] - a.mean[group] * slope);
  }
}

template <bool RELU, bool RESIDUAL>
void normaliseImage(const GroupNormArgs& a, int64_t n) {
  const Images& im = a.images;
  for (int64_t s = 0; s < stripCount(im); s++) {
    const Strip strip = stripAt(im, s);
    float scale[LANES], shift[LANES];
    stripScales(a, n, strip, scale, shift);
    const int64_t base = imageStart(im, n) + strip.offset;
    normaliseStrip<RELU, RESIDUAL>(im, a.x + base, RESIDUAL ? a.residual + base : nullptr, a.y + base,
                                   strip.lanes, scale, shift, a.activation.ceiling);
  }
}

template <bool RELU, bool RESIDUAL>
void normaliseAll(const GroupNormArgs& a) {
  shareEach(a.images.count, a.images.size() > SERIAL, [&](int64_t n) {
    imageMoments(a, n);
    normaliseImage<RELU, RESIDUAL>(a, n);
  });
}

/** An image's sums: what it adds to the gradients of gamma and beta, and the coefficients of dx = scale * dy +
 * slope * x + offset that its groups share. */
struct ImageSums {
  float *products, *sums, *slopes, *offsets;

  CONVOY_INLINE ImageSums(const GroupNormGradArgs& a, int64_t n) {
    const int64_t channels = a.images.channels;
    products = a.sums + n * groupNormSums(channels, a.groups);
    sums = products + channels;
    slopes = sums + channels;
    offsets = slopes + a.groups;
  }
};

template <Mask MASK, bool RESIDUAL>
void imageGradSums(const GroupNormGradArgs& a, int64_t n) {
  const Images& im = a.images;
  const ImageSums to(a, n);
  for (int64_t s = 0; s < stripCount(im); s++) {
    const Strip strip = stripAt(im, s);
    float mean[LANES] = {0}, scale[LANES], shift[LANES], sum[LANES], product[LANES];
    stripScales(a, n, strip, scale, shift);
    for (int64_t l = 0; l < strip.lanes; l++) {
      mean[l] = a.mean[groupOf(im, a.groups, n, strip.channel + l)];
    }
    const int64_t base = imageStart(im, n) + strip.offset;
    const GradPlanes planes = {a.dy + base, a.x + base, MASK == Mask::ByResult ? a.y + base : nullptr,
                               RESIDUAL ? a.dresidual + base : nullptr};
    stripGradSums<MASK, RESIDUAL>(im, planes, strip.lanes,
                                  {mean, scale, shift, a.activation.ceiling}, sum, product);
    for (int64_t l = 0; l < strip.lanes; l++) {
      const int64_t channel = strip.channel + l;
      const float variance = a.variance[groupOf(im, a.groups, n, channel)];
      to.products[channel] = static_cast<float>(product[l] * inverseStd(variance, a.eps));
      to.sums[channel] = sum[l];
    }
  }
}

/** How dx depends on x and on nothing, group by group. */
void imageSlopes(const GroupNormGradArgs& a, int64_t n) {
  const int64_t perGroup = a.images.channels / a.groups;
  const double count = static_cast<double>(perGroup * a.images.pixels());
  const ImageSums of(a, n);
  for (int64_t g = 0; g < a.groups; g++) {
    double sum = 0, product = 0;
    for (int64_t c = g * perGroup; c < (g + 1) * perGroup; c++) {
      sum += static_cast<double>(a.gamma[c]) * of.sums[c];
      product += static_cast<double>(a.gamma[c]) * of.products[c];
    }
    const int64_t group = n * a.groups + g;
    const double inverse = inverseStd(a.variance[group], a.eps);
    const double slope = -inverse * inverse * product / count;
    of.slopes[g] = static_cast<float>(slope);
    of.offsets[g] = static_cast<float>(-slope * a.mean[group] - inverse * sum / count);
  }
}

template <Mask MASK>
void imageGrad(const GroupNormGradArgs& a, const float* dy, int64_t n) {
  const Images& im = a.images;
  const ImageSums of(a, n);
  for (int64_t s = 0; s < stripCount(im); s++) {
    const Strip strip = stripAt(im, s);
    float scale[LANES], shift[LANES], slope[LANES] = {0}, offset[LANES] = {0};
    stripScales(a, n, strip, scale, shift);
    for (int64_t l = 0; l < strip.lanes; l++) {
      const int64_t g = groupOf(im, a.groups, 0, strip.channel + l);
      slope[l] = of.slopes[g];
      offset[l] = of.offsets[g];
    }
    const int64_t base = imageStart(im, n) + strip.offset;
    const GradPlanes planes = {dy + base, a.x + base, MASK == Mask::ByResult ? a.y + base : nullptr,
                               nullptr};
    // The means are not asked for here.
    gradStrip<MASK>(im, planes, a.dx + base, strip.lanes,
                    {offset, scale, shift, a.activation.ceiling}, {slope, offset});
  }
}

template <Mask MASK, bool RESIDUAL>
void gradAll(const GroupNormGradArgs& a) {
  shareEach(a.images.count, a.images.size() > SERIAL, [&](int64_t n) {
    imageGradSums<MASK, RESIDUAL>(a, n);
    imageSlopes(a, n);
    // What the residual got is masked already.
    imageGrad<RESIDUAL ? Mask::None : MASK>(a, RESIDUAL ? a.dresidual : a.dy, n);
  });
}

}  // namespace

void groupNorm(const GroupNormArgs& a) {
  if (a.activation.relu) return a.residual ? normaliseAll<true, true>(a) : normaliseAll<true, false>(a);
  a.residual ? normaliseAll<false, true>(a) : normaliseAll<false, false>(a);
}

void groupNormGrad(const GroupNormGradArgs& a) {
  if (a.y) return a.dresidual ? gradAll<Mask::ByResult, true>(a) : gradAll<Mask::ByResult, false>(a);
  if (a.activation.relu) return gradAll<Mask::ByInput, false>(a);
  a.dresidual ? gradAll<Mask::None, true>(a) : gradAll<Mask::None, false>(a);
}

void groupNormSlopes(const GroupNormSlopesArgs& a) {
  const int64_t size = groupNormSums(a.channels, a.groups);
  shareEach(a.channels, a.count * a.channels > SERIAL, [&](int64_t c) {
    double dgamma = 0, dbeta = 0;
    for (int64_t n = 0; n < a.count; n++) {
      dgamma += a.sums[n * size + c];
      dbeta += a.sums[n * size + a.channels + c];
    }
    a.dgamma[c] = static_cast<float>(dgamma);
    a.dbeta[c] = static_cast<float>(dbeta);
  });
}

}  // namespace CONVOY_ISA
}  // namespace convoy
