// The lowering of every op: one function each, by family in the files beside this one.
#pragma once

#include "builder.h"

namespace convoy {

void lowerConv2d(Builder& b, const Node& node);
void lowerConv2dInputGrad(Builder& b, const Node& node);
void lowerConv2dWeightGrad(Builder& b, const Node& node);
void lowerMatmul(Builder& b, const Node& node);
void lowerFused(Builder& b, const Node& node);
void lowerBatchNorm(Builder& b, const Node& node);
void lowerBatchNormApply(Builder& b, const Node& node);
void lowerBatchNormGrad(Builder& b, const Node& node);
void lowerGroupNorm(Builder& b, const Node& node);
void lowerGroupNormGrad(Builder& b, const Node& node);
void lowerMaxPool2d(Builder& b, const Node& node);
void lowerMaxPool2dGrad(Builder& b, const Node& node);
void lowerAvgPool2d(Builder& b, const Node& node);
void lowerAvgPool2dGrad(Builder& b, const Node& node);
void lowerReduceSum(Builder& b, const Node& node);
void lowerReduceMax(Builder& b, const Node& node);
void lowerSegmentSum(Builder& b, const Node& node);
void lowerSegmentExpand(Builder& b, const Node& node);
void lowerKthLargest(Builder& b, const Node& node);
void lowerLogSoftmax(Builder& b, const Node& node);
void lowerOneHot(Builder& b, const Node& node);
void lowerTakeRows(Builder& b, const Node& node);
void lowerAddRows(Builder& b, const Node& node);
void lowerInput(Builder& b, const Node& node);
void lowerScalar(Builder& b, const Node& node);
void lowerRead(Builder& b, const Node& node);
void lowerReshape(Builder& b, const Node& node);
void lowerTranspose(Builder& b, const Node& node);
void lowerConcat(Builder& b, const Node& node);
void lowerSlice(Builder& b, const Node& node);
void lowerPad(Builder& b, const Node& node);
void lowerCast(Builder& b, const Node& node);
void lowerResize(Builder& b, const Node& node);
void lowerResizeGrad(Builder& b, const Node& node);
void lowerUniform(Builder& b, const Node& node);
void lowerCompress(Builder& b, const Node& node);
void lowerRestore(Builder& b, const Node& node);
void lowerPackBits(Builder& b, const Node& node);
void lowerUnpackBits(Builder& b, const Node& node);
void lowerCtc(Builder& b, const Node& node);
void lowerLstm(Builder& b, const Node& node);
void lowerLstmGrad(Builder& b, const Node& node);
void lowerNorms(Builder& b, const Node& node);
void lowerQuantise(Builder& b, const Node& node);
void lowerDequantise(Builder& b, const Node& node);
void lowerIntegerConv2d(Builder& b, const Node& node);
void lowerIntegerPool2d(Builder& b, const Node& node);
void lowerIntegerAdd(Builder& b, const Node& node);

/** Whether there are kernels for a node that touches values of bf16; else it is done in f32, between casts. */
bool hasHalfKernels(const Graph&, const Node&);

/** Convolutions of bf16 by tiles, where they suit. */
bool suitsTiles(const Graph&, const Node&);
void tileConv2d(Builder&, const Node&);
void tileInputGrad(Builder&, const Node&);
void tileWeightGrad(Builder&, const Node&);

/** Whether an operand of a pointwise pass can be read beside images in a blocked layout. */
bool fitsBlocked(const Shape& own, const Shape& out);

/** Convolutions by Winograd's algorithm; false, and nothing done, where another way is better. */
bool winogradConv2d(Builder&, const Node&);
bool winogradInputGrad(Builder&, const Node&);
bool winogradWeightGrad(Builder&, const Node&);

/** 1x1 convolutions with frozen weights by a kernel of our own; false, and nothing done, where oneDNN has to. */
bool conv1x1(Builder&, const Node&);

/** A 1x1 convolution and the depthwise one behind it in one go: called for both, it postpones the first. False, and
 * nothing done, where they are done one by one. */
bool expandDepthwise(Builder&, const Node& node);

/** Whether a kernel of our own does a 1x1 convolution, and its weights and bias as that kernel takes them. */
bool suitsConv1x1(const Builder&, const Node&);
BufferId conv1x1Weights(Builder&, const Node&);

/** Whether a kernel of our own does a depthwise convolution, and its weights and bias for such images. */
bool suitsDepthwise(const Builder&, const Node&);
BufferId depthwiseWeights(Builder&, const Node&, const Images&);

/** Depthwise convolutions by kernels of our own; false, and nothing done, where oneDNN has to. */
bool depthwiseConv2d(Builder&, const Node&);
bool depthwiseInputGrad(Builder&, const Node&);
bool depthwiseWeightGrad(Builder&, const Node&);

/** Convolutions of few channels by kernels of our own; false, and nothing done, where another way is better. */
bool directConv2d(Builder&, const Node&);
bool directInputGrad(Builder&, const Node&);
bool directWeightGrad(Builder&, const Node&);

/** An image step that touches shares of some buffers, of which -1 stands for none. */
Task imageTask(std::string name, const Images& images, std::vector<BufferId> whole,
               std::initializer_list<BufferId> byImage);

/** What the weight gradient of a convolution is made of. */
struct ConvOperands {
  Images in, out;
  Window window;
  BufferId x, dy;
  int64_t block;      // of the sums
  int64_t room = 0;   // floats that a thread needs from the start to the end of a part
  int64_t grain = 1;  // as of a task
};

/** A weight gradient as sums over the parts of the batch, added up behind them. */
void sumWeightGrad(Builder&, const Node& node, const ConvOperands&, void (*sum)(const ConvSumsArgs&));

/** What a node does to its results. */
Activation activationOf(const Node& node);

/** The window of a convolution with weights of that shape. */
Window convWindow(const Node& node, const Shape& w);

/** A convolution's step in a profile: the op and the sizes of its window and images. */
std::string convName(const Node& node, const Shape& x, const Shape& w);

}  // namespace convoy
