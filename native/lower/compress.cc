// Storage in few bits, in whatever layout the numbers have: under a bound of the error, and of small whole
// numbers.
#include <omp.h>

#include "lower/lower.h"

namespace convoy {
namespace {

/** Longer rows are cut: they would not fit into a chunk. */
constexpr int64_t LONGEST_ROW = 16384;

/** The channel block of the numbers that were stored as `stored`; 1 for what a run brings along. */
int64_t blockOfStored(const Builder& b, ValueId stored) {
  for (const Node& node : b.graph().nodes) {
    const bool made = !node.inputs.empty() && !node.outputs.empty() && node.outputs[0] == stored;
    if (made) return b.blockOf(node.inputs[0]);
  }
  return 1;
}

/** Numbers in a layout, lanes behind the last channel among them. */
int64_t countOf(const Builder& b, ValueId value, int64_t block) {
  return block == 1 ? sizeOf(b.shape(value)) : b.images(value, block).size();
}

ValueGrid gridOf(const Builder& b, ValueId value, int64_t block) {
  const Shape& s = b.shape(value);
  const int64_t row = block * (s.empty() ? 1 : s.back());
  const int64_t plane = row * (s.size() > 1 ? s[s.size() - 2] : 1);
  const int64_t size = countOf(b, value, block);
  if (row > LONGEST_ROW) return {size, 1, LONGEST_ROW, LONGEST_ROW};
  return {size, block, row, plane};
}

BufferId roomFor(Builder& b) {
  return b.scratch(static_cast<size_t>(kernels().compressRoom() * omp_get_max_threads()));
}

}  // namespace

void lowerCompress(Builder& b, const Node& node) {
  const ValueId x = node.inputs[0];
  const int64_t block = b.blockOf(x);
  const ValueGrid grid = gridOf(b, x, block);
  const int64_t capacity = sizeOf(b.shape(node.outputs[0]));
  if (capacity < kernels().compressLeast(grid)) {
    throw std::invalid_argument("not even zeros fit into " + std::to_string(capacity) + " bytes");
  }
  const BufferId from = b.get(x, block).buffer, bound = b.plain(node.inputs[1]);
  const BufferId to = b.make(node.outputs[0]).buffer, told = b.make(node.outputs[1]).buffer;
  const BufferId room = roomFor(b);
  b.step("compress", {from, bound, to, told, room}, [=](const Run& r) {
    CompressReport report = {};
    kernels().compress({grid, r.f32(from), r.f32(bound)[0], static_cast<uint8_t*>(r.raw(to)), capacity,
                        r.raw(room)},
                       report);
    float* numbers = r.f32(told);
    numbers[0] = report.bound;
    numbers[1] = static_cast<float>(report.doublings);
    numbers[2] = static_cast<float>(report.bytes);
    numbers[3] = static_cast<float>(report.nonzeros);
  });
}

void lowerRestore(Builder& b, const Node& node) {
  const ValueId stored = node.inputs[0], y = node.outputs[0];
  const int64_t block = blockOfStored(b, stored), bytes = sizeOf(b.shape(stored));
  const ValueGrid grid = gridOf(b, y, block);
  const BufferId from = b.plain(stored), to = b.make(y, block).buffer, room = roomFor(b);
  b.step("restore", {from, to, room}, [=](const Run& r) {
    const char* wrong = kernels().restore(
        {grid, static_cast<const uint8_t*>(r.raw(from)), bytes, r.f32(to), r.raw(room)});
    if (wrong) throw std::runtime_error(std::string("restore: the bytes are ") + wrong);
  });
}

void lowerPackBits(Builder& b, const Node& node) {
  const ValueId x = node.inputs[0];
  const int64_t block = b.blockOf(x), size = countOf(b, x, block);
  const bool signs = b.type(x).dtype == DType::F32;
  const int bits = static_cast<int>(node.number("bits"));
  if (size * bits > 8 * sizeOf(b.shape(node.outputs[0]))) throw std::invalid_argument("too many lanes");
  const BufferId from = b.get(x, block).buffer, to = b.make(node.outputs[0]).buffer;
  b.step("packBits", {from, to}, [=](const Run& r) {
    auto* target = static_cast<uint8_t*>(r.raw(to));
    if (signs) kernels().packSigns(r.f32(from), target, size);
    else kernels().packBytes(static_cast<const uint8_t*>(r.raw(from)), target, size, bits);
  });
}

void lowerUnpackBits(Builder& b, const Node& node) {
  const ValueId stored = node.inputs[0], y = node.outputs[0];
  const int64_t block = blockOfStored(b, stored), size = countOf(b, y, block);
  const bool signs = b.type(y).dtype == DType::F32;
  const int bits = static_cast<int>(node.number("bits"));
  if (size * bits > 8 * sizeOf(b.shape(stored))) throw std::invalid_argument("too few bytes");
  const BufferId from = b.plain(stored), to = b.make(y, block).buffer;
  b.step("unpackBits", {from, to}, [=](const Run& r) {
    const auto* source = static_cast<const uint8_t*>(r.raw(from));
    if (signs) kernels().unpackSigns(source, r.f32(to), size);
    else kernels().unpackBytes(source, static_cast<uint8_t*>(r.raw(to)), size, bits);
  });
}

}  // namespace convoy
