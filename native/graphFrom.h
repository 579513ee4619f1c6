// Graphs from JavaScript.
#pragma once

#include <napi.h>

#include "graph.h"

namespace convoy {

/** A graph from plain JavaScript data. Throws for what is none; checkGraph knows whether it makes sense. */
Graph graphFrom(const Napi::Value& value);

}  // namespace convoy
