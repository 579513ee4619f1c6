// Values of bf16 in a graph: steps without kernels for them get casts around them.
#pragma once

#include "graph.h"

namespace convoy {

/** Whether an op takes bf16 where it takes f32, and may store results so. */
bool takesHalf(const std::string& op);
/** Whether a node stores a result as bf16. */
bool storesHalf(const Node& node, size_t result);
/** Whether any operand or result of a node is bf16. */
bool touchesHalf(const Graph& graph, const Node& node);

/** The graph in which ops that take bf16 for f32 have kernels for what they get; others compute in f32 between casts. */
Graph castAround(const Graph& graph);

}  // namespace convoy
