// Batch and group normalisation and their gradients.
#include "infer/infer.h"

namespace convoy {
namespace {

void expectNorm(const Node& node, const Types& operands) {
  const size_t rank = operands[0].shape.size();
  expectF32(node, operands);
  expect(rank == 2 || rank == 4, node, "expected [batch, channels] or [batch, channels, height, width]");
  expectText(node, "activation", {"none", "relu", "relu6"});
  node.number("eps");
}

/** What statistics are of: each channel, or each group of each image. */
Shape statisticsOf(const Node& node, const Shape& x) {
  if (node.op.compare(0, 5, "batch") == 0) return {x[1]};
  const int64_t groups = node.whole("groups", 1, MOST_ELEMENTS);
  expect(x[1] % groups == 0, node, "the groups do not divide the channels");
  return {x[0], groups};
}

/** Operands [x, gamma, beta] and perhaps a residual. */
Types normalised(const Node& node, const Types& operands) {
  expectNorm(node, operands);
  const Shape& x = operands[0].shape;
  expectShape(node, operands, 1, 3, {x[1]});
  expectShape(node, operands, 3, 4, x);
  const TensorType statistics = {DType::F32, statisticsOf(node, x)};
  return {operands[0], statistics, statistics};
}

}  // namespace

Types inferBatchNorm(const Node& node, const Types& operands) { return normalised(node, operands); }

Types inferGroupNorm(const Node& node, const Types& operands) { return normalised(node, operands); }

/** Operands [x, gamma, beta, mean, variance] and perhaps a residual. */
Types inferBatchNormApply(const Node& node, const Types& operands) {
  expectNorm(node, operands);
  expectShape(node, operands, 1, 5, {operands[0].shape[1]});
  expectShape(node, operands, 5, 6, operands[0].shape);
  return {operands[0]};
}

/** Operands [dy, x, gamma, beta, mean, variance] and perhaps y; results [x, gamma, beta] and perhaps the residual. */
Types inferNormGrad(const Node& node, const Types& operands) {
  expectNorm(node, operands);
  const Shape &x = operands[0].shape, perChannel = {x[1]};
  expectShape(node, operands, 1, 2, x);
  expectShape(node, operands, 2, 4, perChannel);
  expectShape(node, operands, 4, 6, statisticsOf(node, x));
  expectShape(node, operands, 6, 7, x);
  Types results = {operands[0], {DType::F32, perChannel}, {DType::F32, perChannel}};
  if (node.flag("residual")) results.push_back(operands[0]);
  return results;
}

}  // namespace convoy
