// Storage in few bits, under a bound of the error or of small whole numbers. They are kept in the order of the layout
// that they have, lanes behind the last channel among them, where nothing reads them but what gives the same numbers
// back; a graph tells the bytes of the numbers alone.
#include <omp.h>

#include <algorithm>

#include "lower/lower.h"

namespace convoy {
namespace {

/** Longer rows are cut: they would not fit into a chunk. */
constexpr int64_t LONGEST_ROW = 16384;

/** Whether a node gives back numbers as `storing` took them. */
bool givesBack(const Builder& b, const Node& node, const Node& storing) {
  const bool bits = storing.op == "packBits" && node.op == "unpackBits" && node.number("bits") == storing.number("bits");
  if (!bits && !(storing.op == "compress" && node.op == "restore")) return false;
  const TensorType &from = b.type(storing.inputs[0]), &to = b.type(node.outputs[0]);
  return from.dtype == to.dtype && from.shape == to.shape;
}

/** The channel block in whose order `storing` keeps its numbers: the one that they have, where nobody sees it. */
int64_t blockOfStoring(const Builder& b, const Node& storing) {
  const ValueId stored = storing.outputs[0];
  if (b.returned(stored)) return 1;
  for (const Node& node : b.graph().nodes) {
    const bool uses = std::find(node.inputs.begin(), node.inputs.end(), stored) != node.inputs.end();
    if (uses && !givesBack(b, node, storing)) return 1;
  }
  return b.blockOf(storing.inputs[0]);
}

/** The channel block of the numbers that `node` is to give back; 1 for what a run brings along. */
int64_t blockOfStored(const Builder& b, const Node& node) {
  const Node* storing = b.maker(node.inputs[0]);
  return storing && givesBack(b, node, *storing) ? blockOfStoring(b, *storing) : 1;
}

int64_t packedBytes(int64_t size, int bits) { return (size * bits + 7) / 8; }

ValueGrid gridOf(const Builder& b, ValueId value, int64_t block) {
  const Shape& s = b.shape(value);
  const int64_t row = block * (s.empty() ? 1 : s.back());
  const int64_t plane = row * (s.size() > 1 ? s[s.size() - 2] : 1);
  const int64_t size = b.countOf(value, block);
  if (row > LONGEST_ROW) return {size, 1, LONGEST_ROW, LONGEST_ROW};
  return {size, block, row, plane};
}

/** Bytes of a slot: in another order than the plain one zeros may need more than it has. */
int64_t slotBytes(const Builder& b, ValueId stored, const ValueGrid& grid) {
  return std::max(sizeOf(b.shape(stored)), kernels().compressLeast(grid));
}

BufferId roomFor(Builder& b) {
  return b.scratch(static_cast<size_t>(kernels().compressRoom() * omp_get_max_threads()));
}

}  // namespace

void lowerCompress(Builder& b, const Node& node) {
  const ValueId x = node.inputs[0], stored = node.outputs[0];
  const int64_t block = blockOfStoring(b, node);
  const ValueGrid grid = gridOf(b, x, block);
  if (sizeOf(b.shape(stored)) < kernels().compressLeast(gridOf(b, x, 1))) {
    throw std::invalid_argument("not even zeros fit into " + std::to_string(sizeOf(b.shape(stored))) + " bytes");
  }
  const int64_t capacity = slotBytes(b, stored, grid);
  const BufferId from = b.get(x, block).buffer, bound = b.plain(node.inputs[1]);
  const BufferId to = b.makeStored(stored, capacity), told = b.make(node.outputs[1]).buffer;
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
  const int64_t block = blockOfStored(b, node);
  const ValueGrid grid = gridOf(b, y, block);
  const int64_t bytes = block == 1 ? sizeOf(b.shape(stored)) : slotBytes(b, stored, grid);
  const BufferId from = b.plain(stored), to = b.make(y, block).buffer, room = roomFor(b);
  b.step("restore", {from, to, room}, [=](const Run& r) {
    const char* wrong = kernels().restore(
        {grid, static_cast<const uint8_t*>(r.raw(from)), bytes, r.f32(to), r.raw(room)});
    if (wrong) throw std::runtime_error(std::string("restore: the bytes are ") + wrong);
  });
}

void lowerPackBits(Builder& b, const Node& node) {
  const ValueId x = node.inputs[0];
  const int64_t block = blockOfStoring(b, node), size = b.countOf(x, block);
  const bool signs = b.type(x).dtype == DType::F32;
  const int bits = static_cast<int>(node.number("bits"));
  const BufferId from = b.get(x, block).buffer, to = b.makeStored(node.outputs[0], packedBytes(size, bits));
  b.step("packBits", {from, to}, [=](const Run& r) {
    auto* target = static_cast<uint8_t*>(r.raw(to));
    if (signs) kernels().packSigns(r.f32(from), target, size);
    else kernels().packBytes(static_cast<const uint8_t*>(r.raw(from)), target, size, bits);
  });
}

void lowerUnpackBits(Builder& b, const Node& node) {
  const ValueId y = node.outputs[0];
  const int64_t block = blockOfStored(b, node), size = b.countOf(y, block);
  const bool signs = b.type(y).dtype == DType::F32;
  const int bits = static_cast<int>(node.number("bits"));
  const BufferId from = b.plain(node.inputs[0]), to = b.make(y, block).buffer;
  b.step("unpackBits", {from, to}, [=](const Run& r) {
    const auto* source = static_cast<const uint8_t*>(r.raw(from));
    if (signs) kernels().unpackSigns(source, r.f32(to), size);
    else kernels().unpackBytes(source, static_cast<uint8_t*>(r.raw(to)), size, bits);
  });
}

}  // namespace convoy
