// Rows of a table by their numbers.
#include "lower/lower.h"

namespace convoy {
namespace {

using Rows = void (*)(const float*, const int32_t*, float*, int64_t, int64_t, int64_t);

void rowStep(Builder& b, const Node& node, const char* name, const Shape& table, Rows Kernels::*kernel) {
  const int64_t n = sizeOf(b.shape(node.inputs[0])), count = table[0], width = sizeOf(table) / count;
  const BufferId at = b.plain(node.inputs[0]), from = b.plain(node.inputs[1]);
  const BufferId to = b.make(node.outputs[0]).buffer;
  b.step(name, {at, from, to}, [=](const Run& r) {
    (kernels().*kernel)(r.f32(from), static_cast<const int32_t*>(r.raw(at)), r.f32(to), n, count, width);
  });
}

}  // namespace

void lowerTakeRows(Builder& b, const Node& node) {
  rowStep(b, node, "takeRows", b.shape(node.inputs[1]), &Kernels::takeRows);
}

void lowerAddRows(Builder& b, const Node& node) {
  rowStep(b, node, "addRows", b.shape(node.outputs[0]), &Kernels::addRows);
}

}  // namespace convoy
