// What a run has to bind, and what it returns.
#pragma once

#include "graph.h"

namespace convoy {

struct Signature {
  std::vector<int64_t> vectors;  // by slot: the end of what the graph reads and writes
  std::vector<TensorType> inputs, outputs;
  size_t scalars, frozen;
};

/** The signature of a graph that has been checked. */
Signature signatureOf(const Graph& graph);

inline size_t bytesIn(const TensorType& type) { return static_cast<size_t>(sizeOf(type.shape)) * bytesOf(type.dtype); }

}  // namespace convoy
