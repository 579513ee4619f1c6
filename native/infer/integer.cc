// Arithmetic on bytes with a scale and a zero.
#include <cmath>

#include "infer/infer.h"

namespace convoy {
namespace {

/** Products whose sum stays within 32 bits, whatever the bytes. */
constexpr int64_t MOST_PRODUCTS = int64_t{1} << 16;
/** Bytes of the rows that a row of results sees, which a thread copies with their padding. */
constexpr int64_t MOST_BYTES = int64_t{1} << 28;

void expectBytes(const Node& node, const TensorType& type, size_t axes = 0) {
  const bool fits = type.dtype == DType::U8 && (axes == 0 || type.shape.size() == axes);
  expect(fits, node, axes == 0 ? "expected u8" : "expected u8 [batch, channels, height, width]");
}

void expectZero(const Node& node, const char* name) { node.whole(name, 0, 255); }

/** A scale is a number above 0 that f32 has. */
void expectScale(const Node& node, const char* name) {
  const auto scale = static_cast<float>(node.number(name));
  expect(std::isfinite(scale) && scale > 0, node, "expected a scale above 0");
}

void expectVector(const Node& node, const TensorType& type, DType dtype, int64_t size) {
  expect(type.dtype == dtype && type.shape == Shape{size}, node, "operands do not fit each other");
}

}  // namespace

Types inferQuantise(const Node& node, const Types& operands) {
  expectF32(node, operands);
  expectScale(node, "scale");
  expectZero(node, "zero");
  const size_t axes = operands[0].shape.size();
  expect(axes == 2 || axes == 4, node, "expected images or rows of features");
  return {{DType::U8, operands[0].shape}};
}

Types inferDequantise(const Node& node, const Types& operands) {
  expectBytes(node, operands[0]);
  expectScale(node, "scale");
  expectZero(node, "zero");
  return {{DType::F32, operands[0].shape}};
}

Types inferIntegerConv2d(const Node& node, const Types& operands) {
  expectBytes(node, operands[0], 4);
  expect(operands[1].dtype == DType::I8, node, "expected i8 weights");
  expectText(node, "dtype", {"u8", "f32"});
  for (const char* zero : {"zero", "outZero", "residualZero"}) expectZero(node, zero);
  node.number("residualMultiplier");
  const Shape shape = convShape(node, operands[0].shape, operands[1].shape);
  const Shape& w = operands[1].shape;
  expect(w[1] * w[2] * w[3] <= MOST_PRODUCTS, node, "more products than a sum of 32 bits holds");
  const Shape strides = node.list("strides", 2), dilation = node.list("dilation", 2);
  const int64_t rows = (w[2] - 1) * dilation[0] + 1;
  const int64_t columns = (shape[3] - 1) * strides[1] + (w[3] - 1) * dilation[1] + 1;
  expect(columns <= MOST_BYTES && rows <= MOST_BYTES / columns / operands[0].shape[1], node, "a window too large");
  expectVector(node, operands[2], DType::I32, shape[1]);
  expectVector(node, operands[3], DType::F32, shape[1]);
  if (operands.size() > 4) {
    expectBytes(node, operands[4], 4);
    expect(operands[4].shape == shape, node, "operands do not fit each other");
  }
  return {{dtypeNamed(node.text("dtype")), shape}};
}

Types inferIntegerPool2d(const Node& node, const Types& operands) {
  expectBytes(node, operands[0], 4);
  expectText(node, "mode", {"largest", "mean"});
  expectZero(node, "zero");
  expectZero(node, "outZero");
  node.number("multiplier");
  node.flag("countPadding");
  const Shape kernel = node.list("kernel", 2);
  const Shape shape = poolShape(node, operands[0].shape);
  expect(kernel[0] * kernel[1] <= MOST_PRODUCTS, node, "a window too large");
  return {{DType::U8, shape}};
}

Types inferIntegerAdd(const Node& node, const Types& operands) {
  expectBytes(node, operands[0]);
  expectBytes(node, operands[1]);
  expect(operands[0].shape == operands[1].shape, node, "operands do not fit each other");
  for (const char* zero : {"zero", "otherZero", "outZero"}) expectZero(node, zero);
  node.number("multiplier");
  node.number("otherMultiplier");
  return {{DType::U8, operands[0].shape}};
}

}  // namespace convoy
