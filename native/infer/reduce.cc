// Reductions, products, and what works along rows.
#include <algorithm>

#include "infer/infer.h"

namespace convoy {
namespace {

/** Places that rise from 0: segments of a vector. */
Shape segments(const Node& node) {
  const Shape offsets = node.list("offsets");
  expect(offsets.size() > 1 && offsets[0] == 0, node, "expected offsets from 0");
  for (size_t at = 1; at < offsets.size(); at++) expect(offsets[at] > offsets[at - 1], node, "offsets must rise");
  return offsets;
}

void expectActivation(const Node& node) { expectText(node, "activation", {"none", "relu", "relu6"}); }

}  // namespace

Types inferReduce(const Node& node, const Types& operands) {
  expectF32(node, operands);
  Shape shape = operands[0].shape;
  const Shape axes = node.list("axes");
  expect(!axes.empty(), node, "expected at least one axis");
  for (int64_t axis : axes) {
    expect(axis >= 0 && axis < static_cast<int64_t>(shape.size()), node, "an axis that does not exist");
    shape[static_cast<size_t>(axis)] = 1;
  }
  return {{DType::F32, std::move(shape)}};
}

Types inferSegmentSum(const Node& node, const Types& operands) {
  expectF32(node, operands);
  const Shape offsets = segments(node);
  expect(operands[0].shape == Shape{offsets.back()}, node, "the offsets miss the end");
  return {{DType::F32, {static_cast<int64_t>(offsets.size()) - 1}}};
}

Types inferSegmentExpand(const Node& node, const Types& operands) {
  expectF32(node, operands);
  const Shape offsets = segments(node);
  expect(operands[0].shape == Shape{static_cast<int64_t>(offsets.size()) - 1}, node, "another number of segments");
  return {{DType::F32, {offsets.back()}}};
}

Types inferKthLargest(const Node& node, const Types& operands) {
  expectF32(node, operands);
  Shape shape = operands[0].shape;
  expect(!shape.empty() && shape.back() > 0, node, "expected rows");
  node.whole("k", 1, shape.back());
  shape.back() = 1;
  return {{DType::F32, std::move(shape)}};
}

Types inferLogSoftmax(const Node& node, const Types& operands) {
  expectF32(node, operands);
  expect(!operands[0].shape.empty(), node, "expected at least one axis");
  return {operands[0]};
}

Types inferOneHot(const Node& node, const Types& operands) {
  expect(operands[0].dtype == DType::I32, node, "expected i32");
  Shape shape = operands[0].shape;
  shape.push_back(node.whole("classes", 1, MOST_ELEMENTS));
  return {{DType::F32, std::move(shape)}};
}

Types inferTakeRows(const Node& node, const Types& operands) {
  expect(operands[0].dtype == DType::I32 && operands[1].dtype == DType::F32, node, "expected i32 and f32");
  const Shape& table = operands[1].shape;
  expect(!table.empty(), node, "expected a table of rows");
  Shape shape = operands[0].shape;
  shape.insert(shape.end(), table.begin() + 1, table.end());
  return {{DType::F32, std::move(shape)}};
}

Types inferAddRows(const Node& node, const Types& operands) {
  expect(operands[0].dtype == DType::I32 && operands[1].dtype == DType::F32, node, "expected i32 and f32");
  const Shape &at = operands[0].shape, &x = operands[1].shape;
  const bool fits = x.size() >= at.size() && std::equal(at.begin(), at.end(), x.begin());
  expect(fits, node, "expected a row for each number");
  Shape shape{node.whole("count", 1, MOST_ELEMENTS)};
  shape.insert(shape.end(), x.begin() + static_cast<int64_t>(at.size()), x.end());
  return {{DType::F32, std::move(shape)}};
}

Types inferNorms(const Node& node, const Types& operands) {
  expectF32(node, operands);
  return {{DType::F32, {2}}};
}

Types inferMatmul(const Node& node, const Types& operands) {
  expectF32(node, operands);
  expectActivation(node);
  Shape a = operands[0].shape, b = operands[1].shape;
  const size_t rank = a.size();
  expect((rank == 2 || rank == 3) && b.size() == rank, node, "expected matrices, or batches of them");
  if (node.flag("transposeA")) std::swap(a[rank - 1], a[rank - 2]);
  if (node.flag("transposeB")) std::swap(b[rank - 1], b[rank - 2]);
  const bool fits = a[rank - 1] == b[rank - 2] && (rank == 2 || a[0] == b[0]);
  expect(fits, node, "operands do not fit each other");
  a[rank - 1] = b[rank - 1];
  expectShape(node, operands, 2, 3, {b[rank - 1]});
  return {{DType::F32, std::move(a)}};
}

}  // namespace convoy
