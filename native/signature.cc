#include "signature.h"

#include <algorithm>

namespace convoy {

Signature signatureOf(const Graph& graph) {
  Signature signature = {std::vector<int64_t>(graph.vectors.size(), 0),
                         std::vector<TensorType>(graph.inputs.size(), {DType::F32, {}}),
                         {},
                         graph.scalars.size(),
                         graph.frozen.size()};
  const auto typeOf = [&](ValueId value) { return graph.values[static_cast<size_t>(value)]; };
  for (const Node& node : graph.nodes) {
    if (node.op == "input") {
      const int slot = slotOf(graph.inputs, node.text("name"));
      signature.inputs[static_cast<size_t>(slot)] = typeOf(node.outputs[0]);
    }
    if (node.op != "read" && node.op != "write") continue;
    const ValueId value = node.op == "read" ? node.outputs[0] : node.inputs[0];
    const int64_t end = static_cast<int64_t>(node.number("offset")) + sizeOf(typeOf(value).shape);
    int64_t& longest = signature.vectors[static_cast<size_t>(slotOf(graph.vectors, node.text("vector")))];
    longest = std::max(longest, end);
  }
  for (ValueId output : graph.outputs) signature.outputs.push_back(typeOf(output));
  return signature;
}

}  // namespace convoy
