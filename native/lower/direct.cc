// Convolutions of few input or few output channels by kernels of our own, see kernels/direct.cc, planar.cc and
// directInput.cc: first layers, narrow nets, 5x5 kernels on six channels, and their gradients. oneDNN is slow there, since it
// thinks in whole blocks of channels. The choice depends on shapes and instruction set alone, so that runs repeat.
#include <algorithm>

#include "lower/lower.h"

namespace convoy {
namespace {

/** Whether kernels of ours know such a convolution. */
bool isOrdinary(const Node& node, const Window& window) {
  const bool moves = window.strides[0] > 0 && window.strides[1] > 0;
  return kernels().wide && moves && node.number("groups") == 1 && node.list("dilation") == Shape{1, 1};
}

/** Whether it is one whose padded images are small. */
bool isSmall(const Builder& b, const Node& node, ValueId from, ValueId to, const Window& window) {
  return isOrdinary(node, window) && directImage(b.images(from, 1), b.images(to, 1), window) <= DIRECT_IMAGE;
}

/** Blocks of the result: those that leave the fewest lanes idle. */
int64_t blockFor(int64_t channels) { return channels <= 8 ? 8 : 16; }

/** Whether lanes that are columns of the result, from `few` channels or to them, leave fewer idle than channels; see
 * kernels/planar.cc. */
bool isPlanar(const Builder& b, const Node& node, ValueId from, ValueId to, const Window& window, int64_t few) {
  const Images in = b.images(from, 1), out = b.images(to, 1);
  const int64_t width = out.width, lanes = (width + PLANAR_LANES - 1) / PLANAR_LANES * PLANAR_LANES;
  const bool row = window.kernel[1] == 3 || window.kernel[1] == 5 || window.kernel[1] == 7;
  return isOrdinary(node, window) && window.strides[1] == 1 && row && in.channels <= PLANAR_CHANNELS &&
         few <= PLANAR_BLOCK && width >= PLANAR_LANES && width * 16 > lanes * few && planarBand(in, out, window) > 0;
}

/** Whether lanes that are columns of a kernel as well as channels leave fewer idle than channels alone. */
bool fillsLanes(const Images& in, const Images& out, const Window& window) {
  const int64_t vectors = directVectors(window, in.channels);
  return in.channels <= in.block && vectors <= DIRECT_VECTORS && vectors < window.kernel[1] &&
         out.width * vectors * DIRECT_LANES <= DIRECT_IMAGE;
}

using PackWeights = void (*)(const DirectWeightsArgs&);

/** Weights of such sizes as a kernel wants them, so many numbers, by the function that makes them; a bias of -1 is none. */
BufferId packWeights(Builder& b, ValueId w, BufferId bias, const DirectWeightsArgs& sizes, int64_t numbers,
                     PackWeights pack) {
  const BufferId from = b.plain(w);
  const BufferId to = b.scratch(static_cast<size_t>(numbers) * sizeof(float), Kind::Weights);
  std::vector<BufferId> buffers = {from, to};
  if (bias >= 0) buffers.push_back(bias);
  b.step("pack weights", buffers, [=](const Run& r) {
    DirectWeightsArgs args = sizes;
    args.w = r.f32(from);
    args.bias = bias >= 0 ? r.f32(bias) : nullptr;
    args.to = r.f32(to);
    pack(args);
  });
  return to;
}

/** Numbers of the weights of some channels of a result, in blocks, each with a bias. */
int64_t blockNumbers(const Window& window, int64_t inputs, int64_t outputs, int64_t block) {
  return (outputs + block - 1) / block * block * directNumbers(window, inputs);
}

/** A convolution by a kernel of ours, as an image step. */
void convolve(Builder& b, std::string name, const DirectArgs& sizes, BufferId weights, BufferId from, BufferId to,
              void (*kernel)(const DirectArgs&)) {
  Task task = imageTask(std::move(name), sizes.in, {weights}, {from, to});
  task.runPiece = [=](const Run& r, const Piece& p) {
    DirectArgs args = sizes;
    args.in = p.of(sizes.in);
    args.out = p.of(sizes.out);
    args.x = r.f32(from) + p.start(sizes.in);
    args.weights = r.f32(weights);
    args.y = r.f32(to) + p.start(sizes.out);
    kernel(args);
  };
  b.imageStep(std::move(task));
}

/** The input gradient as a convolution of dy with turned weights. */
void planarInputGrad(Builder& b, const Node& node, const Window& turned) {
  const ValueId dy = node.inputs[0], w = node.inputs[1], dx = node.outputs[0];
  const Shape& shape = b.shape(w);
  const Images in = b.images(dy, b.blockOf(dy)), out = b.images(dx, 1);
  const BufferId from = b.get(dy, in.block).buffer;
  const DirectWeightsArgs sizes = {shape[1], shape[0], shape[2], shape[3], true, PLANAR_BLOCK, {}, {}, {}};
  const BufferId weights = packWeights(b, w, -1, sizes, blockNumbers(turned, shape[0], shape[1], PLANAR_BLOCK),
                                       kernels().directWeights);
  const BufferId to = b.make(dx).buffer;
  convolve(b, convName(node, b.shape(dx), shape), {in, out, turned, {}, {}, {}, {}}, weights, from, to,
           kernels().planar);
}

}  // namespace

bool directConv2d(Builder& b, const Node& node) {
  const ValueId x = node.inputs[0], w = node.inputs[1], y = node.outputs[0];
  const Shape& shape = b.shape(w);
  const Window window = convWindow(node, shape);
  if (node.inputs.size() > 3) return false;
  const bool planar = isPlanar(b, node, x, y, window, shape[0]);
  if (!planar && !(shape[1] <= DIRECT_CHANNELS && isSmall(b, node, x, y, window))) return false;
  const BufferId bias = node.inputs.size() > 2 ? b.plain(node.inputs[2]) : -1;
  const int64_t block = planar ? PLANAR_BLOCK : blockFor(shape[0]);
  const Images in = b.images(x, b.blockOf(x)), out = b.images(y, planar ? 1 : block);
  const BufferId source = b.get(x, in.block).buffer;
  const DirectWeightsArgs sizes = {shape[0], shape[1], shape[2], shape[3], false, block, {}, {}, {}};
  const BufferId weights = packWeights(b, w, bias, sizes, blockNumbers(window, shape[1], shape[0], block),
                                       kernels().directWeights);
  const BufferId target = b.make(y, out.block).buffer;
  convolve(b, convName(node, b.shape(x), shape), {in, out, window, {}, {}, activationOf(node), {}}, weights, source,
           target, planar ? kernels().planar : kernels().direct);
  return true;
}

bool directInputGrad(Builder& b, const Node& node) {
  const ValueId dyValue = node.inputs[0], wValue = node.inputs[1], dxValue = node.outputs[0];
  const Shape& w = b.shape(wValue);
  const Window window = convWindow(node, w);
  const Images in = b.images(dxValue, DIRECT_PIXEL), out = b.images(dyValue, blockFor(w[0]));
  if (!isSmall(b, node, dxValue, dyValue, window) || !fillsLanes(in, out, window)) {
    const Window turned = {{w[2], w[3]}, {1, 1}, {w[2] - 1 - window.padding[0], w[3] - 1 - window.padding[1]}};
    const bool planar = window.strides[0] == 1 && window.strides[1] == 1 &&
                        isPlanar(b, node, dyValue, dxValue, turned, std::min(w[0], w[1]));
    if (planar) planarInputGrad(b, node, turned);
    return planar;
  }
  const BufferId dy = b.get(dyValue, out.block).buffer;
  const int64_t numbers = w[2] * w[0] * directVectors(window, w[1]) * DIRECT_LANES;
  const BufferId weights =
      packWeights(b, wValue, -1, {w[0], w[1], w[2], w[3], false, DIRECT_LANES, {}, {}, {}}, numbers,
                  kernels().directInputWeights);
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
  const bool planar = isPlanar(b, node, xValue, dyValue, window, w[0]);
  if (!planar && !(directTaps(w[3] * w[1]) && isSmall(b, node, xValue, dyValue, window))) return false;
  const int64_t block = planar ? PLANAR_BLOCK : blockFor(w[0]);
  const Images in = b.images(xValue, b.blockOf(xValue));
  const Images out = b.images(dyValue, planar ? 1 : block);
  const BufferId x = b.get(xValue, in.block).buffer, dy = b.get(dyValue, out.block).buffer;
  sumWeightGrad(b, node, {in, out, window, x, dy, block}, planar ? kernels().planarSums : kernels().directSums);
  return true;
}

}  // namespace convoy
