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
  const BufferId winners = keep ? b.make(node.outputs[1], block).buffer : to;
  b.step("maxPool2d", {from, to, winners}, [=](const Run& r) {
    kernels().maxPool({in, out, window, false, r.f32(from), r.f32(to),
                       keep ? static_cast<uint8_t*>(r.raw(winners)) : nullptr});
  });
}

void lowerMaxPool2dGrad(Builder& b, const Node& node) {
  const ValueId dy = node.inputs[0], winners = node.inputs[1], dx = node.outputs[0];
  const int64_t block = b.blockOf(winners);
  const Images in = b.images(dx, block), out = b.images(dy, block);
  const Window window = windowOf(node);
  const BufferId from = b.get(dy, block).buffer, won = b.get(winners, block).buffer;
  const BufferId to = b.make(dx, block).buffer;
  b.step("maxPool2dGrad", {from, won, to}, [=](const Run& r) {
    kernels().maxPoolGrad(
        {in, out, window, false, r.f32(from), r.f32(to), static_cast<uint8_t*>(r.raw(won))});
  });
}

void lowerAvgPool2d(Builder& b, const Node& node) {
  const ValueId x = node.inputs[0], y = node.outputs[0];
  const int64_t block = b.blockOf(x);
  const Images in = b.images(x, block), out = b.images(y, block);
  const Window window = windowOf(node);
  const bool countPadding = node.flag("countPadding");
  const BufferId from = b.get(x, block).buffer, to = b.make(y, block).buffer;
  b.step("avgPool2d", {from, to}, [=](const Run& r) {
    kernels().avgPool({in, out, window, countPadding, r.f32(from), r.f32(to), nullptr});
  });
}

void lowerAvgPool2dGrad(Builder& b, const Node& node) {
  const ValueId dy = node.inputs[0], dx = node.outputs[0];
  const int64_t block = b.blockOf(dy);
  const Images in = b.images(dx, block), out = b.images(dy, block);
  const Window window = windowOf(node);
  const bool countPadding = node.flag("countPadding");
  const BufferId from = b.get(dy, block).buffer, to = b.make(dx, block).buffer;
  b.step("avgPool2dGrad", {from, to}, [=](const Run& r) {
    kernels().avgPoolGrad({in, out, window, countPadding, r.f32(from), r.f32(to), nullptr});
  });
}

}  // namespace convoy
