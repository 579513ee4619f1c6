// A 1x1 convolution with frozen weights and the depthwise one behind it as one step, see kernels/expandDepthwise.cc: the
// first half of an inverted residual. The choice depends on shapes and instruction set alone, so that runs repeat.
#include "lower/lower.h"

namespace convoy {
namespace {

constexpr int64_t BLOCK = 16;
// With narrower images, a tile of products takes more than the two rows that it may.
constexpr int64_t LEAST_WIDTH = 7;

/** The depthwise convolution that alone uses what a 1x1 one makes; null where they are done one by one. */
const Node* depthwiseBehind(const Builder& b, const Node& node) {
  if (node.op != "conv2d" || node.inputs.size() > 3 || !suitsConv1x1(b, node)) return nullptr;
  const ValueId between = node.outputs[0];
  const Node* next = b.onlyUser(between);
  const bool suits = next && next->op == "conv2d" && next->inputs[0] == between && suitsDepthwise(b, *next);
  if (!suits || b.shape(between)[3] < LEAST_WIDTH) return nullptr;
  const Images in = b.images(between, BLOCK), out = b.images(next->outputs[0], BLOCK);
  return expandRing(in, out, convWindow(*next, b.shape(next->inputs[1]))) <= DEPTHWISE_RING ? next : nullptr;
}

}  // namespace

bool expandDepthwise(Builder& b, const Node& node) {
  if (const Node* next = depthwiseBehind(b, node)) {
    b.postpone(*next);
    return true;
  }
  const Node* first = b.maker(node.inputs[0]);
  if (!first || depthwiseBehind(b, *first) != &node) return false;
  const ValueId xValue = first->inputs[0], between = node.inputs[0], yValue = node.outputs[0];
  const Images in = b.images(xValue, BLOCK), middle = b.images(between, BLOCK), out = b.images(yValue, BLOCK);
  const Shape &products = b.shape(first->inputs[1]), &kernel = b.shape(node.inputs[1]);
  const BufferId weights = conv1x1Weights(b, *first), taps = depthwiseWeights(b, node, middle);
  const BufferId x = b.get(xValue, BLOCK).buffer, y = b.make(yValue, BLOCK).buffer;
  const Window window = convWindow(node, kernel);
  const Activation inner = activationOf(*first), outer = activationOf(node);
  const std::string name = convName(*first, b.shape(xValue), products) + ", " +
                           convName(node, b.shape(between), kernel);
  Task task = imageTask(name, in, {weights, taps}, {x, y});
  task.runPiece = [=](const Run& r, const Piece& p) {
    kernels().expandDepthwise(
        {{p.of(in), p.of(middle), r.f32(x) + p.start(in), r.f32(weights), nullptr, inner, nullptr},
         {p.of(middle), p.of(out), window, {1, 1}, nullptr, r.f32(taps), outer, r.f32(y) + p.start(out)}});
  };
  b.imageStep(std::move(task));
  return true;
}

}  // namespace convoy
