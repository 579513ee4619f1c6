// What is bound, and ops that only move numbers.
#include "lower/lower.h"

namespace convoy {
namespace {

Shape stridesOf(const Shape& shape) {
  Shape strides(shape.size());
  int64_t stride = 1;
  for (size_t axis = shape.size(); axis-- > 0;) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** Axes that lie behind each other on both sides become one, so that rows are as long as can be. */
CopyArgs copyArgs(DType type, const Shape& sizes, const Shape& from, const Shape& to) {
  CopyArgs args = {};
  args.bytes = bytesOf(type);
  args.rank = 1;
  args.sizes[0] = args.from[0] = args.to[0] = 1;
  for (size_t axis = 0; axis < sizes.size(); axis++) {
    if (sizes[axis] == 1) continue;
    const int last = args.rank - 1;
    const bool joins = args.from[last] == sizes[axis] * from[axis] &&
                       args.to[last] == sizes[axis] * to[axis];
    if (joins || args.sizes[last] == 1) {
      args.sizes[last] *= sizes[axis];
    } else {
      if (args.rank == 6) throw std::invalid_argument("a copy of more than six axes");
      args.sizes[args.rank++] = sizes[axis];
    }
    args.from[args.rank - 1] = from[axis];
    args.to[args.rank - 1] = to[axis];
  }
  return args;
}

/** A strided copy; the offsets are in elements. */
void copyStep(Builder& b, const char* name, const CopyArgs& args, BufferId from, int64_t fromOffset,
              BufferId to, int64_t toOffset) {
  const auto bytes = static_cast<int64_t>(args.bytes);
  b.teamStep(name, {from, to}, [=](const Run& r) {
    CopyArgs placed = args;
    placed.source = static_cast<const char*>(r.raw(from)) + fromOffset * bytes;
    placed.target = static_cast<char*>(r.raw(to)) + toOffset * bytes;
    kernels().copy(placed);
  });
}

int64_t offsetOf(const Shape& starts, const Shape& strides) {
  int64_t offset = 0;
  for (size_t axis = 0; axis < starts.size(); axis++) offset += starts[axis] * strides[axis];
  return offset;
}

/** In place of a block: channels-last, each with as many channels as it has. */
constexpr int64_t LAST = 0;

/** Sizes of images in a layout: [n, blocks, h, w, block], channels-last, or as they are when plain. */
Shape inBlocks(const Shape& shape, int64_t block) {
  if (block == 1) return shape;
  if (block == LAST) return {shape[0], shape[2], shape[3], shape[1]};
  return {shape[0], shape[1] / block, shape[2], shape[3], block};
}

Shape startInBlocks(const Shape& starts, int64_t block) {
  if (block == 1) return starts;
  if (block == LAST) return {starts[0], starts[2], starts[3], starts[1]};
  return {starts[0], starts[1] / block, starts[2], starts[3], 0};
}

/** The block of a value in such a layout. */
int64_t blockIn(const Builder& b, ValueId value, int64_t block) { return block == LAST ? b.shape(value)[1] : block; }

/** The layout of the first operand when whole blocks of channels are moved, else the plain one; of bf16 channels-last. */
int64_t wholeBlocks(Builder& b, const Node& node, const Shape& channels) {
  if (!channels.empty() && b.isHalf(node.inputs[0])) return LAST;
  const int64_t block = b.blockOf(node.inputs[0]);
  for (int64_t count : channels) {
    if (count % block != 0) return 1;
  }
  return block;
}

/** Whether bytes of images lie with all channels of a pixel side by side, as arithmetic on them has it. */
bool channelsLast(const Builder& b, ValueId value) {
  const TensorType& type = b.type(value);
  return type.dtype == DType::U8 && type.shape.size() == 4 && b.blockOf(value) == type.shape[1];
}

/** Sizes, positions or axes of images in that order. */
Shape pixelsFirst(const Shape& list) { return {list[0], list[2], list[3], list[1]}; }

BufferId channelsLastOf(Builder& b, ValueId value) { return b.get(value, b.shape(value)[1]).buffer; }

/** A box of each image, for a value and where it begins in it. */
struct Box {
  ValueId value;
  BufferId buffer;
  Shape starts;
};

/** Sets images of bytes to 0. */
void clearStep(Builder& b, ValueId value, BufferId target) {
  static const uint8_t zero = 0;
  const Images im = b.images(value, b.shape(value)[1]);
  Task task = imageTask("clear", im, {}, {target});
  task.runPiece = [=](const Run& r, const Piece& p) {
    kernels().copy({1, {p.of(im).size()}, {0}, {1}, 1, &zero, static_cast<uint8_t*>(r.raw(target)) + p.start(im)});
  };
  b.imageStep(std::move(task));
}

/** Copies boxes of images of bytes into others of the same `sizes`; `blank` results are 0 elsewhere. */
void copyBoxes(Builder& b, const Node& node, const std::vector<std::pair<Box, Box>>& moves, const std::vector<Shape>& sizes,
               bool blank) {
  const ValueId result = node.outputs[0];
  const BufferId target = b.make(result, b.shape(result)[1]).buffer;
  const Images im = b.images(result, b.shape(result)[1]);
  if (blank) clearStep(b, result, target);
  struct Move {
    BufferId from;
    CopyArgs args;
    int64_t fromStart, toStart, fromImage, toImage;
  };
  std::vector<Move> all;
  std::vector<BufferId> touched = {target};
  for (size_t at = 0; at < moves.size(); at++) {
    const Box &from = moves[at].first, &to = moves[at].second;
    const Shape source = stridesOf(pixelsFirst(b.shape(from.value))), goal = stridesOf(pixelsFirst(b.shape(result)));
    Shape one = pixelsFirst(sizes[at]);
    one[0] = 1;
    all.push_back({from.buffer, copyArgs(DType::U8, one, source, goal), offsetOf(pixelsFirst(from.starts), source),
                   offsetOf(pixelsFirst(to.starts), goal), source[0], goal[0]});
    touched.push_back(from.buffer);
  }
  Task task = imageTask(node.op, im, {}, {});
  task.byImage = touched;
  task.runPiece = [=](const Run& r, const Piece& p) {
    auto* to = static_cast<uint8_t*>(r.raw(target));
    for (const Move& move : all) {
      for (int64_t image = p.first; image < p.first + p.count; image++) {
        CopyArgs placed = move.args;
        placed.source = static_cast<const uint8_t*>(r.raw(move.from)) + image * move.fromImage + move.fromStart;
        placed.target = to + image * move.toImage + move.toStart;
        kernels().copy(placed);
      }
    }
  };
  b.imageStep(std::move(task));
}

}  // namespace

void lowerInput(Builder& b, const Node& node) {
  b.bind(node.outputs[0], {Home::Input, slotOf(b.graph().inputs, node.text("name")), 0});
}

void lowerScalar(Builder& b, const Node& node) {
  b.bind(node.outputs[0], {Home::Scalar, slotOf(b.graph().scalars, node.text("name")), 0});
}

void lowerRead(Builder& b, const Node& node) {
  const auto offset = static_cast<size_t>(node.number("offset")) * sizeof(float);
  b.bind(node.outputs[0], {Home::Vector, slotOf(b.graph().vectors, node.text("vector")), offset});
}

void lowerReshape(Builder& b, const Node& node) {
  b.alias(node.outputs[0], b.get(node.inputs[0], 1));
}

void lowerTranspose(Builder& b, const Node& node) {
  const Shape order = node.list("order", b.shape(node.inputs[0]).size());
  const Shape from = stridesOf(b.shape(node.inputs[0]));
  Shape strides;
  for (int64_t axis : order) strides.push_back(from[static_cast<size_t>(axis)]);
  const BufferId source = b.plain(node.inputs[0]), target = b.make(node.outputs[0]).buffer;
  const Shape& sizes = b.shape(node.outputs[0]);
  const DType type = b.type(node.inputs[0]).dtype;
  copyStep(b, "transpose", copyArgs(type, sizes, strides, stridesOf(sizes)), source, 0, target, 0);
}

void lowerConcat(Builder& b, const Node& node) {
  const auto axis = static_cast<size_t>(node.number("axis"));
  const Shape& whole = b.shape(node.outputs[0]);
  if (channelsLast(b, node.inputs[0]) && axis > 0) {
    std::vector<std::pair<Box, Box>> moves;
    std::vector<Shape> sizes;
    Shape start(4, 0);
    for (ValueId input : node.inputs) {
      moves.push_back({{input, channelsLastOf(b, input), Shape(4, 0)}, {node.outputs[0], -1, start}});
      sizes.push_back(b.shape(input));
      start[axis] += b.shape(input)[axis];
    }
    return copyBoxes(b, node, moves, sizes, false);
  }
  Shape channels;
  for (ValueId input : node.inputs) {
    if (whole.size() == 4) channels.push_back(b.shape(input)[1]);
  }
  const int64_t block = wholeBlocks(b, node, channels);
  const Shape to = stridesOf(inBlocks(whole, block));
  std::vector<BufferId> sources;
  for (ValueId input : node.inputs) sources.push_back(b.get(input, blockIn(b, input, block)).buffer);
  const BufferId target = b.make(node.outputs[0], blockIn(b, node.outputs[0], block)).buffer;
  const size_t along = whole.size() == 4 && block == LAST ? (axis == 1 ? 3 : axis == 0 ? 0 : axis - 1) : axis;
  int64_t start = 0;
  for (size_t at = 0; at < sources.size(); at++) {
    const Shape sizes = inBlocks(b.shape(node.inputs[at]), block);
    const DType type = b.type(node.inputs[at]).dtype;
    copyStep(b, "concat", copyArgs(type, sizes, stridesOf(sizes), to), sources[at], 0, target,
             start * to[along]);
    start += sizes[along];
  }
}

void lowerSlice(Builder& b, const Node& node) {
  const Shape &whole = b.shape(node.inputs[0]), &part = b.shape(node.outputs[0]);
  const Shape starts = node.list("starts", whole.size());
  if (channelsLast(b, node.inputs[0]) && whole[0] == part[0]) {
    const ValueId x = node.inputs[0];
    return copyBoxes(b, node, {{{x, channelsLastOf(b, x), starts}, {node.outputs[0], -1, Shape(4, 0)}}}, {part}, false);
  }
  const bool images = whole.size() == 4;
  const int64_t block =
      wholeBlocks(b, node, images ? Shape{whole[1], part[1], starts[1]} : Shape{});
  const Shape from = stridesOf(inBlocks(whole, block)), sizes = inBlocks(part, block);
  const BufferId source = b.get(node.inputs[0], blockIn(b, node.inputs[0], block)).buffer;
  const BufferId target = b.make(node.outputs[0], blockIn(b, node.outputs[0], block)).buffer;
  const DType type = b.type(node.inputs[0]).dtype;
  copyStep(b, "slice", copyArgs(type, sizes, from, stridesOf(sizes)), source,
           offsetOf(startInBlocks(starts, block), from), target, 0);
}

void lowerPad(Builder& b, const Node& node) {
  const Shape &part = b.shape(node.inputs[0]), &whole = b.shape(node.outputs[0]);
  const Shape before = node.list("before", whole.size());
  if (channelsLast(b, node.inputs[0]) && whole[0] == part[0]) {
    const ValueId x = node.inputs[0];
    return copyBoxes(b, node, {{{x, channelsLastOf(b, x), Shape(4, 0)}, {node.outputs[0], -1, before}}}, {part}, true);
  }
  const bool images = whole.size() == 4;
  const int64_t block =
      wholeBlocks(b, node, images ? Shape{whole[1], part[1], before[1]} : Shape{});
  const Shape to = stridesOf(inBlocks(whole, block)), sizes = inBlocks(part, block);
  const BufferId source = b.get(node.inputs[0], blockIn(b, node.inputs[0], block)).buffer;
  const BufferId target = b.make(node.outputs[0], blockIn(b, node.outputs[0], block)).buffer;
  const DType type = b.type(node.inputs[0]).dtype;
  const auto bytes = static_cast<size_t>(sizeOf(whole)) * bytesOf(type);
  b.step("pad", {target}, [=](const Run& r) {
    char* memory = static_cast<char*>(r.raw(target));
    std::fill(memory, memory + bytes, char{0});
  });
  copyStep(b, "pad", copyArgs(type, sizes, stridesOf(sizes), to), source, 0, target,
           offsetOf(startInBlocks(before, block), to));
}

void lowerUniform(Builder& b, const Node& node) {
  const int64_t size = sizeOf(b.shape(node.outputs[0]));
  const auto stream = static_cast<uint32_t>(node.number("stream"));
  const BufferId to = b.make(node.outputs[0]).buffer;
  b.step("uniform", {to}, [=](const Run& r) {
    const uint32_t* key = r.key();
    kernels().uniform({size, stream, {key[0], key[1], key[2], key[3]}, r.f32(to)});
  });
}

}  // namespace convoy
