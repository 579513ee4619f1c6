// 3x3 convolutions and their gradients by kernels of our own, see kernels/winograd.cc and winogradGrad.cc; measured on
// AVX-512 they take a third to two thirds of the time of oneDNN's. The choice depends on shapes and instruction set
// alone, so that runs repeat.
#include <omp.h>

#include <algorithm>
#include <numeric>

#include "lower/lower.h"

namespace convoy {
namespace {

constexpr int64_t BLOCK = 16;
// More transformed weights are no longer near at hand in the caches.
constexpr int64_t MOST_CHANNELS = 256;
// Blocks of channels whose sums for the weight gradient a core's own cache holds.
constexpr int64_t MOST_SUMMED = 4;

bool suits(const Node& node, const Shape& w) {
  const bool plain = node.list("strides") == Shape{1, 1} && node.list("dilation") == Shape{1, 1} &&
                     node.number("groups") == 1 && w[2] == 3 && w[3] == 3;
  const bool whole = w[0] % BLOCK == 0 && w[1] % BLOCK == 0;
  return kernels().wide && plain && whole;
}

bool isNarrow(const Shape& w) { return std::max(w[0], w[1]) <= MOST_CHANNELS; }

BufferId packWeights(Builder& b, ValueId w, bool transposed) {
  const int64_t outputs = b.shape(w)[0], inputs = b.shape(w)[1];
  const BufferId from = b.plain(w);
  const BufferId to = b.scratch(static_cast<size_t>(WINOGRAD_POINTS * outputs * inputs) * sizeof(float),
                                Kind::Weights);
  b.step("pack weights", {from, to}, [=](const Run& r) {
    kernels().winogradWeights(r.f32(from), outputs, inputs, transposed, r.f32(to));
  });
  return to;
}

/** What is done with the sums before they are stored; -1 for no such operand. */
struct Ending {
  BufferId bias = -1, residual = -1;
  Activation activation = {};
};

/** A convolution, or with transposed weights an input gradient. */
void convolve(Builder& b, const std::string& name, ValueId from, ValueId to, BufferId weights,
              const Shape& padding, const Ending& ending) {
  const Images in = b.images(from, BLOCK), out = b.images(to, BLOCK);
  const BufferId x = b.get(from, BLOCK).buffer, y = b.make(to, BLOCK).buffer;
  Task task = imageTask(name, in, {weights}, {x, y, ending.residual});
  if (ending.bias >= 0) task.whole.push_back(ending.bias);
  const int64_t top = padding[0], left = padding[1];
  task.runPiece = [=](const Run& r, const Piece& p) {
    kernels().winograd({p.of(in), p.of(out), {top, left}, r.f32(x) + p.start(in), r.f32(weights),
                        ending.bias >= 0 ? r.f32(ending.bias) : nullptr,
                        ending.residual >= 0 ? r.f32(ending.residual) + p.start(out) : nullptr,
                        ending.activation, r.f32(y) + p.start(out)});
  };
  b.imageStep(std::move(task));
}

/** Images whose tiles fill whole groups. */
int64_t grainOf(const Images& out) {
  const int64_t tiles = ((out.height + 3) / 4) * ((out.width + 3) / 4);
  return WINOGRAD_TILES / std::gcd(tiles, WINOGRAD_TILES);
}

/** The weight gradient by patches of channels: the largest that leave several to each thread. */
void sumByPatches(Builder& b, const Node& node, const ConvOperands& o) {
  const int threads = omp_get_max_threads();
  const auto count = [](int64_t blocks, int64_t each) { return (blocks + each - 1) / each; };
  int64_t inputs = MOST_SUMMED, outputs = MOST_SUMMED;
  const auto patches = [&] { return count(o.in.blocks(), inputs) * count(o.out.blocks(), outputs); };
  while (patches() % threads != 0 && patches() < 4 * threads && inputs > 1) {
    (outputs > inputs ? outputs : inputs) /= 2;
  }
  const Images in = o.in, out = o.out;
  const Window window = o.window;
  const BufferId x = o.x, dy = o.dy, dw = b.make(node.outputs[0]).buffer;
  const bool bias = node.flag("bias") && b.used(node.outputs[1]);
  const BufferId dbias = bias ? b.make(node.outputs[1]).buffer : dw;
  const BufferId room = b.threadScratch(static_cast<size_t>(winogradRoom(inputs, outputs)) * sizeof(float));
  b.step(convName(node, b.shape(node.inputs[0]), b.shape(node.outputs[0])), {x, dy, dw, dbias, room},
         [=](const Run& r) {
           kernels().winogradGrad({in, out, window, r.f32(x), r.f32(dy), inputs, outputs, r.f32(room), r.f32(dw),
                                   bias ? r.f32(dbias) : nullptr});
         });
}

}  // namespace

bool winogradConv2d(Builder& b, const Node& node) {
  const ValueId x = node.inputs[0], w = node.inputs[1];
  if (!suits(node, b.shape(w)) || !isNarrow(b.shape(w))) return false;
  const BufferId weights = packWeights(b, w, false);
  Ending ending;
  if (node.inputs.size() > 2) ending.bias = b.plain(node.inputs[2]);
  if (node.inputs.size() > 3) ending.residual = b.get(node.inputs[3], BLOCK).buffer;
  ending.activation = activationOf(node);
  convolve(b, convName(node, b.shape(x), b.shape(w)), x, node.outputs[0], weights,
           node.list("padding", 4), ending);
  return true;
}

bool winogradInputGrad(Builder& b, const Node& node) {
  const ValueId dy = node.inputs[0], w = node.inputs[1], dx = node.outputs[0];
  if (!suits(node, b.shape(w)) || !isNarrow(b.shape(w))) return false;
  const Shape padding = node.list("padding", 4);
  convolve(b, convName(node, b.shape(dx), b.shape(w)), dy, dx, packWeights(b, w, true),
           {2 - padding[0], 2 - padding[1]}, {});
  return true;
}

bool winogradWeightGrad(Builder& b, const Node& node) {
  const ValueId x = node.inputs[0], dy = node.inputs[1], dw = node.outputs[0];
  const Shape& w = b.shape(dw);
  if (!suits(node, w)) return false;
  const Images in = b.images(x, BLOCK), out = b.images(dy, BLOCK);
  const BufferId source = b.get(x, BLOCK).buffer, grad = b.get(dy, BLOCK).buffer;
  const ConvOperands operands = {in, out, convWindow(node, w), source, grad, BLOCK,
                                 winogradRoom(in.blocks(), out.blocks()), grainOf(out)};
  if (std::max(in.blocks(), out.blocks()) > MOST_SUMMED) {
    sumByPatches(b, node, operands);
  } else {
    sumWeightGrad(b, node, operands, kernels().winogradSums);
  }
  return true;
}

}  // namespace convoy
