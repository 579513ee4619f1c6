// Images made larger or smaller, in whatever layout they have.
#include <algorithm>

#include "lower/lower.h"

namespace convoy {
namespace {

/** Where each pixel along an axis of the resized images comes from. Pixels have their centres at halves. */
std::vector<ResizeTap> tapsOf(int64_t from, int64_t to, bool bilinear) {
  std::vector<ResizeTap> taps;
  for (int64_t out = 0; out < to; out++) {
    if (!bilinear) {
      // Whole numbers, so that no rounding moves a pixel.
      const auto at = static_cast<int32_t>((2 * out + 1) * from / (2 * to));
      taps.push_back({at, at, 0.0f});
      continue;
    }
    const double scale = static_cast<double>(from) / static_cast<double>(to);
    const double at = std::max(0.0, (static_cast<double>(out) + 0.5) * scale - 0.5);
    const int64_t low = std::min(static_cast<int64_t>(at), from - 1);
    const int64_t high = std::min(low + 1, from - 1);
    taps.push_back({static_cast<int32_t>(low), static_cast<int32_t>(high),
                    static_cast<float>(at - static_cast<double>(low))});
  }
  return taps;
}

/** A step between images and resized ones, `back` for the gradient of the resized ones. */
void resizeStep(Builder& b, const Node& node, ValueId original, ValueId resized, bool back) {
  const ValueId source = node.inputs[0], target = node.outputs[0];
  const int64_t block = b.blockOf(source);
  const Images in = b.images(original, block), out = b.images(resized, block);
  const BufferId from = b.get(source, block).buffer, to = b.make(target, block).buffer;
  const bool bilinear = node.text("mode") == "bilinear";
  const std::vector<ResizeTap> rows = tapsOf(in.height, out.height, bilinear);
  const std::vector<ResizeTap> columns = tapsOf(in.width, out.width, bilinear);
  Task task = imageTask(node.op, in, {}, {from, to});
  task.runPiece = [=](const Run& r, const Piece& p) {
    const ResizeArgs args = {p.of(in),       p.of(out), rows.data(), columns.data(), r.f32(from) + p.start(back ? out : in),
                             r.f32(to) + p.start(back ? in : out)};
    back ? kernels().resizeGrad(args) : kernels().resize(args);
  };
  b.imageStep(std::move(task));
}

}  // namespace

void lowerResize(Builder& b, const Node& node) {
  resizeStep(b, node, node.inputs[0], node.outputs[0], false);
}

void lowerResizeGrad(Builder& b, const Node& node) {
  resizeStep(b, node, node.outputs[0], node.inputs[0], true);
}

}  // namespace convoy
