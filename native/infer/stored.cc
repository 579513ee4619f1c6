// Ops that store numbers in fewer bytes, and give them back.
#include "infer/infer.h"

namespace convoy {
namespace {

constexpr int64_t REPORT = 4;

/** Bytes that `bits` each take of the elements of a shape; what layouts need beyond them is up to the lowering. */
int64_t packedBytes(const Shape& shape, int64_t bits) { return (sizeOf(shape) * bits + 7) / 8; }

int64_t bitsOf(const Node& node, DType type) {
  const int64_t bits = node.whole("bits", 1, 4);
  const bool fits = type == DType::F32 ? bits == 1 : type == DType::U8 && bits != 3;
  expect(fits, node, "no such number of bits for this type");
  return bits;
}

void expectBytes(const Node& node, const TensorType& stored) {
  expect(stored.dtype == DType::U8 && stored.shape.size() == 1, node, "expected u8 [bytes]");
}

}  // namespace

Types inferCompress(const Node& node, const Types& operands) {
  expectF32(node, operands);
  expectShape(node, operands, 1, 2, {1});
  // A container counts its numbers and bytes in 32 bits.
  constexpr int64_t MOST = int64_t{1} << 31;
  expect(sizeOf(operands[0].shape) <= MOST, node, "more numbers than a container holds");
  const int64_t capacity = node.whole("capacity", 1, MOST);
  return {{DType::U8, {capacity}}, {DType::F32, {REPORT}}};
}

Types inferRestore(const Node& node, const Types& operands) {
  expectBytes(node, operands[0]);
  return {{DType::F32, shapeOf(node)}};
}

Types inferPackBits(const Node& node, const Types& operands) {
  const int64_t bits = bitsOf(node, operands[0].dtype);
  return {{DType::U8, {packedBytes(operands[0].shape, bits)}}};
}

Types inferUnpackBits(const Node& node, const Types& operands) {
  expectBytes(node, operands[0]);
  expectText(node, "dtype", {"f32", "u8"});
  const DType type = dtypeNamed(node.text("dtype"));
  Shape shape = shapeOf(node);
  const int64_t bytes = packedBytes(shape, bitsOf(node, type));
  expect(bytes <= operands[0].shape[0], node, "too few bytes");
  return {{type, std::move(shape)}};
}

}  // namespace convoy
