// For which nodes that touch values of bf16 there are kernels. All others are done in f32 between casts, see half.h.
#include "half.h"

#include <algorithm>
#include <map>

#include "lower/lower.h"

namespace convoy {
namespace {

const TensorType& typeIn(const Graph& graph, ValueId value) { return graph.values[static_cast<size_t>(value)]; }

/** Channels that kernels of lanes know. */
bool hasLanes(const Shape& shape) { return shape.size() == 4 && shape[1] % TILE_LANES == 0; }

/** Whether all the values of one shape are bf16. */
bool allHalf(const Graph& graph, const std::vector<ValueId>& values, const Shape& shape) {
  return std::all_of(values.begin(), values.end(), [&](ValueId value) {
    const TensorType& type = typeIn(graph, value);
    return type.shape != shape || type.dtype == DType::BF16;
  });
}

bool suitsNorm(const Graph& graph, const Node& node) {
  const Shape& shape = typeIn(graph, node.inputs[0]).shape;
  return hasLanes(shape) && allHalf(graph, node.inputs, shape) && allHalf(graph, node.outputs, shape);
}

/** Operands of bf16 are images of the results' shape, and all the others lie beside images in blocks of channels. */
bool suitsFused(const Graph& graph, const Node& node) {
  const Shape out = node.list("shape");
  if (!hasLanes(out)) return false;
  return std::all_of(node.inputs.begin(), node.inputs.end(), [&](ValueId value) {
    const TensorType& type = typeIn(graph, value);
    if (type.dtype == DType::BF16) return type.shape == out;
    return sizeOf(type.shape) == 1 || fitsBlocked(type.shape, out);
  });
}

/** Numbers that are only moved, as images. */
bool suitsMoves(const Graph& graph, const Node& node) {
  const auto half = [&](ValueId value) {
    return typeIn(graph, value).dtype == DType::BF16 && typeIn(graph, value).shape.size() == 4;
  };
  return std::all_of(node.inputs.begin(), node.inputs.end(), half) && half(node.outputs[0]);
}

using Suits = bool (*)(const Graph&, const Node&);

}  // namespace

bool hasHalfKernels(const Graph& graph, const Node& node) {
  static const std::map<std::string, Suits> table = {
      {"batchNorm", suitsNorm},
      {"batchNormApply", suitsNorm},
      {"batchNormGrad", suitsNorm},
      {"concat", suitsMoves},
      {"conv2d", suitsTiles},
      {"conv2dInputGrad", suitsTiles},
      {"conv2dWeightGrad", suitsTiles},
      {"fused", suitsFused},
      {"pad", suitsMoves},
      {"slice", suitsMoves},
  };
  const auto found = table.find(node.op);
  return kernels().tiles && found != table.end() && found->second(graph, node);
}

}  // namespace convoy
