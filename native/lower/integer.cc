// Arithmetic on bytes, all channels of a pixel side by side; see kernels/integerArgs.h.
#include "lower/lower.h"

namespace convoy {
namespace {

/** The layout of bytes; rows of features have it as they are. */
int64_t allChannels(const Builder& b, ValueId value) {
  const Shape& shape = b.shape(value);
  return shape.size() == 4 ? shape[1] : 1;
}

BufferId bytesOf(Builder& b, ValueId value) { return b.get(value, allChannels(b, value)).buffer; }

Images imagesOf(const Builder& b, ValueId value) { return b.images(value, allChannels(b, value)); }

BufferId makeBytes(Builder& b, ValueId value) { return b.make(value, allChannels(b, value)).buffer; }

uint8_t* at(const Run& r, BufferId buffer, int64_t start) {
  return buffer < 0 ? nullptr : static_cast<uint8_t*>(r.raw(buffer)) + start;
}

int32_t zeroOf(const Node& node, const char* name) { return static_cast<int32_t>(node.number(name)); }

float floatOf(const Node& node, const char* name) { return static_cast<float>(node.number(name)); }

IntegerWeights weightsOf(const Builder& b, const Node& node) {
  const Shape &w = b.shape(node.inputs[1]), dilation = node.list("dilation", 2);
  return {w[0], b.shape(node.inputs[0])[1], static_cast<int64_t>(node.number("groups")), {w[2], w[3]},
          {dilation[0], dilation[1]}};
}

/** Weights, biases and multipliers as the kernel takes them: once where they are frozen. */
BufferId pack(Builder& b, const Node& node, const IntegerWeights& shape) {
  const BufferId w = b.plain(node.inputs[1]), bias = b.plain(node.inputs[2]), factors = b.plain(node.inputs[3]);
  const BufferId to = b.scratch(static_cast<size_t>(kernels().integerPacked(shape)), Kind::Weights);
  const int32_t zero = zeroOf(node, "zero");
  b.step("pack weights", {w, bias, factors, to}, [=](const Run& r) {
    kernels().integerPack({shape, zero, static_cast<const int8_t*>(r.raw(w)), static_cast<const int32_t*>(r.raw(bias)),
                           r.f32(factors), r.raw(to)});
  });
  return to;
}

}  // namespace

void lowerQuantise(Builder& b, const Node& node) {
  const ValueId xValue = node.inputs[0], yValue = node.outputs[0];
  const Images in = b.images(xValue, b.blockOf(xValue)), out = imagesOf(b, yValue);
  const BufferId x = b.get(xValue, in.block).buffer, y = makeBytes(b, yValue);
  const float scale = floatOf(node, "scale");
  const int32_t zero = zeroOf(node, "zero");
  Task task = imageTask("quantise", in, {}, {x, y});
  task.runPiece = [=](const Run& r, const Piece& p) {
    kernels().quantise({p.of(in), scale, zero, r.f32(x) + p.start(in), at(r, y, p.start(out))});
  };
  b.imageStep(std::move(task));
}

void lowerDequantise(Builder& b, const Node& node) {
  const ValueId xValue = node.inputs[0], yValue = node.outputs[0];
  const int64_t block = allChannels(b, xValue), size = sizeOf(b.shape(xValue));
  const BufferId x = bytesOf(b, xValue), y = b.make(yValue, block).buffer;
  const float scale = floatOf(node, "scale");
  const int32_t zero = zeroOf(node, "zero");
  if (b.shape(xValue).size() != 4) {
    b.step("dequantise", {x, y}, [=](const Run& r) { kernels().dequantise({size, scale, zero, at(r, x, 0), r.f32(y)}); });
    return;
  }
  const Images im = imagesOf(b, xValue);
  Task task = imageTask("dequantise", im, {}, {x, y});
  task.runPiece = [=](const Run& r, const Piece& p) {
    kernels().dequantise({p.of(im).size(), scale, zero, at(r, x, p.start(im)), r.f32(y) + p.start(im)});
  };
  b.imageStep(std::move(task));
}

void lowerIntegerConv2d(Builder& b, const Node& node) {
  const ValueId xValue = node.inputs[0], yValue = node.outputs[0];
  const bool floats = b.type(yValue).dtype == DType::F32;
  const IntegerWeights weights = weightsOf(b, node);
  const BufferId packed = pack(b, node, weights);
  const Images in = imagesOf(b, xValue), out = imagesOf(b, yValue);
  const BufferId residual = node.inputs.size() > 4 ? bytesOf(b, node.inputs[4]) : -1;
  const BufferId x = bytesOf(b, xValue), y = makeBytes(b, yValue);
  const Shape strides = node.list("strides", 2), padding = node.list("padding", 4);
  const IntegerConvArgs args = {in, out, weights, {strides[0], strides[1]}, {padding[0], padding[1]},
                                zeroOf(node, "zero"), zeroOf(node, "outZero"), zeroOf(node, "residualZero"),
                                floatOf(node, "residualMultiplier"), floats, nullptr, nullptr, nullptr, nullptr};
  Task task = imageTask(convName(node, b.shape(xValue), b.shape(node.inputs[1])), in, {packed}, {x, residual, y});
  task.runPiece = [=](const Run& r, const Piece& p) {
    IntegerConvArgs placed = args;
    placed.in = p.of(in);
    placed.out = p.of(out);
    placed.x = at(r, x, p.start(in));
    placed.packed = r.raw(packed);
    placed.residual = at(r, residual, p.start(out));
    placed.y = at(r, y, p.start(out) * (floats ? static_cast<int64_t>(sizeof(float)) : 1));
    kernels().integerConv(placed);
  };
  b.imageStep(std::move(task));
}

void lowerIntegerPool2d(Builder& b, const Node& node) {
  const ValueId xValue = node.inputs[0], yValue = node.outputs[0];
  const Images in = imagesOf(b, xValue), out = imagesOf(b, yValue);
  const Shape kernel = node.list("kernel", 2), strides = node.list("strides", 2), padding = node.list("padding", 4);
  const Window window = {{kernel[0], kernel[1]}, {strides[0], strides[1]}, {padding[0], padding[1]}};
  const bool largest = node.text("mode") == "largest", countPadding = node.flag("countPadding");
  const int32_t zero = zeroOf(node, "zero"), outZero = zeroOf(node, "outZero");
  const float multiplier = floatOf(node, "multiplier");
  const BufferId x = bytesOf(b, xValue), y = makeBytes(b, yValue);
  Task task = imageTask("integerPool2d", in, {}, {x, y});
  task.runPiece = [=](const Run& r, const Piece& p) {
    kernels().integerPool({p.of(in), p.of(out), window, largest, countPadding, zero, outZero, multiplier,
                           at(r, x, p.start(in)), at(r, y, p.start(out))});
  };
  b.imageStep(std::move(task));
}

void lowerIntegerAdd(Builder& b, const Node& node) {
  const ValueId aValue = node.inputs[0], bValue = node.inputs[1], yValue = node.outputs[0];
  const BufferId first = bytesOf(b, aValue), second = bytesOf(b, bValue), y = makeBytes(b, yValue);
  const IntegerAddArgs args = {sizeOf(b.shape(yValue)), {zeroOf(node, "zero"), zeroOf(node, "otherZero")},
                               zeroOf(node, "outZero"), {floatOf(node, "multiplier"), floatOf(node, "otherMultiplier")},
                               nullptr, nullptr, nullptr};
  const auto run = [=](const Run& r, int64_t start, int64_t size) {
    IntegerAddArgs placed = args;
    placed.size = size;
    placed.a = at(r, first, start);
    placed.b = at(r, second, start);
    placed.y = at(r, y, start);
    kernels().integerAdd(placed);
  };
  if (b.shape(yValue).size() != 4) {
    b.step("integerAdd", {first, second, y}, [=](const Run& r) { run(r, 0, args.size); });
    return;
  }
  const Images im = imagesOf(b, yValue);
  Task task = imageTask("integerAdd", im, {}, {first, second, y});
  task.runPiece = [=](const Run& r, const Piece& p) { run(r, p.start(im), p.of(im).size()); };
  b.imageStep(std::move(task));
}

}  // namespace convoy
