// Numbers in another element type, in whatever layout they have.
#include "lower/lower.h"

namespace convoy {

void lowerCast(Builder& b, const Node& node) {
  const ValueId x = node.inputs[0], y = node.outputs[0];
  const DType from = b.type(x).dtype, to = b.type(y).dtype;
  // Lanes behind the last channel are 0 and stay so, but for those of a pooling's winners.
  const int64_t block = from == DType::U8 ? 1 : b.blockOf(x), size = b.countOf(x, block);
  const BufferId source = b.get(x, block).buffer, target = b.make(y, block).buffer;
  if (b.shape(x).size() != 4) {
    b.step("cast", {source, target},
           [=](const Run& r) { kernels().cast({from, to, size, r.raw(source), r.raw(target)}); });
    return;
  }
  const Images im = b.images(x, block);
  const auto fromBytes = static_cast<int64_t>(bytesOf(from)), toBytes = static_cast<int64_t>(bytesOf(to));
  Task task = imageTask("cast", im, {}, {source, target});
  task.runPiece = [=](const Run& r, const Piece& p) {
    const int64_t start = p.start(im);
    kernels().cast({from, to, p.of(im).size(), static_cast<char*>(r.raw(source)) + start * fromBytes,
                    static_cast<char*>(r.raw(target)) + start * toBytes});
  };
  b.imageStep(std::move(task));
}

}  // namespace convoy
