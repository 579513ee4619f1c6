// The hand-written kernels, as a table of function pointers. Every file of this folder is compiled once
// for each instruction set, inside a namespace of that name; it must not instantiate templates of the
// C++ library, whose code the linker would share between instruction sets.
//
// Images lie in memory as [n][blocks][pixels][block]: `block` channels side by side, 1 for the plain
// layout, `channels` for channels-last. Lanes behind the last channel hold zeros.
#pragma once

#include "convArgs.h"
#include "elements.h"
#include "images.h"
#include "integerArgs.h"
#include "normArgs.h"
#include "sequenceArgs.h"
#include "tileArgs.h"

namespace convoy {

/** How element i of the result finds its operand: ((i / inner) % period) * lane + i % lane. */
enum class Access : uint8_t { Full, Scalar, Periodic };

struct Operand {
  const void* data;
  Access access;
  int64_t inner;
  int64_t period;
  int64_t lane;
  bool half;  // whether the numbers are bf16; only of Access::Full
};

/** One instruction of a fused pointwise pass; registers are blocks of numbers. */
struct Instruction {
  uint8_t code;
  int16_t to;
  int16_t from[3];
  float value;
};

/** The pointwise ops: their codes, names, and how many operands they take. */
#define CONVOY_POINTWISE(OP)                                                                     \
  OP(CONSTANT, "constant", 0) OP(NEG, "neg", 1) OP(EXP, "exp", 1) OP(LOG, "log", 1)              \
  OP(SQRT, "sqrt", 1) OP(ABS, "abs", 1) OP(STEP, "step", 1) OP(RELU, "relu", 1)                  \
  OP(RELU6, "relu6", 1) OP(SIGMOID, "sigmoid", 1) OP(TANH, "tanh", 1) OP(ERF, "erf", 1)          \
  OP(SILU, "silu", 1) OP(GELU, "gelu", 1) OP(ROUND, "round", 1) OP(HARD_SWISH, "hardSwish", 1)   \
  OP(STOP_GRADIENT, "stopGradient", 1) OP(EXPAND, "expand", 1) OP(ADD, "add", 2)                 \
  OP(SUB, "sub", 2) OP(MUL, "mul", 2) OP(DIV, "div", 2) OP(MAX, "max", 2) OP(MIN, "min", 2)      \
  OP(POW, "pow", 2) OP(SELECT, "select", 3)

struct PointwiseOp {
  const char* name;
  int operands;
};
/** In the order of their codes. */
constexpr PointwiseOp POINTWISE[] = {
#define ENTRY(code, name, operands) {name, operands},
    CONVOY_POINTWISE(ENTRY)
#undef ENTRY
};

/** Behind them pairs of ops in one: a b + c, a b - c, and c - a b, rounded twice as by the two. */
enum Code : uint8_t {
#define CODE(code, name, operands) code,
  CONVOY_POINTWISE(CODE)
#undef CODE
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
  void* const* outputs;
  const uint8_t* halves;  // whether a result is stored as bf16
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

/** Where a stored image lies; `at` is negative for none. */
struct GatherSource {
  int64_t at;
  int height, width;
};

struct GatherArgs {
  const uint8_t* images;
  int channels;
  const GatherSource* sources;  // two of each sample: its own and its partner
  const float* samples;
  int count, outHeight, outWidth;
  const float* mean;
  const float* std;
  float* out;
  char* room;  // of each thread an image of the result, where partners show in boxes
  int64_t roomBytes;
};

/** An operation on the bytes of an image: its number, and its arguments; see src/engine/pixels.ts. */
struct PixelStep {
  int operation;
  double arguments[6];
};

/** The number of the operation that makes layers, behind all those that change bytes. */
constexpr int LAYER_STEP = 11;

/** What changes the bytes of sources on their way to other memory. */
struct PixelsArgs {
  const uint8_t* images;
  int channels;
  const GatherSource* sources;
  int64_t count, bytes;  // of sources, and of all their images
  const PixelStep* steps;
  const int64_t* first;   // [count + 1] of each source among the steps
  const int64_t* places;  // where each goes in `out`
  uint8_t* out;
  char* room;  // of each thread: numbers of layers, and bytes of an image behind them
  int64_t roomBytes, layerNumbers;
};

/** A strided copy of up to six axes; a source stride of 0 repeats. */
struct CopyArgs {
  int rank;
  int64_t sizes[6];
  int64_t from[6];
  int64_t to[6];
  size_t bytes;  // of an element: 1, 2 or 4
  const void* source;
  void* target;
};

/** Elements of one type as those of another. */
struct CastArgs {
  DType from, to;
  int64_t size;
  const void* source;
  void* target;
};

/** Along an axis, the pixels of an image between which one of the resized image lies, and the second one's share. */
struct ResizeTap {
  int32_t low, high;
  float share;
};

struct ResizeArgs {
  Images in, out;
  const ResizeTap *rows, *columns;  // of the resized images
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
  /** Whether there are 32 registers of 16 numbers, which the direct and Winograd's kernels and those of 1x1
   * want; else oneDNN is faster. */
  bool wide;
  /** Whether convolutions of bf16 are done by tiles of AMX. */
  bool tiles;
#define KERNEL(result, name, arguments) result(*name) arguments;
#include "kernels.inc"
#undef KERNEL
};

/** The table of the best instruction set that this machine has, or of the one named. */
const Kernels& kernels();
/** Chooses a table by name; false when this machine or build lacks it. */
bool chooseIsa(const char* name);
const char* isaName();

}  // namespace convoy
