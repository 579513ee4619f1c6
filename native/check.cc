// What a graph must fulfil before it is compiled: lowering trusts the numbers that it finds.
#include <algorithm>
#include <string>

#include "builder.h"

namespace convoy {
namespace {

/** Ops that take other elements than f32: they move them, turn them into f32, or look them up. */
constexpr const char* TAKES_INTEGERS[] = {"cast",    "concat",  "fromBf16", "maxPool2dGrad",
                                          "oneHot",  "packBits", "pad",     "reshape",
                                          "restore", "slice",   "transpose", "unpackBits"};

bool takesIntegers(const std::string& op) {
  return std::any_of(std::begin(TAKES_INTEGERS), std::end(TAKES_INTEGERS),
                     [&](const char* name) { return op == name; });
}

void expect(bool holds, const Node& node, const char* what) {
  if (!holds) throw std::invalid_argument(node.op + ": " + what);
}

std::string describe(const Shape& shape) {
  std::string text;
  for (int64_t size : shape) text += (text.empty() ? "" : ",") + std::to_string(size);
  return "[" + text + "]";
}

}  // namespace

std::string describe(const Graph& graph, const Node& node) {
  std::string text = node.op;
  for (ValueId input : node.inputs) text += " " + describe(graph.values[static_cast<size_t>(input)].shape);
  return text;
}

void checkGraph(const Graph& graph) {
  std::vector<bool> made(graph.values.size(), false);
  const auto exists = [&](ValueId value) {
    return value >= 0 && static_cast<size_t>(value) < made.size();
  };
  for (const TensorType& type : graph.values) {
    const bool sizes = std::all_of(type.shape.begin(), type.shape.end(),
                                   [](int64_t size) { return size > 0; });
    if (!sizes) throw std::invalid_argument("a value without elements");
  }
  for (const Node& node : graph.nodes) {
    for (ValueId input : node.inputs) {
      expect(exists(input) && made[static_cast<size_t>(input)], node, "an operand that nothing makes");
      const bool f32 = graph.values[static_cast<size_t>(input)].dtype == DType::F32;
      expect(f32 || takesIntegers(node.op), node, "expected f32 operands; use cast");
    }
    for (ValueId output : node.outputs) {
      expect(exists(output) && !made[static_cast<size_t>(output)], node, "a result made twice");
      made[static_cast<size_t>(output)] = true;
    }
  }
  for (ValueId output : graph.outputs) {
    if (!exists(output) || !made[static_cast<size_t>(output)]) {
      throw std::invalid_argument("an output that nothing makes");
    }
  }
}

}  // namespace convoy
