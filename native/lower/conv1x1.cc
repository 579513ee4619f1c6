// 1x1 convolutions with frozen weights by a kernel of our own, see kernels/conv1x1.cc. It is about as fast as
// oneDNN's, but an image is done for itself, so that the steps beside it go over the batch with it and large batches
// take little memory; in training, where values are kept anyway, nothing is gained. The choice depends on shapes and
// instruction set alone, so that runs repeat.
#include <algorithm>

#include "lower/lower.h"

namespace convoy {
namespace {

constexpr int64_t BLOCK = 16;
// Of an image; the weights are read anew for each.
constexpr int64_t LEAST_PIXELS = 9;

}  // namespace

bool suitsConv1x1(const Builder& b, const Node& node) {
  const Shape &x = b.shape(node.inputs[0]), &w = b.shape(node.inputs[1]);
  const bool plain = node.list("strides") == Shape{1, 1} && node.list("padding") == Shape{0, 0, 0, 0} &&
                     node.number("groups") == 1 && w[2] == 1 && w[3] == 1;
  return kernels().wide && b.constant(node.inputs[1]) && plain && std::min(w[0], w[1]) >= BLOCK &&
         x[2] * x[3] >= LEAST_PIXELS;
}

BufferId conv1x1Weights(Builder& b, const Node& node) {
  const Shape& shape = b.shape(node.inputs[1]);
  const int64_t outputs = shape[0], inputs = shape[1];
  const int64_t numbers = (outputs + BLOCK - 1) / BLOCK * BLOCK * (inputs + 1);
  const BufferId bias = node.inputs.size() > 2 ? b.plain(node.inputs[2]) : -1;
  const BufferId from = b.plain(node.inputs[1]);
  const BufferId to = b.scratch(static_cast<size_t>(numbers) * sizeof(float), Kind::Weights);
  std::vector<BufferId> buffers = {from, to};
  if (bias >= 0) buffers.push_back(bias);
  b.step("pack weights", buffers, [=](const Run& r) {
    kernels().conv1x1Weights(r.f32(from), bias >= 0 ? r.f32(bias) : nullptr, outputs, inputs, r.f32(to));
  });
  return to;
}

bool conv1x1(Builder& b, const Node& node) {
  if (!suitsConv1x1(b, node)) return false;
  const ValueId xValue = node.inputs[0], yValue = node.outputs[0];
  const Images in = b.images(xValue, BLOCK), out = b.images(yValue, BLOCK);
  const BufferId residual = node.inputs.size() > 3 ? b.get(node.inputs[3], BLOCK).buffer : -1;
  const BufferId weights = conv1x1Weights(b, node);
  const BufferId x = b.get(xValue, BLOCK).buffer, y = b.make(yValue, BLOCK).buffer;
  const Activation activation = activationOf(node);
  Task task = imageTask(convName(node, b.shape(xValue), b.shape(node.inputs[1])), in, {weights},
                        {x, residual, y});
  task.runPiece = [=](const Run& r, const Piece& p) {
    kernels().conv1x1({p.of(in), p.of(out), r.f32(x) + p.start(in), r.f32(weights),
                       residual >= 0 ? r.f32(residual) + p.start(out) : nullptr, activation,
                       r.f32(y) + p.start(out)});
  };
  b.imageStep(std::move(task));
  return true;
}

}  // namespace convoy
