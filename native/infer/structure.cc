// What is bound, and ops that only move numbers.
#include <algorithm>

#include "infer/infer.h"

namespace convoy {
namespace {

constexpr int64_t MOST_OFFSET = int64_t{1} << 52;

/** Lists of whole numbers from 0 on, one for each axis. */
Shape places(const Node& node, const char* name, size_t rank) {
  Shape found = node.list(name, rank);
  const bool valid = std::all_of(found.begin(), found.end(), [](int64_t at) { return at >= 0; });
  expect(valid, node, "a negative place");
  return found;
}

}  // namespace

Types inferInput(const Node& node, const Types&) {
  return {{dtypeNamed(node.text("dtype")), shapeOf(node)}};
}

Types inferScalar(const Node&, const Types&) { return {{DType::F32, {}}}; }

Types inferRead(const Node& node, const Types&) {
  node.whole("offset", 0, MOST_OFFSET);
  return {{DType::F32, shapeOf(node)}};
}

Types inferWrite(const Node& node, const Types& operands) {
  expectF32(node, operands);
  node.whole("offset", 0, MOST_OFFSET);
  return {};
}

Types inferUniform(const Node& node, const Types&) {
  node.whole("stream", 0, (int64_t{1} << 32) - 1);
  return {{DType::F32, shapeOf(node)}};
}

Types inferReshape(const Node& node, const Types& operands) {
  Shape shape = shapeOf(node);
  expect(sizeOf(shape) == sizeOf(operands[0].shape), node, "another number of elements");
  return {{operands[0].dtype, std::move(shape)}};
}

Types inferTranspose(const Node& node, const Types& operands) {
  const Shape& from = operands[0].shape;
  const Shape order = node.list("order", from.size());
  Shape shape;
  std::vector<bool> seen(from.size(), false);
  for (int64_t axis : order) {
    const bool exists = axis >= 0 && axis < static_cast<int64_t>(from.size());
    expect(exists && !seen[static_cast<size_t>(axis)], node, "the order is not one of distinct axes");
    seen[static_cast<size_t>(axis)] = true;
    shape.push_back(from[static_cast<size_t>(axis)]);
  }
  return {{operands[0].dtype, std::move(shape)}};
}

Types inferConcat(const Node& node, const Types& operands) {
  TensorType whole = operands[0];
  const int64_t axes = static_cast<int64_t>(whole.shape.size());
  expect(axes > 0, node, "expected at least one axis");
  const auto axis = static_cast<size_t>(node.whole("axis", 0, axes - 1));
  whole.shape[axis] = 0;
  for (const TensorType& part : operands) {
    Shape others = part.shape;
    expect(part.dtype == whole.dtype && others.size() == whole.shape.size(), node, "operands do not fit each other");
    whole.shape[axis] += others[axis];
    others[axis] = whole.shape[axis];
    expect(others == whole.shape, node, "operands do not fit each other");
  }
  return {whole};
}

Types inferSlice(const Node& node, const Types& operands) {
  const Shape& whole = operands[0].shape;
  const Shape starts = places(node, "starts", whole.size());
  Shape sizes = node.list("sizes", whole.size());
  checkedSize(sizes);
  for (size_t axis = 0; axis < whole.size(); axis++) {
    expect(starts[axis] + sizes[axis] <= whole[axis], node, "the part is not inside");
  }
  return {{operands[0].dtype, std::move(sizes)}};
}

Types inferPad(const Node& node, const Types& operands) {
  TensorType whole = operands[0];
  const Shape before = places(node, "before", whole.shape.size()), after = places(node, "after", whole.shape.size());
  for (size_t axis = 0; axis < whole.shape.size(); axis++) whole.shape[axis] += before[axis] + after[axis];
  return {whole};
}

Types inferCast(const Node& node, const Types& operands) {
  const DType type = dtypeNamed(node.text("dtype"));
  expect(operands[0].dtype != type, node, "expected another type");
  return {{type, operands[0].shape}};
}

}  // namespace convoy
