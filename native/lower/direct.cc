// Convolutions of few input channels by kernels of our own, see kernels/direct.cc, planar.cc and directInput.cc:
// first layers, 5x5 kernels on six channels, and their gradients. oneDNN is slow there, since it thinks in whole
// blocks of channels. The choice depends on shapes and instruction set alone, so that runs repeat.
#include "lower/lower.h"

namespace convoy {
namespace {

/** Whether a convolution with such a kernel is an ordinary one whose padded images of `channels` are small. */
bool suits(const Builder& b, const Node& node, ValueId from, ValueId to, const Window& window) {
  const bool moves = window.strides[0] > 0 && window.strides[1] > 0;
  return kernels().wide && moves && node.number("groups") == 1 && node.list("dilation") == Shape{1, 1} &&
         directImage(b.images(from, 1), b.images(to, 1), window) <= DIRECT_IMAGE;
}

/** Blocks of the result: those that leave the fewest lanes idle. */
int64_t blockFor(int64_t channels) { return channels <= 8 ? 8 : 16; }

/** Whether lanes that are columns of the result leave fewer idle than channels; see kernels/planar.cc. */
bool isPlanar(const Shape& x, const Shape& y, const Window& window) {
  const int64_t width = y[3], lanes = (width + PLANAR_LANES - 1) / PLANAR_LANES * PLANAR_LANES;
  const bool row = window.kernel[1] == 3 || window.kernel[1] == 5 || window.kernel[1] == 7;
  return x[1] <= DIRECT_CHANNELS && y[1] <= PLANAR_BLOCK && width >= PLANAR_LANES && window.strides[1] == 1 &&
         row && width * 16 > lanes * y[1];
}

/** Whether lanes that are columns of a kernel as well as channels leave fewer idle than channels alone. */
bool fillsLanes(const Images& in, const Images& out, const Window& window) {
  const int64_t vectors = directVectors(window, in.channels);
  return in.channels <= in.block && vectors <= DIRECT_VECTORS && vectors < window.kernel[1] &&
         out.width * vectors * DIRECT_LANES <= DIRECT_IMAGE;
}

/** Weights as a kernel wants them, so many numbers, by the function that makes them; a bias of -1 is none. */
BufferId packWeights(Builder& b, ValueId w, BufferId bias, int64_t block, int64_t numbers,
                     void (*pack)(const DirectWeightsArgs&)) {
  const Shape& shape = b.shape(w);
  const BufferId from = b.plain(w);
  const BufferId to = b.scratch(static_cast<size_t>(numbers) * sizeof(float), Kind::Weights);
  std::vector<BufferId> buffers = {from, to};
  if (bias >= 0) buffers.push_back(bias);
  const DirectWeightsArgs sizes = {shape[0], shape[1], shape[2], shape[3], block, {}, {}, {}};
  b.step("pack weights", buffers, [=](const Run& r) {
    DirectWeightsArgs args = sizes;
    args.w = r.f32(from);
    args.bias = bias >= 0 ? r.f32(bias) : nullptr;
    args.to = r.f32(to);
    pack(args);
  });
  return to;
}

}  // namespace

bool directConv2d(Builder& b, const Node& node) {
  const ValueId x = node.inputs[0], w = node.inputs[1], y = node.outputs[0];
  const Window window = convWindow(node, b.shape(w));
  const bool few = b.shape(w)[1] <= DIRECT_CHANNELS, residual = node.inputs.size() > 3;
  if (residual || !few || !suits(b, node, x, y, window)) return false;
  const BufferId bias = node.inputs.size() > 2 ? b.plain(node.inputs[2]) : -1;
  const bool planar = isPlanar(b.shape(x), b.shape(y), window);
  const int64_t block = blockFor(b.shape(y)[1]);
  const Images in = b.images(x, b.blockOf(x)), out = b.images(y, planar ? 1 : block);
  const BufferId source = b.get(x, in.block).buffer;
  const int64_t numbers = (out.channels + block - 1) / block * block * directNumbers(window, in.channels);
  const BufferId weights = packWeights(b, w, bias, block, numbers, kernels().directWeights);
  const BufferId target = b.make(y, out.block).buffer;
  const Activation activation = activationOf(node);
  Task task = imageTask(convName(node, b.shape(x), b.shape(w)), in, {weights}, {source, target});
  task.runPiece = [=](const Run& r, const Piece& p) {
    const auto convolve = planar ? kernels().planar : kernels().direct;
    convolve({p.of(in), p.of(out), window, r.f32(source) + p.start(in), r.f32(weights), activation,
              r.f32(target) + p.start(out)});
  };
  b.imageStep(std::move(task));
  return true;
}

bool directInputGrad(Builder& b, const Node& node) {
  const ValueId dyValue = node.inputs[0], wValue = node.inputs[1], dxValue = node.outputs[0];
  const Shape& w = b.shape(wValue);
  const Window window = convWindow(node, w);
  const Images in = b.images(dxValue, DIRECT_PIXEL), out = b.images(dyValue, blockFor(w[0]));
  if (!suits(b, node, dxValue, dyValue, window) || !fillsLanes(in, out, window)) return false;
  const BufferId dy = b.get(dyValue, out.block).buffer;
  const int64_t numbers = w[2] * w[0] * directVectors(window, w[1]) * DIRECT_LANES;
  const BufferId weights =
      packWeights(b, wValue, -1, DIRECT_LANES, numbers, kernels().directInputWeights);
  const BufferId dx = b.make(dxValue, in.block).buffer;
  Task task = imageTask(convName(node, b.shape(dxValue), w), in, {weights}, {dy, dx});
  task.runPiece = [=](const Run& r, const Piece& p) {
    kernels().directInputGrad({p.of(in), p.of(out), window, r.f32(dy) + p.start(out), r.f32(weights),
                               r.f32(dx) + p.start(in)});
  };
  b.imageStep(std::move(task));
  return true;
}

bool directWeightGrad(Builder& b, const Node& node) {
  const ValueId xValue = node.inputs[0], dyValue = node.inputs[1], dwValue = node.outputs[0];
  const Shape& w = b.shape(dwValue);
  const Window window = convWindow(node, w);
  const bool planar = isPlanar(b.shape(xValue), b.shape(dyValue), window);
  if (!(planar || directTaps(w[3] * w[1])) || !suits(b, node, xValue, dyValue, window)) return false;
  const int64_t block = blockFor(w[0]);
  const Images in = b.images(xValue, b.blockOf(xValue));
  const Images out = b.images(dyValue, planar ? 1 : block);
  const BufferId x = b.get(xValue, in.block).buffer, dy = b.get(dyValue, out.block).buffer;
  sumWeightGrad(b, node, {in, out, window, x, dy, block}, planar ? kernels().planarSums : kernels().directSums);
  return true;
}

}  // namespace convoy
