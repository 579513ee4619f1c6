// Storage in 16 bits, in whatever layout the numbers have.
#include "lower/lower.h"

namespace convoy {
namespace {

/** Numbers in a layout, lanes behind the last channel among them. */
int64_t countOf(const Builder& b, ValueId value, int64_t block) {
  return block == 1 ? sizeOf(b.shape(value)) : b.images(value, block).size();
}

}  // namespace

void lowerToBf16(Builder& b, const Node& node) {
  const ValueId x = node.inputs[0];
  const int64_t block = b.blockOf(x), size = countOf(b, x, block);
  const BufferId from = b.get(x, block).buffer, to = b.make(node.outputs[0], block).buffer;
  b.step("toBf16", {from, to}, [=](const Run& r) {
    kernels().toBf16(r.f32(from), static_cast<uint16_t*>(r.raw(to)), size);
  });
}

void lowerFromBf16(Builder& b, const Node& node) {
  const ValueId stored = node.inputs[0], y = node.outputs[0];
  const int64_t block = b.blockOf(stored);
  const BufferId from = b.get(stored, block).buffer, to = b.make(y, block).buffer;
  const int64_t size = countOf(b, y, block);
  b.step("fromBf16", {from, to}, [=](const Run& r) {
    kernels().fromBf16(static_cast<const uint16_t*>(r.raw(from)), r.f32(to), size);
  });
}

}  // namespace convoy
