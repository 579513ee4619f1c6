// What the kernels of normalisation take.
#pragma once

#include "images.h"

namespace convoy {

/** Channels of images rounded up so that whole strips of 16 can be read anywhere. */
CONVOY_INLINE int64_t paddedChannels(const Images& im) { return im.blocks() * im.block + 16; }
/** Bytes that the sums of a channel take: of its moments, or for its gradient. */
constexpr int64_t NORM_SUMS = 24;

/** Takes images of one part of a batch into the moments of its channels. Images are floats, or of bf16, which lie
 * channels-last. */
template <class Number>
struct NormSumsArgs {
  Images images;
  const Number* x;
  bool opens;  // whether these are the first images of the part
  void* sums;  // NORM_SUMS bytes for each of the padded channels
};
using BatchNormSumsArgs = NormSumsArgs<float>;
using HalfNormSumsArgs = NormSumsArgs<uint16_t>;

/** Mean and variance of each channel from the moments of all parts. */
struct BatchNormStatisticsArgs {
  int64_t channels, padded, parts;
  const void* sums;  // of each part
  float* mean;
  float* variance;
};

/** y = scale * x + shift, and the mean, each of padded channels. */
struct BatchNormScale {
  float *mean, *scale, *shift;
};
constexpr int64_t NORM_SCALE = 3;

/** They follow from the statistics as rounded to floats, so that they are the same whoever asks. */
struct BatchNormScaleArgs {
  int64_t channels, padded;
  const float* gamma;
  const float* beta;
  const float* mean;
  const float* variance;
  float eps;
  BatchNormScale to;
};

template <class Number>
struct NormArgs {
  Images images;
  const Number* x;
  const Number* residual;  // may be null
  const float* scale;
  const float* shift;
  Activation activation;
  Number* y;
};
using BatchNormArgs = NormArgs<float>;
using HalfNormArgs = NormArgs<uint16_t>;

template <class Number>
struct NormGradArgs {
  Images images;
  const Number* dy;
  const Number* x;
  const Number* y;  // only with an activation and a residual, else null
  Activation activation;
  BatchNormScale forward;
  const float* slope;  // dx = scale * dy + slope * x + offset; both only in the second pass
  const float* offset;
  Number* dx;         // of the second pass
  Number* dresidual;  // may be null; the first pass stores the masked dy there, and the second reads that
  bool opens;         // as in NormSumsArgs
  void* sums;
};
using BatchNormGradArgs = NormGradArgs<float>;
using HalfNormGradArgs = NormGradArgs<uint16_t>;

/** Slope and offset, in padded channels, from all parts of the batch, and the gradients of scale and shift. */
struct BatchNormSlopesArgs {
  int64_t channels, padded, parts;
  double count;  // of values of a channel
  const void* sums;
  const float* gamma;
  const float* mean;
  const float* variance;
  float eps;
  float* slope;
  float* offset;
  float* dgamma;
  float* dbeta;
};

/** All that a group norm takes; mean and variance are those of [n, groups]. */
struct GroupNormArgs {
  Images images;
  int64_t groups;
  const float* x;
  const float* gamma;
  const float* beta;
  const float* residual;  // may be null
  float eps;
  Activation activation;
  float* y;
  float* mean;
  float* variance;
};

/** Floats of the sums of one image: of each channel and each group. */
constexpr int64_t groupNormSums(int64_t channels, int64_t groups) { return 2 * (channels + groups); }

struct GroupNormGradArgs {
  Images images;
  int64_t groups;
  const float* dy;
  const float* x;
  const float* gamma;
  const float* beta;
  const float* mean;
  const float* variance;
  const float* y;  // only with an activation and a residual, else null
  float eps;
  Activation activation;
  float* dx;
  float* dresidual;  // may be null
  float* sums;       // groupNormSums for each image
};

/** The gradients of gamma and beta from the sums of all images. */
struct GroupNormSlopesArgs {
  int64_t count, channels, groups;
  const float* sums;
  float* dgamma;
  float* dbeta;
};

}  // namespace convoy
