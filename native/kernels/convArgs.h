// What the kernels of convolutions take: Winograd's, 1x1, depthwise and direct ones.
#pragma once

#include "images.h"

namespace convoy {

constexpr int64_t WINOGRAD_POINTS = 36;

/** A 3x3 convolution of stride 1; both sides in blocks of 16 channels, all of them in use. */
struct WinogradArgs {
  Images in;
  Images out;
  int64_t padding[2];  // of the top and the left
  const float* x;
  const float* weights;  // as winogradWeights makes them
  const float* bias;      // may be null
  const float* residual;  // may be null
  Activation activation;
  float* y;
};

/** Tiles of 4x4 pixels of the result that are worked on together. */
constexpr int64_t WINOGRAD_TILES = 8;

/** As many in its weight gradient, numbers from one point's tiles to the next one's (an odd number of lines of the
 * cache, since they would share few of its sets else), and floats that a thread works in there for so many blocks of
 * 16 channels. */
constexpr int64_t WINOGRAD_SUM_TILES = 32;
constexpr int64_t WINOGRAD_SUM_PITCH = (WINOGRAD_SUM_TILES + 1) * 16;
CONVOY_INLINE int64_t winogradRoom(int64_t inputs, int64_t outputs) {
  return WINOGRAD_POINTS * ((1 + outputs) * WINOGRAD_SUM_PITCH + inputs * outputs * 16 * 16) + outputs * 16;
}

/** A 1x1 convolution of stride 1; both sides in blocks of 16 channels. */
struct Conv1x1Args {
  Images in;
  Images out;
  const float* x;
  const float* weights;   // as conv1x1Weights makes them
  const float* residual;  // may be null
  Activation activation;
  float* y;
};

/** The largest kernel of a depthwise convolution here, and the floats that its rows may take. */
constexpr int64_t DEPTHWISE_KERNEL = 7;
constexpr int64_t DEPTHWISE_RING = 1 << 16;

/** Numbers of one channel: its kernel's, and a bias. */
CONVOY_INLINE int64_t depthwiseNumbers(const Window& window) {
  return window.kernel[0] * window.kernel[1] + 1;
}

/** A depthwise convolution; both sides in the same blocks of 8 or 16 channels. */
struct DepthwiseArgs {
  Images in;
  Images out;
  Window window;
  int64_t spread[2];  // from one pixel of `in` to the next; above 1 there are zeros between
  const float* x;
  const float* weights;  // as depthwiseWeights makes them
  Activation activation;
  float* y;
};

/** A 1x1 convolution whose results, `products.out`, are the images `depthwise.in` of a depthwise one, and go nowhere
 * else: `products.y` and `depthwise.x` are not used. */
struct ExpandDepthwiseArgs {
  Conv1x1Args products;
  DepthwiseArgs depthwise;
};

/** Pixels of a row of images as a kernel sees it, with what of the padding it needs. */
CONVOY_INLINE int64_t paddedWidth(const Images& in, const Images& out, const Window& w) {
  const int64_t seen = (out.width - 1) * w.strides[1] + w.kernel[1], image = w.padding[1] + in.width;
  return seen > image ? seen : image;
}

/** Floats that the rows between the two convolutions take on the stack: of two blocks of 16 channels, and of one row more
 * than the kernel sees, since products are made for up to two rows at once. */
CONVOY_INLINE int64_t expandRing(const Images& in, const Images& out, const Window& w) {
  return 2 * (w.kernel[0] + 1) * paddedWidth(in, out, w) * 16;
}

/** What some images of one part of a batch add to a weight gradient: to sums of each output channel's numbers, its
 * weights and a bias, in [block of channels][numbers][lane]. Winograd's kernel sets them when the part closes. */
struct ConvSumsArgs {
  Images in;
  Images out;
  Window window;
  const float* x;
  const float* dy;
  bool opens, closes;  // whether they are the first, or the last, ones of their part
  bool bias;
  float* room;  // for Winograd's kernel, winogradRoom of all blocks, which last from opening to closing
  float* sums;
};

/** The weight gradient of a whole batch by Winograd's kernel; both sides in blocks of 16 channels. */
struct WinogradGradArgs {
  Images in;
  Images out;
  Window window;
  const float* x;
  const float* dy;
  int64_t inputs, outputs;  // blocks of channels whose pairs are summed together
  float* room;              // winogradRoom of them for each thread
  float* dw;                // [outputs, inputs, 3, 3]
  float* dbias;             // may be null
};

/** The weight gradient from the sums of all parts; of depthwise convolutions with one input. */
struct WeightGradArgs {
  int64_t outputs, inputs, area;
  int64_t block, parts;
  const float* sums;
  float* dw;     // [outputs, inputs, height, width]
  float* dbias;  // may be null
};

/** The most input channels of a direct convolution, and the floats that a padded image may take. */
constexpr int64_t DIRECT_CHANNELS = 7;
constexpr int64_t DIRECT_IMAGE = 1 << 15;
/** Fewer numbers than this are made in the time that waking threads takes. */
constexpr int64_t DIRECT_SERIAL = 8192;

/** Floats of a row of a padded image, and of the whole image, as far as a kernel meets it. */
CONVOY_INLINE int64_t directPitch(const Images& in, const Images& out, const Window& w) {
  return ((out.width - 1) * w.strides[1] + w.kernel[1]) * in.channels;
}
CONVOY_INLINE int64_t directImage(const Images& in, const Images& out, const Window& w) {
  return ((out.height - 1) * w.strides[0] + w.kernel[0]) * directPitch(in, out, w);
}
/** Numbers of one output channel: its weights, and a bias. */
CONVOY_INLINE int64_t directNumbers(const Window& w, int64_t inputs) {
  return w.kernel[0] * w.kernel[1] * inputs + 1;
}
/** Whether there is a weight gradient for so many numbers in a row of a kernel. */
CONVOY_INLINE bool directTaps(int64_t row) {
  return row == 3 || row == 5 || row == 7 || row == 9 || row == 15 || row == 21 || row == 30;
}

/** Weights [outputs, inputs, height, width] in the order in which the kernels meet them; turned, they are [inputs, outputs,
 * height, width] of a convolution whose input gradient this is, and kernels turn round. */
struct DirectWeightsArgs {
  int64_t outputs, inputs, height, width;
  bool turned;
  int64_t block;
  const float* w;
  const float* bias;  // may be null
  float* to;
};

/** A convolution of images in any layout to such in blocks of 8 or 16 channels, or in none: see `planar`. */
struct DirectArgs {
  Images in;
  Images out;
  Window window;
  const float* x;
  const float* weights;  // as directWeights makes them
  Activation activation;
  float* y;
};

/** Lanes of a planar convolution, the block of its weights, which is the channels that are made at a time, and the most
 * input channels. */
constexpr int64_t PLANAR_LANES = 16;
constexpr int64_t PLANAR_BLOCK = 8;
constexpr int64_t PLANAR_CHANNELS = 32;
/** Rows of the result that it makes at a time: those whose padded rows fit on the stack; 0 where none do. */
CONVOY_INLINE int64_t planarBand(const Images& in, const Images& out, const Window& w) {
  const int64_t padded = DIRECT_IMAGE / directPitch(in, out, w);
  const int64_t rows = padded < w.kernel[0] ? 0 : (padded - w.kernel[0]) / w.strides[0] + 1;
  return rows < out.height ? rows : out.height;
}

/** In the input gradient: floats of a register, registers that a row of a kernel may take, and the block of
 * channels that is a pixel. */
constexpr int64_t DIRECT_LANES = 16;
constexpr int64_t DIRECT_VECTORS = 3;
constexpr int64_t DIRECT_PIXEL = 8;
CONVOY_INLINE int64_t directVectors(const Window& w, int64_t inputs) {
  return (w.kernel[1] * inputs + DIRECT_LANES - 1) / DIRECT_LANES;
}

/** Its input gradient; dy in blocks of 8 or 16 channels, dx in one block of 8. */
struct DirectInputGradArgs {
  Images in;
  Images out;
  Window window;
  const float* dy;
  const float* weights;  // as directInputWeights makes them
  float* dx;
};

}  // namespace convoy
