// The hand-written kernels, as a table of function pointers. Every file of this folder is compiled once
// for each instruction set, inside a namespace of that name; it must not instantiate templates of the
// C++ library, whose code the linker would share between instruction sets.
//
// Images lie in memory as [n][blocks][pixels][block]: `block` channels side by side, 1 for the plain
// layout, `channels` for channels-last. Lanes behind the last channel hold zeros.
#pragma once

#include "convArgs.h"
#include "images.h"
#include "normArgs.h"

namespace convoy {

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
/** Behind them pairs of ops in one: a b + c, a b - c, and c - a b, rounded twice as by the two. */
enum Code : uint8_t {
  CONSTANT, NEG, EXP, LOG, SQRT, ABS, STEP, RELU, RELU6, SIGMOID, TANH, ERF, SILU, GELU, ROUND,
  HARD_SWISH, STOP_GRADIENT, EXPAND, ADD, SUB, MUL, DIV, MAX, MIN, POW, SELECT,
  MUL_ADD, MUL_SUB, SUB_MUL
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

struct PoolArgs {
  Images in;
  Images out;
  Window window;
  bool countPadding;
  const float* x;
  float* y;
  uint8_t* winners;
};

/** Rows [rows, inputs] times the rows of a matrix [outputs, inputs]. */
struct FewRowsArgs {
  int64_t rows, outputs, inputs;
  const float* x;
  const float* w;
  const float* bias;  // may be null
  Activation activation;
  float* y;
};

struct GatherArgs {
  const uint8_t* images;
  int height, width, channels;
  const int32_t* indices;
  const float* samples;
  int count, outHeight, outWidth;
  const float* mean;
  const float* std;
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
  void (*batchNormStatistics)(const BatchNormStatisticsArgs&);
  void (*batchNormScale)(const BatchNormScaleArgs&);
  void (*batchNorm)(const BatchNormArgs&);
  /** The gradient: numbers of the forward pass, sums of each part, the other numbers, dx. */
  void (*batchNormGradSums)(const BatchNormGradArgs&);
  void (*batchNormSlopes)(const BatchNormSlopesArgs&);
  void (*batchNormGrad)(const BatchNormGradArgs&);
  void (*groupNorm)(const GroupNormArgs&);
  void (*groupNormGrad)(const GroupNormGradArgs&);
  void (*groupNormSlopes)(const GroupNormSlopesArgs&);
  /** Whether there are 32 registers of 16 numbers, which the direct and Winograd's kernels and those of 1x1
   * want; else oneDNN is faster. */
  bool wide;
  void (*directWeights)(const DirectWeightsArgs&);
  void (*direct)(const DirectArgs&);
  /** For the weight gradient, as is depthwiseSums; dy in blocks of 8 or 16 channels. */
  void (*directSums)(const ConvSumsArgs&);
  /** The same for plain results of at most PLANAR_BLOCK channels, in rows of at least PLANAR_LANES, by strides of 1
   * along them; weights and sums in blocks of PLANAR_BLOCK. */
  void (*planar)(const DirectArgs&);
  void (*planarSums)(const ConvSumsArgs&);
  void (*directInputWeights)(const DirectWeightsArgs&);
  void (*directInputGrad)(const DirectInputGradArgs&);
  /** Weights [outputs, inputs, 3, 3] for `winograd`; transposed for the input gradient. */
  void (*winogradWeights)(const float* w, int64_t outputs, int64_t inputs, bool transposed,
                          float* to);
  void (*winograd)(const WinogradArgs&);
  void (*winogradSums)(const ConvSumsArgs&);
  void (*winogradGrad)(const WinogradGradArgs&);
  /** Weights [outputs, inputs] and a bias or null for `conv1x1`: [block of outputs][inputs and bias][lane]. */
  void (*conv1x1Weights)(const float* w, const float* bias, int64_t outputs, int64_t inputs, float* to);
  void (*conv1x1)(const Conv1x1Args&);
  /** Weights [channels, 1, height, width] of `size` numbers each, and a bias or null, for `depthwise`:
   * [block of channels][numbers][lane]; turned round for the input gradient. */
  void (*depthwiseWeights)(const float* w, const float* bias, int64_t channels, int64_t size,
                           bool turned, int64_t block, float* to);
  void (*depthwise)(const DepthwiseArgs&);
  void (*expandDepthwise)(const ExpandDepthwiseArgs&);
  /** The kernel is 3, 5 or 7 wide. */
  void (*depthwiseSums)(const ConvSumsArgs&);
  void (*weightGrad)(const WeightGradArgs&);
  void (*fewRows)(const FewRowsArgs&);
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
