// Pooling and its gradients, in whatever layout the images have.
#include "lower/lower.h"

namespace convoy {
namespace {

Window windowOf(const Node& node) {
  const Shape kernel = node.list("kernel", 2), strides = node.list("strides", 2);
  const Shape padding = node.list("padding", 4);
  return {{kernel[0], kernel[1]}, {strides[0], strides[1]}, {padding[0], padding[1]}};
}

}  // namespace

void lowerMaxPool2d(Builder& b, const Node& node) {
  const ValueId x = node.inputs[0], y = node.outputs[0];
  const int64_t block = b.blockOf(x);
  const Images in = b.images(x, block), out = b.images(y, block);
  const Window window = windowOf(node);
  const BufferId from = b.get(x, block).buffer, to = b.make(y, block).buffer;
  const bool keep = b.used(node.outputs[1]);
  const BufferId winners = keep ? b.make(node.outputs[1], block).buffer : -1;
  Task task = imageTask("maxPool2d", in, {}, {from, to, winners});
  task.runPiece = [=](const Run& r, const Piece& p) {
    kernels().maxPool({p.of(in), p.of(out), window, false, r.f32(from) + p.start(in), r.f32(to) + p.start(out),
                       keep ? static_cast<uint8_t*>(r.raw(winners)) + p.start(out) : nullptr});
  };
  b.imageStep(std::move(task));
}

void lowerMaxPool2dGrad(Builder& b, const Node& node) {
  const ValueId dy = node.inputs[0], winners = node.inputs[1], dx = node.outputs[0];
  const int64_t block = b.blockOf(winners);
  const Images in = b.images(dx, block), out = b.images(dy, block);
  const Window window = windowOf(node);
  const BufferId from = b.get(dy, block).buffer, won = b.get(winners, block).buffer;
  const BufferId to = b.make(dx, block).buffer;
  Task task = imageTask("maxPool2dGrad", in, {}, {from, won, to});
  task.runPiece = [=](const Run& r, const Piece& p) {
    kernels().maxPoolGrad({p.of(in), p.of(out), window, false, r.f32(from) + p.start(out),
                           r.f32(to) + p.start(in), static_cast<uint8_t*>(r.raw(won)) + p.start(out)});
  };
  b.imageStep(std::move(task));
}

void lowerAvgPool2d(Builder& b, const Node& node) {
  const ValueId x = node.inputs[0], y = node.outputs[0];
  const int64_t block = b.blockOf(x);
  const Images in = b.images(x, block), out = b.images(y, block);
  const Window window = windowOf(node);
  const bool countPadding = node.flag("countPadding");
  const BufferId from = b.get(x, block).buffer, to = b.make(y, block).buffer;
  Task task = imageTask("avgPool2d", in, {}, {from, to});
  task.runPiece = [=](const Run& r, const Piece& p) {
    kernels().avgPool({p.of(in), p.of(out), window, countPadding, r.f32(from) + p.start(in),
                       r.f32(to) + p.start(out), nullptr});
  };
  b.imageStep(std::move(task));
}

void lowerAvgPool2dGrad(Builder& b, const Node& node) {
  const ValueId dy = node.inputs[0], dx = node.outputs[0];
  const int64_t block = b.blockOf(dy);
  const Images in = b.images(dx, block), out = b.images(dy, block);
  const Window window = windowOf(node);
  const bool countPadding = node.flag("countPadding");
  const BufferId from = b.get(dy, block).buffer, to = b.make(dx, block).buffer;
  Task task = imageTask("avgPool2dGrad", in, {}, {from, to});
  task.runPiece = [=](const Run& r, const Piece& p) {
    kernels().avgPoolGrad({p.of(in), p.of(out), window, countPadding, r.f32(from) + p.start(out),
                           r.f32(to) + p.start(in), nullptr});
  };
  b.imageStep(std::move(task));
}

}  // namespace convoy
