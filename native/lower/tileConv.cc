// Convolutions of bf16 and their gradients by tiles of AMX, see kernels/tileConv.cc and tileGrad.cc. Images lie
// channels-last. The choice depends on shapes and instruction set alone, so that runs repeat.
#include <omp.h>

#include <algorithm>
#include <memory>

#include "lower/lower.h"

namespace convoy {
namespace {

/** A convolution of stride 1 or more from placed images: where its tiles begin, and where their pixels go. */
struct TilePlan {
  std::vector<int32_t> starts, targets;
};

/** Bytes of placed images that a core's own cache holds beside weights. */
constexpr int64_t NEAR_BYTES = 1 << 18;
struct Geometry {
  int64_t height, width, stride, top, left;  // of the kernel, and of the padding
};

Geometry geometryOf(const Node& node, const Shape& w) {
  const Window window = convWindow(node, w);
  return {w[2], w[3], window.strides[0], window.padding[0], window.padding[1]};
}

Images lastOf(const Builder& b, ValueId value) { return b.images(value, b.shape(value)[1]); }

/** Tiles along rows of the result, or along the whole image with what lies between its rows, whichever are fewer. */
TilePlan planTiles(const Placing& placing, int64_t stride, const Images& out) {
  const int64_t across = tilesOf(out.width, TILE_ROWS) * out.height;
  const int64_t along = tilesOf((out.height - 1) * placing.pitch + out.width, TILE_ROWS);
  // Without a copy nothing may be read behind the last pixel.
  const int64_t last = placing.plain() ? placing.pixels() - 1 - (TILE_ROWS - 1) * stride : placing.pixels();
  TilePlan plan;
  // Tiles may overlap, but each pixel is made once: a result may lie where its residual did.
  std::vector<bool> done(static_cast<size_t>(out.pixels()));
  const auto add = [&](int64_t start) {
    if (start > last) start -= tilesOf(start - last, stride) * stride;
    int32_t targets[TILE_ROWS];
    bool any = false;
    for (int64_t r = 0; r < TILE_ROWS; r++) {
      const int64_t pixel = start + r * stride, y = pixel / placing.pitch, x = pixel % placing.pitch;
      const int64_t target = y / stride * out.width + x / stride;
      const bool inside = y % stride == 0 && x % stride == 0 && y / stride < out.height && x / stride < out.width;
      const bool made = inside && !done[static_cast<size_t>(target)];
      targets[r] = made ? static_cast<int32_t>(target) : -1;
      if (made) done[static_cast<size_t>(target)] = true;
      any = any || made;
    }
    if (!any) return;
    plan.starts.push_back(static_cast<int32_t>(start));
    plan.targets.insert(plan.targets.end(), targets, targets + TILE_ROWS);
  };
  if (across <= along) {
    for (int64_t y = 0; y < out.height; y++) {
      for (int64_t x = 0; x < out.width; x += TILE_ROWS) add((y * placing.pitch + x) * stride);
    }
  } else {
    for (int64_t tile = 0; tile < along; tile++) add(tile * TILE_ROWS * stride);
  }
  return plan;
}

BufferId packWeights(Builder& b, ValueId w, bool turned) {
  const Shape& s = b.shape(w);
  const int64_t outputs = turned ? s[1] : s[0], inputs = turned ? s[0] : s[1];
  const BufferId from = b.plain(w);
  const auto numbers = static_cast<size_t>(tileWeightNumbers(outputs, inputs, s[2], s[3]));
  const BufferId to = b.scratch(numbers * sizeof(uint16_t), Kind::Weights);
  b.teamStep("pack weights", {from, to}, [=, sizes = s](const Run& r) {
    kernels().tileWeights({sizes[0], sizes[1], sizes[2], sizes[3], turned, static_cast<uint16_t*>(r.raw(from)),
                           static_cast<uint16_t*>(r.raw(to))});
  });
  return to;
}

/** A bias in whole tiles. */
BufferId padBias(Builder& b, ValueId value) {
  const int64_t size = b.shape(value)[0], padded = tilesOf(size, TILE_LANES) * TILE_LANES;
  const BufferId from = b.plain(value);
  if (size == padded) return from;
  const BufferId to = b.scratch(static_cast<size_t>(padded) * sizeof(float), Kind::Weights);
  b.step("pad bias", {from, to}, [=](const Run& r) {
    std::fill_n(r.f32(to), padded, 0.0f);
    std::copy_n(r.f32(from), size, r.f32(to));
  });
  return to;
}

/** What a convolution is made of; `bias` is -1 for none, and so is `residual`. */
struct Convolution {
  std::string name;
  ValueId from, to;
  Placing placing;
  int64_t stride, rows, taps;
  BufferId weights, bias;
  ValueId residual;
  Activation activation;
};

void convolve(Builder& b, const Convolution& c) {
  const Images in = lastOf(b, c.from), out = lastOf(b, c.to);
  Placing placing = c.placing;
  // Tiles that would read behind the last pixel, or a pixel that is not theirs, need a copy with zeros behind it.
  const bool whole = (c.taps * in.channels) % TILE_DEPTH == 0 && placing.pixels() > (TILE_ROWS - 1) * c.stride;
  if (placing.plain() && !whole) placing.rows++;
  const auto plan = std::make_shared<TilePlan>(planTiles(placing, c.stride, out));
  const int64_t bytes = placing.pixels() * in.channels * static_cast<int64_t>(sizeof(uint16_t));
  const int64_t together = std::clamp<int64_t>(NEAR_BYTES / bytes, 1, std::max<int64_t>(in.count / omp_get_max_threads(), 1));
  const BufferId x = b.get(c.from, in.block).buffer;
  const BufferId rest = c.residual >= 0 ? b.get(c.residual, out.block).buffer : -1;
  const BufferId y = b.make(c.to, out.block).buffer;
  const BufferId scratch = b.threadScratch(static_cast<size_t>(tileConvRoom(placing, together)));
  Task task = imageTask(c.name, in, {c.weights}, {x, rest, y});
  // Each number of the residual is read just before the result of its place is written.
  if (rest >= 0 && rest != x) {
    task.result = y;
    task.operand = rest;
  }
  if (c.bias >= 0) task.whole.push_back(c.bias);
  task.byThread = {scratch};
  task.runPiece = [=, stride = c.stride, rows = c.rows, taps = c.taps, weights = c.weights, bias = c.bias,
                   activation = c.activation](const Run& r, const Piece& p) {
    kernels().tileConv({p.of(in), p.of(out), placing, stride, rows, taps, plan->starts.data(), plan->targets.data(),
                        static_cast<int64_t>(plan->starts.size()), together,
                        static_cast<uint16_t*>(r.raw(x)) + p.start(in), static_cast<uint16_t*>(r.raw(weights)),
                        bias >= 0 ? r.f32(bias) : nullptr,
                        rest >= 0 ? static_cast<uint16_t*>(r.raw(rest)) + p.start(out) : nullptr, activation,
                        static_cast<uint16_t*>(r.raw(y)) + p.start(out), static_cast<char*>(r.raw(scratch))});
  };
  b.imageStep(std::move(task));
}

bool isHalf(const Graph& graph, ValueId value) { return graph.values[static_cast<size_t>(value)].dtype == DType::BF16; }

const Shape& shapeIn(const Graph& graph, ValueId value) { return graph.values[static_cast<size_t>(value)].shape; }

/** The weights' shape of a convolution or one of its gradients. */
const Shape& weightsIn(const Graph& graph, const Node& node) {
  return shapeIn(graph, node.op == "conv2dWeightGrad" ? node.outputs[0] : node.inputs[1]);
}

}  // namespace

bool suitsTiles(const Graph& graph, const Node& node) {
  const Shape &w = weightsIn(graph, node), strides = node.list("strides"), padding = node.list("padding");
  const bool plain = node.number("groups") == 1 && node.list("dilation") == Shape{1, 1} && strides[0] == strides[1];
  const bool inside = padding[0] < w[2] && padding[1] < w[3];
  const bool operands = isHalf(graph, node.inputs[0]) && isHalf(graph, node.inputs[1]);
  const bool result = node.op == "conv2dWeightGrad" || isHalf(graph, node.outputs[0]);
  const bool small = w[2] * w[3] <= MOST_TAPS;
  const bool rest = node.inputs.size() < 4 || isHalf(graph, node.inputs[3]);
  return kernels().tiles && plain && inside && small && operands && result && rest;
}

void tileConv2d(Builder& b, const Node& node) {
  const ValueId x = node.inputs[0], w = node.inputs[1], y = node.outputs[0];
  const Geometry g = geometryOf(node, b.shape(w));
  const Images in = lastOf(b, x), out = lastOf(b, y);
  const int64_t rows = std::max(g.top + in.height, (out.height - 1) * g.stride + g.height);
  const int64_t pitch = std::max(g.left + in.width, (out.width - 1) * g.stride + g.width);
  const Placing placing = {in.height, in.width, in.channels, g.top, g.left, 1, 1, rows, pitch};
  const BufferId bias = node.inputs.size() > 2 ? padBias(b, node.inputs[2]) : -1;
  const ValueId residual = node.inputs.size() > 3 ? node.inputs[3] : -1;
  convolve(b, {convName(node, b.shape(x), b.shape(w)), x, y, placing, g.stride, g.height, g.width,
               packWeights(b, w, false), bias, residual, activationOf(node)});
}

/** A convolution of dy, with zeros between its pixels, with turned weights. */
void tileInputGrad(Builder& b, const Node& node) {
  const ValueId dy = node.inputs[0], w = node.inputs[1], dx = node.outputs[0];
  const Geometry g = geometryOf(node, b.shape(w));
  const Images in = lastOf(b, dy), out = lastOf(b, dx);
  const int64_t top = g.height - 1 - g.top, left = g.width - 1 - g.left;
  const int64_t rows = std::max(top + (in.height - 1) * g.stride + 1, out.height - 1 + g.height);
  const int64_t pitch = std::max(left + (in.width - 1) * g.stride + 1, out.width - 1 + g.width);
  const Placing placing = {in.height, in.width, in.channels, top, left, g.stride, 1, rows, pitch};
  convolve(b, {convName(node, b.shape(dx), b.shape(w)), dy, dx, placing, 1, g.height, g.width,
               packWeights(b, w, true), -1, -1, {false, 0}});
}

}  // namespace convoy
