#include <algorithm>

#include "infer/infer.h"

namespace convoy {

int64_t checkedSize(const Shape& shape) {
  int64_t size = 1;
  for (int64_t extent : shape) {
    if (extent < 1) throw std::invalid_argument("a value without elements");
    if (extent > MOST_ELEMENTS / size) throw std::invalid_argument("a value of more elements than can be counted");
    size *= extent;
  }
  return size;
}

void expect(bool holds, const Node& node, const char* what) {
  if (!holds) throw std::invalid_argument(node.op + ": " + what);
}

void expectF32(const Node& node, const Types& operands) {
  const bool all = std::all_of(operands.begin(), operands.end(),
                               [](const TensorType& type) { return type.dtype == DType::F32; });
  expect(all, node, "expected f32 operands; use cast");
}

void expectShape(const Node& node, const Types& operands, size_t begin, size_t end, const Shape& shape) {
  for (size_t at = begin; at < std::min(end, operands.size()); at++) {
    expect(operands[at].shape == shape, node, "operands do not fit each other");
  }
}

void expectImages(const Node& node, const TensorType& type) {
  expect(type.dtype == DType::F32 && type.shape.size() == 4, node, "expected f32 [batch, channels, height, width]");
}

Shape shapeOf(const Node& node) {
  Shape shape = node.list("shape");
  checkedSize(shape);
  return shape;
}

void expectText(const Node& node, const char* name, std::initializer_list<const char*> texts) {
  const std::string& found = node.text(name);
  const bool known = std::any_of(texts.begin(), texts.end(), [&](const char* text) { return found == text; });
  if (!known) throw std::invalid_argument(node.op + ": unknown " + name + " " + found);
}

}  // namespace convoy
