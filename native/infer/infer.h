// The types of each op's results, from those of its operands and its attributes: the same rules as in src/graph/ops.
// Lowering trusts the types of a graph, so whatever a kernel could be led astray by is refused here.
#pragma once

#include "graph.h"
#include "kernels/images.h"

namespace convoy {

using Types = std::vector<TensorType>;

/** How many operands an op takes, and the types of its results. */
struct InferRule {
  size_t least, most;
  Types (*infer)(const Node&, const Types& operands);
};

/** Most elements of a value, and of all a graph's values so many fit into what bytes are counted in. */
constexpr int64_t MOST_ELEMENTS = int64_t{1} << 40;

/** Elements of a shape with sizes of at least 1; throws where these are more than a value may have. */
int64_t checkedSize(const Shape& shape);

/** Throws what is wrong with a node unless something holds. */
void expect(bool holds, const Node& node, const char* what);
void expectF32(const Node& node, const Types& operands);
/** Throws unless operands that stand behind one another have that shape. */
void expectShape(const Node& node, const Types& operands, size_t begin, size_t end, const Shape& shape);
/** Throws unless a value is f32 [batch, channels, height, width]. */
void expectImages(const Node& node, const TensorType& type);
/** The node's shape attribute. */
Shape shapeOf(const Node& node);
/** A text that is one of those given. */
void expectText(const Node& node, const char* name, std::initializer_list<const char*> texts);

/** The shape that a convolution of images with weights makes, and that of pooled images. */
Shape convShape(const Node& node, const Shape& images, const Shape& weights);
Shape poolShape(const Node& node, const Shape& images);

Types inferInput(const Node&, const Types&);
Types inferScalar(const Node&, const Types&);
Types inferRead(const Node&, const Types&);
Types inferWrite(const Node&, const Types&);
Types inferUniform(const Node&, const Types&);
Types inferReshape(const Node&, const Types&);
Types inferTranspose(const Node&, const Types&);
Types inferConcat(const Node&, const Types&);
Types inferSlice(const Node&, const Types&);
Types inferPad(const Node&, const Types&);
Types inferCast(const Node&, const Types&);
Types inferCompress(const Node&, const Types&);
Types inferRestore(const Node&, const Types&);
Types inferPackBits(const Node&, const Types&);
Types inferUnpackBits(const Node&, const Types&);
Types inferReduce(const Node&, const Types&);
Types inferSegmentSum(const Node&, const Types&);
Types inferSegmentExpand(const Node&, const Types&);
Types inferKthLargest(const Node&, const Types&);
Types inferLogSoftmax(const Node&, const Types&);
Types inferCtc(const Node&, const Types&);
Types inferLstm(const Node&, const Types&);
Types inferLstmGrad(const Node&, const Types&);
Types inferOneHot(const Node&, const Types&);
Types inferTakeRows(const Node&, const Types&);
Types inferAddRows(const Node&, const Types&);
Types inferNorms(const Node&, const Types&);
Types inferMatmul(const Node&, const Types&);
Types inferFused(const Node&, const Types&);
Types inferConv2d(const Node&, const Types&);
Types inferConv2dInputGrad(const Node&, const Types&);
Types inferConv2dWeightGrad(const Node&, const Types&);
Types inferMaxPool2d(const Node&, const Types&);
Types inferMaxPool2dGrad(const Node&, const Types&);
Types inferAvgPool2d(const Node&, const Types&);
Types inferAvgPool2dGrad(const Node&, const Types&);
Types inferResize(const Node&, const Types&);
Types inferResizeGrad(const Node&, const Types&);
Types inferQuantise(const Node&, const Types&);
Types inferDequantise(const Node&, const Types&);
Types inferIntegerConv2d(const Node&, const Types&);
Types inferIntegerPool2d(const Node&, const Types&);
Types inferIntegerAdd(const Node&, const Types&);
Types inferBatchNorm(const Node&, const Types&);
Types inferBatchNormApply(const Node&, const Types&);
Types inferGroupNorm(const Node&, const Types&);
Types inferNormGrad(const Node&, const Types&);

}  // namespace convoy
