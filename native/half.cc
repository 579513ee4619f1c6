#include "half.h"

#include <algorithm>
#include <set>

#include "builder.h"
#include "lower/lower.h"

namespace convoy {
namespace {

bool isHalf(const Graph& graph, ValueId value) {
  return graph.values[static_cast<size_t>(value)].dtype == DType::BF16;
}

Node castNode(ValueId from, ValueId to, const char* type) {
  Attr dtype;
  dtype.kind = Attr::Kind::Text;
  dtype.text = type;
  return {"cast", {from}, {to}, {{"dtype", dtype}}};
}

/** Copies a graph node by node. */
class CastAround {
 public:
  explicit CastAround(const Graph& graph) : from_(graph), to_(graph) {
    to_.nodes.clear();
  }

  Graph all() {
    for (const Node& node : from_.nodes) {
      const bool direct = !takesHalf(node.op) || !touchesHalf(from_, node) || hasHalfKernels(from_, node);
      if (direct) to_.nodes.push_back(node);
      else wrap(node);
    }
    return std::move(to_);
  }

 private:
  ValueId f32Like(ValueId value) {
    to_.values.push_back({DType::F32, to_.values[static_cast<size_t>(value)].shape});
    return static_cast<ValueId>(to_.values.size() - 1);
  }

  void wrap(Node node) {
    for (ValueId& input : node.inputs) {
      if (!isHalf(from_, input)) continue;
      const ValueId whole = f32Like(input);
      to_.nodes.push_back(castNode(input, whole, "f32"));
      input = whole;
    }
    std::vector<Node> behind;
    for (ValueId& output : node.outputs) {
      if (!isHalf(from_, output)) continue;
      const ValueId whole = f32Like(output);
      behind.push_back(castNode(whole, output, "bf16"));
      output = whole;
    }
    node.attrs.erase("half");
    to_.nodes.push_back(std::move(node));
    for (Node& cast : behind) to_.nodes.push_back(std::move(cast));
  }

  const Graph& from_;
  Graph to_;
};

}  // namespace

bool takesHalf(const std::string& op) {
  static const std::set<std::string> ops = {
      "avgPool2d", "avgPool2dGrad", "batchNorm",     "batchNormApply", "batchNormGrad",    "conv2d",
      "concat",    "pad",           "slice",
      "fused",     "groupNorm",     "groupNormGrad", "maxPool2d",      "conv2dInputGrad",  "maxPool2dGrad",
      "matmul",    "reduceSum",     "resize",        "resizeGrad",     "conv2dWeightGrad"};
  return ops.count(op) > 0;
}

bool storesHalf(const Node& node, size_t result) {
  const auto found = node.attrs.find("half");
  if (found == node.attrs.end()) return false;
  const auto& numbers = found->second.numbers;
  return std::find(numbers.begin(), numbers.end(), static_cast<double>(result)) != numbers.end();
}

bool touchesHalf(const Graph& graph, const Node& node) {
  const auto half = [&](ValueId value) { return isHalf(graph, value); };
  return std::any_of(node.inputs.begin(), node.inputs.end(), half) ||
         std::any_of(node.outputs.begin(), node.outputs.end(), half);
}

Graph castAround(const Graph& graph) { return CastAround(graph).all(); }

}  // namespace convoy
