// The hand-written kernels, as a table of function pointers. Every file of this folder is compiled once
// for each instruction set, inside a namespace of that name; it must not instantiate templates of the
// C++ library, whose code the linker would share between instruction sets.
//
// Images lie in memory as [n][blocks][pixels][block]: `block` channels side by side, 1 for the plain
// layout, `channels` for channels-last. Lanes behind the last channel hold zeros.
#pragma once

#include <cstddef>
#include <cstdint>

// Never a shared out-of-line copy, which could hold another instruction set's code.
#define CONVOY_INLINE __attribute__((always_inline)) inline

namespace convoy {

/** Sizes of a batch of images in memory. */
struct Images {
  int64_t count;
  int64_t channels;
  int64_t height;
  int64_t width;
  int64_t block;

  CONVOY_INLINE int64_t blocks() const { return (channels + block - 1) / block; }
  CONVOY_INLINE int64_t pixels() const { return height * width; }
  CONVOY_INLINE int64_t plane() const { return pixels() * block; }
  CONVOY_INLINE int64_t size() const { return count * blocks() * plane(); }
};

/** A sliding window, [height, width] each; padding is that of the top and the left. */
struct Window {
  int64_t kernel[2];
  int64_t strides[2];
  int64_t padding[2];
};

/** What is done to results: nothing, or ReLU up to a ceiling. */
struct Activation {
  bool relu;
  float ceiling;  // infinity, or 6 for ReLU6
};

/** How element i of the result finds its operand: ((i / inner) % period) * lane + i % lane. */
enum class Access : uint8_t { Full, Scalar, Periodic };

struct Operand {
  const float* data;
  Access access;
  int64_t inner;
  int64_t period;
  int64_t lane;
};

/** One instruction of a fused pointwise pass; registers are blocks of numbers. */
struct Instruction {
  uint8_t code;
  int16_t to;
  int16_t from[3];
  float value;
};

/** Names of the pointwise ops in the order of their codes. */
constexpr const char* POINTWISE_NAMES[] = {
    "constant", "neg",  "exp",  "log",       "sqrt",  "abs",    "step", "relu", "relu6", "sigmoid",
    "tanh",     "erf",  "silu", "gelu",      "round", "hardSwish", "stopGradient", "expand",
    "add",      "sub",  "mul",  "div",       "max",   "min",    "pow",  "select"};
enum Code : uint8_t {
  CONSTANT, NEG, EXP, LOG, SQRT, ABS, STEP, RELU, RELU6, SIGMOID, TANH, ERF, SILU, GELU, ROUND,
  HARD_SWISH, STOP_GRADIENT, EXPAND, ADD, SUB, MUL, DIV, MAX, MIN, POW, SELECT, CODE_COUNT
};

struct FusedArgs {
  int64_t size;
  const Operand* operands;
  int operandCount;
  const Instruction* code;
  int codeCount;
  int registerCount;
  /** Register of each result and where it goes. */
  const int16_t* results;
  float* const* outputs;
  int resultCount;
};

/** Channels of images rounded up so that whole strips of 16 can be read anywhere. */
CONVOY_INLINE int64_t paddedChannels(const Images& im) { return im.blocks() * im.block + 16; }
/** Bytes that the sums of a channel take: of its moments, or for its gradient. */
constexpr int64_t NORM_SUMS = 24;

/** Takes images of one part of a batch into the moments of its channels. */
struct BatchNormSumsArgs {
  Images images;
  const float* x;
  bool opens;  // whether these are the first images of the part
  void* sums;  // NORM_SUMS bytes for each of the padded channels
};

/** Scale and shift of each channel from the moments of all parts. */
struct BatchNormScaleArgs {
  int64_t channels, padded, parts;
  const void* sums;  // of each part
  const float* gamma;
  const float* beta;
  float eps;
  float* mean;
  float* variance;
  float* scale;  // padded channels; so is shift
  float* shift;
};

struct BatchNormArgs {
  Images images;
  const float* x;
  const float* residual;  // may be null
  const float* scale;
  const float* shift;
  Activation activation;
  float* y;
};

/** Numbers of each channel for the gradient, in padded channels. */
struct BatchNormNumbers {
  float *mean, *scale, *shift;  // of the way forward
  float *slope, *offset;        // dx = scale * dy + slope * x + offset
};
constexpr int64_t NORM_NUMBERS = 5;

struct BatchNormGradArgs {
  Images images;
  const float* dy;
  const float* x;
  const float* y;  // only with an activation and a residual, else null
  Activation activation;
  BatchNormNumbers numbers;
  float* dx;         // of the second pass
  float* dresidual;  // may be null; the first pass stores the masked dy there, and the second reads that
  bool opens;        // as in BatchNormSumsArgs
  void* sums;
};

/** The numbers, first those of the way forward and then the rest, from all parts of the batch. */
struct BatchNormNumbersArgs {
  int64_t channels, padded, parts;
  double count;  // of values of a channel
  const void* sums;
  const float* gamma;
  const float* beta;
  const float* mean;
  const float* variance;
  float eps;
  BatchNormNumbers numbers;
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

/** Floats of scratch space for each image. */
constexpr int64_t groupNormScratch(int64_t channels, int64_t groups) {
  return 2 * (channels + groups);
}

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
  float* dgamma;
  float* dbeta;
  float* dresidual;  // may be null
  float* scratch;
};

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

/** Adds images of one part of a batch to the sums of a weight gradient. */
struct WinogradSumsArgs {
  Images in;
  Images out;
  int64_t padding[2];
  const float* x;
  const float* dy;
  bool opens;   // whether these are the first images of the part
  float* sums;  // WINOGRAD_POINTS numbers for each pair of channels
};

/** The weight gradient from the sums of all parts. */
struct WinogradGradArgs {
  int64_t inputs, outputs, parts;
  const float* sums;
  float* dw;  // [outputs, inputs, 3, 3]
};

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

/** What some images of one part of a batch add to a weight gradient: to sums of each output channel's numbers, its
 * weights and a bias, in [block of channels][numbers][lane]. */
struct ConvSumsArgs {
  Images in;
  Images out;
  Window window;
  const float* x;
  const float* dy;
  bool opens;  // whether they are the first ones of their part
  bool bias;
  float* sums;
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
constexpr int64_t DIRECT_CHANNELS = 4;
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

/** Weights [outputs, inputs, height, width] in the order in which the kernels meet them. */
struct DirectWeightsArgs {
  int64_t outputs, inputs, height, width;
  int64_t block;
  const float* w;
  const float* bias;  // may be null
  float* to;
};

/** A convolution of images in any layout to such in blocks of 8 or 16 channels. */
struct DirectArgs {
  Images in;
  Images out;
  Window window;
  const float* x;
  const float* weights;  // as directWeights makes them
  Activation activation;
  float* y;
};

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

struct PoolArgs {
  Images in;
  Images out;
  Window window;
  bool countPadding;
  const float* x;
  float* y;
  uint8_t* winners;
};

struct GatherArgs {
  const uint8_t* images;
  int height, width, channels;
  const int32_t* indices;
  const float* samples;
  int count, outHeight, outWidth;
  const float* mean;
  const float* deviation;
  float* out;
};

/** A strided copy of up to six axes; a source stride of 0 repeats. */
struct CopyArgs {
  int rank;
  int64_t sizes[6];
  int64_t from[6];
  int64_t to[6];
  size_t bytes;  // of an element: 1 or 4
  const void* source;
  void* target;
};

struct ResizeArgs {
  int64_t planes;
  int64_t inHeight, inWidth, outHeight, outWidth;
  bool bilinear;
  const float* from;
  float* to;
};

struct UniformArgs {
  int64_t size;
  uint32_t stream;
  uint32_t key[4];  // k0, k1, c2, c3
  float* out;
};

/** How numbers lie that are compressed: `lane` side by side, in rows, in planes; all counted in numbers. */
struct ValueGrid {
  int64_t size;
  int64_t lane;
  int64_t row;
  int64_t plane;
};

struct CompressArgs {
  ValueGrid grid;
  const float* x;
  float bound;  // of the error; 0 for the smallest that fits, or nearly
  uint8_t* to;
  int64_t capacity;
  void* scratch;  // compressRoom() bytes for each thread
};

struct CompressReport {
  float bound;  // that holds
  int doublings;  // of the one asked for
  int64_t bytes;
  int64_t nonzeros;
};

struct RestoreArgs {
  ValueGrid grid;
  const uint8_t* from;
  int64_t bytes;
  float* x;
  void* scratch;  // as for compression
};

struct Kernels {
  void (*fused)(const FusedArgs&);
  void (*batchNormSums)(const BatchNormSumsArgs&);
  void (*batchNormScale)(const BatchNormScaleArgs&);
  void (*batchNorm)(const BatchNormArgs&);
  /** The gradient: numbers of the way forward, sums of each part, the other numbers, dx. */
  void (*batchNormForward)(const BatchNormNumbersArgs&);
  void (*batchNormGradSums)(const BatchNormGradArgs&);
  void (*batchNormSlopes)(const BatchNormNumbersArgs&);
  void (*batchNormGrad)(const BatchNormGradArgs&);
  void (*groupNorm)(const GroupNormArgs&);
  void (*groupNormGrad)(const GroupNormGradArgs&);
  /** Whether there are 32 registers of 16 numbers, which the direct and Winograd's kernels and those of 1x1
   * want; else oneDNN is faster. */
  bool wide;
  void (*directWeights)(const DirectWeightsArgs&);
  void (*direct)(const DirectArgs&);
  /** For the weight gradient, as is depthwiseSums; dy in blocks of 8 or 16 channels. */
  void (*directSums)(const ConvSumsArgs&);
  void (*directInputWeights)(const DirectWeightsArgs&);
  void (*directInputGrad)(const DirectInputGradArgs&);
  /** Weights [outputs, inputs, 3, 3] for `winograd`; transposed for the input gradient. */
  void (*winogradWeights)(const float* w, int64_t outputs, int64_t inputs, bool transposed,
                          float* to);
  void (*winograd)(const WinogradArgs&);
  /** The weight gradient. */
  void (*winogradSums)(const WinogradSumsArgs&);
  void (*winogradGrad)(const WinogradGradArgs&);
  /** Weights [outputs, inputs] and a bias or null for `conv1x1`: [block of outputs][inputs and bias][lane]. */
  void (*conv1x1Weights)(const float* w, const float* bias, int64_t outputs, int64_t inputs, float* to);
  void (*conv1x1)(const Conv1x1Args&);
  /** Weights [channels, 1, height, width] of `size` numbers each, and a bias or null, for `depthwise`:
   * [block of channels][numbers][lane]; turned round for the input gradient. */
  void (*depthwiseWeights)(const float* w, const float* bias, int64_t channels, int64_t size,
                           bool turned, int64_t block, float* to);
  void (*depthwise)(const DepthwiseArgs&);
  /** The kernel is 3, 5 or 7 wide. */
  void (*depthwiseSums)(const ConvSumsArgs&);
  void (*weightGrad)(const WeightGradArgs&);
  void (*maxPool)(const PoolArgs&);
  /** `x` is the gradient of the output and `y` that of the input here and in avgPoolGrad. */
  void (*maxPoolGrad)(const PoolArgs&);
  void (*avgPool)(const PoolArgs&);
  void (*avgPoolGrad)(const PoolArgs&);
  /** [outer, count, inner] summed, or its largest, over the middle axis. */
  void (*reduceSum)(const float* x, float* y, int64_t outer, int64_t count, int64_t inner);
  void (*reduceMax)(const float* x, float* y, int64_t outer, int64_t count, int64_t inner);
  /** Sum over pixels of every channel of every image, to plain [n, c]. */
  void (*sumPixels)(const Images& images, const float* x, float* y);
  /** Sum of each of `count` segments, segment i being [offsets[i], offsets[i + 1]); and its gradient. */
  void (*segmentSum)(const float* x, float* y, const int64_t* offsets, int64_t count);
  void (*segmentExpand)(const float* x, float* y, const int64_t* offsets, int64_t count);
  void (*logSoftmax)(const float* x, float* y, int64_t rows, int64_t columns);
  void (*oneHot)(const int32_t* labels, float* y, int64_t rows, int64_t classes);
  /** Elements of 1 or 4 bytes in another channel block. */
  void (*relayout)(const Images& from, const void* x, int64_t block, void* y, size_t bytes);
  /** Sets the lanes behind the last channel to zero. */
  void (*clearPadding)(const Images& images, float* x);
  void (*copy)(const CopyArgs&);
  void (*resize)(const ResizeArgs&);
  void (*resizeGrad)(const ResizeArgs&);
  void (*uniform)(const UniformArgs&);
  /** The sum of the magnitudes, and that of the squares. */
  void (*norms)(const float* x, int64_t size, float* y);
  double (*dot)(const float* a, const float* b, int64_t size);
  void (*gather)(const GatherArgs&);
  /** Numbers in 16 bits and back; bfloat16. */
  void (*toBf16)(const float* x, uint16_t* y, int64_t size);
  void (*fromBf16)(const uint16_t* x, float* y, int64_t size);
  /** Whether numbers are positive, a bit each; and 1 or 0 from that. */
  void (*packSigns)(const float* x, uint8_t* y, int64_t size);
  void (*unpackSigns)(const uint8_t* x, float* y, int64_t size);
  /** The lowest 1, 2 or 4 bits of bytes. */
  void (*packBytes)(const uint8_t* x, uint8_t* y, int64_t size, int bits);
  void (*unpackBytes)(const uint8_t* x, uint8_t* y, int64_t size, int bits);
  /** Numbers under a bound of their error; see compress.cc. */
  void (*compress)(const CompressArgs&, CompressReport&);
  /** Null, or what is wrong with the bytes. */
  const char* (*restore)(const RestoreArgs&);
  /** Bytes in which one thread works, and the fewest that compressed numbers take. */
  int64_t (*compressRoom)();
  int64_t (*compressLeast)(const ValueGrid&);
  /** Multiply-adds without any memory; uses 16 numbers at `sink` and returns how many operations it did. */
  double (*multiplyAdds)(int64_t rounds, float* sink);
};

/** The table of the best instruction set that this machine has, or of the one named. */
const Kernels& kernels();
/** Chooses a table by name; false when this machine or build lacks it. */
bool chooseIsa(const char* name);
const char* isaName();

}  // namespace convoy
