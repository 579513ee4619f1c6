// Depthwise convolutions and their gradients by kernels of our own, see kernels/depthwise.cc: about as fast
// as memory, where oneDNN has no fast weight gradient of 5x5 kernels at all. The choice depends on shapes
// alone, so that runs repeat.
#include "lower/lower.h"

namespace convoy {
namespace {

// With fewer channels most of a block would be idle.
constexpr int64_t LEAST_CHANNELS = 8;

bool suits(const Node& node, const Shape& x, const Shape& w) {
  const bool perChannel = w[0] == x[1] && static_cast<int64_t>(node.number("groups")) == x[1];
  const bool width = w[3] == 3 || w[3] == 5 || w[3] == 7;
  // A row of the widest padded image, either way, with room for a block of 16 channels.
  const Shape padding = node.list("padding", 4);
  const int64_t row = x[3] + padding[1] + padding[3] + 2 * w[3];
  return perChannel && x[1] >= LEAST_CHANNELS && width && w[2] <= DEPTHWISE_KERNEL &&
         node.list("dilation") == Shape{1, 1} && row * w[2] * 16 <= DEPTHWISE_RING;
}

/** The layout that a value has if it will do, else blocks of 16 channels. */
int64_t blockFor(const Builder& b, ValueId value) { return b.blockOf(value) == 8 ? 8 : 16; }

int64_t numbersOf(const Images& im, const Window& window) {
  return im.blocks() * im.block * depthwiseNumbers(window);
}

BufferId packWeights(Builder& b, ValueId w, BufferId bias, bool turned, const Images& im,
                     const Window& window) {
  const int64_t channels = im.channels, block = im.block, size = depthwiseNumbers(window) - 1;
  const BufferId from = b.plain(w);
  const BufferId to = b.scratch(static_cast<size_t>(numbersOf(im, window)) * sizeof(float), Kind::Weights);
  std::vector<BufferId> buffers = {from, to};
  if (bias >= 0) buffers.push_back(bias);
  b.step("pack weights", buffers, [=](const Run& r) {
    kernels().depthwiseWeights(r.f32(from), bias >= 0 ? r.f32(bias) : nullptr, channels, size, turned,
                               block, r.f32(to));
  });
  return to;
}

}  // namespace

bool suitsDepthwise(const Builder& b, const Node& node) {
  const bool residual = node.inputs.size() > 3;
  return !residual && suits(node, b.shape(node.inputs[0]), b.shape(node.inputs[1]));
}

BufferId depthwiseWeights(Builder& b, const Node& node, const Images& in) {
  const BufferId bias = node.inputs.size() > 2 ? b.plain(node.inputs[2]) : -1;
  return packWeights(b, node.inputs[1], bias, false, in, convWindow(node, b.shape(node.inputs[1])));
}

bool depthwiseConv2d(Builder& b, const Node& node) {
  if (!suitsDepthwise(b, node)) return false;
  const ValueId xValue = node.inputs[0], w = node.inputs[1], yValue = node.outputs[0];
  const int64_t block = blockFor(b, xValue);
  const Images in = b.images(xValue, block), out = b.images(yValue, block);
  const Window window = convWindow(node, b.shape(w));
  const BufferId x = b.get(xValue, block).buffer;
  const BufferId weights = depthwiseWeights(b, node, in);
  const BufferId y = b.make(yValue, block).buffer;
  const Activation activation = activationOf(node);
  Task task = imageTask(convName(node, b.shape(xValue), b.shape(w)), in, {weights}, {x, y});
  task.runPiece = [=](const Run& r, const Piece& p) {
    kernels().depthwise({p.of(in), p.of(out), window, {1, 1}, r.f32(x) + p.start(in), r.f32(weights),
                         activation, r.f32(y) + p.start(out)});
  };
  b.imageStep(std::move(task));
  return true;
}

bool depthwiseInputGrad(Builder& b, const Node& node) {
  const ValueId dyValue = node.inputs[0], w = node.inputs[1], dxValue = node.outputs[0];
  if (!suits(node, b.shape(dxValue), b.shape(w))) return false;
  const int64_t block = blockFor(b, dyValue);
  const Images in = b.images(dyValue, block), out = b.images(dxValue, block);
  const Window forward = convWindow(node, b.shape(w));
  const int64_t *kernel = forward.kernel, *padding = forward.padding, *strides = forward.strides;
  const int64_t down = strides[0], across = strides[1];
  const Window window = {{kernel[0], kernel[1]}, {1, 1},
                         {kernel[0] - 1 - padding[0], kernel[1] - 1 - padding[1]}};
  const BufferId dy = b.get(dyValue, block).buffer;
  const BufferId weights = packWeights(b, w, -1, true, in, window);
  const BufferId dx = b.make(dxValue, block).buffer;
  Task task = imageTask(convName(node, b.shape(dxValue), b.shape(w)), in, {weights}, {dy, dx});
  task.runPiece = [=](const Run& r, const Piece& p) {
    kernels().depthwise({p.of(in), p.of(out), window, {down, across}, r.f32(dy) + p.start(in),
                         r.f32(weights), {}, r.f32(dx) + p.start(out)});
  };
  b.imageStep(std::move(task));
  return true;
}

bool depthwiseWeightGrad(Builder& b, const Node& node) {
  const ValueId xValue = node.inputs[0], dyValue = node.inputs[1], dwValue = node.outputs[0];
  const Shape& w = b.shape(dwValue);
  if (!suits(node, b.shape(xValue), w)) return false;
  const int64_t block = blockFor(b, xValue);
  const Images in = b.images(xValue, block), out = b.images(dyValue, block);
  const Window window = convWindow(node, w);
  const BufferId x = b.get(xValue, block).buffer, dy = b.get(dyValue, block).buffer;
  sumWeightGrad(b, node, {in, out, window, x, dy, out.block}, kernels().depthwiseSums);
  return true;
}

}  // namespace convoy
