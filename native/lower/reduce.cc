// Reductions over axes and segments, softmax, one-hot rows.
#include "lower/lower.h"

namespace convoy {
namespace {

using Segments = void (*)(const float*, float*, const int64_t*, int64_t);
using Reduce = void (*)(const float*, float*, int64_t, int64_t, int64_t);

bool isAxis(const Shape& axes, size_t axis) {
  for (int64_t a : axes) {
    if (a == static_cast<int64_t>(axis)) return true;
  }
  return false;
}

/** Reduces runs of adjacent axes one after the other, the last run first. */
void reduceRuns(Builder& b, const Node& node, const char* name, Reduce Kernels::*kernel) {
  Shape shape = b.shape(node.inputs[0]);
  const Shape axes = node.list("axes");
  BufferId from = b.plain(node.inputs[0]);
  const BufferId result = b.make(node.outputs[0]).buffer;
  for (size_t end = shape.size(); end > 0;) {
    size_t begin = end;
    while (begin > 0 && isAxis(axes, begin - 1)) begin--;
    if (begin == end) {
      end--;
      continue;
    }
    int64_t outer = 1, count = 1, inner = 1;
    bool more = false;
    for (size_t axis = 0; axis < begin; axis++) {
      outer *= shape[axis];
      more = more || isAxis(axes, axis);
    }
    for (size_t axis = begin; axis < end; axis++) count *= shape[axis];
    for (size_t axis = end; axis < shape.size(); axis++) inner *= shape[axis];
    const BufferId to =
        more ? b.scratch(static_cast<size_t>(outer * inner) * sizeof(float)) : result;
    b.step(name, {from, to}, [=](const Run& r) {
      (kernels().*kernel)(r.f32(from), r.f32(to), outer, count, inner);
    });
    for (size_t axis = begin; axis < end; axis++) shape[axis] = 1;
    from = to;
    end = begin;
  }
}

void segmentStep(Builder& b, const Node& node, const char* name, Segments Kernels::*kernel) {
  const Shape offsets = node.list("offsets");
  const int64_t parts = static_cast<int64_t>(offsets.size()) - 1;
  const BufferId from = b.plain(node.inputs[0]), to = b.make(node.outputs[0]).buffer;
  b.step(name, {from, to}, [=](const Run& r) {
    (kernels().*kernel)(r.f32(from), r.f32(to), offsets.data(), parts);
  });
}

}  // namespace

void lowerSegmentSum(Builder& b, const Node& node) {
  segmentStep(b, node, "segmentSum", &Kernels::segmentSum);
}

void lowerSegmentExpand(Builder& b, const Node& node) {
  segmentStep(b, node, "segmentExpand", &Kernels::segmentExpand);
}

void lowerReduceSum(Builder& b, const Node& node) {
  const ValueId x = node.inputs[0];
  const Shape axes = node.list("axes");
  const bool pixels = b.shape(x).size() == 4 && axes == Shape{2, 3};
  if (!pixels) return reduceRuns(b, node, "reduceSum", &Kernels::reduceSum);
  const int64_t block = b.blockOf(x);
  const Images im = b.images(x, block);
  const BufferId from = b.get(x, block).buffer, to = b.make(node.outputs[0]).buffer;
  b.teamStep("sumPixels", {from, to},
             [=](const Run& r) { kernels().sumPixels(im, r.f32(from), r.f32(to)); });
}

void lowerReduceMax(Builder& b, const Node& node) {
  reduceRuns(b, node, "reduceMax", &Kernels::reduceMax);
}

void lowerKthLargest(Builder& b, const Node& node) {
  const Shape& shape = b.shape(node.inputs[0]);
  const int64_t columns = shape.back(), rows = sizeOf(shape) / columns;
  const auto k = static_cast<int64_t>(node.number("k"));
  const BufferId from = b.plain(node.inputs[0]), to = b.make(node.outputs[0]).buffer;
  b.step("kthLargest", {from, to},
         [=](const Run& r) { kernels().kthLargest(r.f32(from), r.f32(to), rows, columns, k); });
}

void lowerLogSoftmax(Builder& b, const Node& node) {
  const Shape& shape = b.shape(node.inputs[0]);
  const int64_t columns = shape.back(), rows = sizeOf(shape) / columns;
  const BufferId from = b.plain(node.inputs[0]), to = b.make(node.outputs[0]).buffer;
  b.step("logSoftmax", {from, to},
         [=](const Run& r) { kernels().logSoftmax(r.f32(from), r.f32(to), rows, columns); });
}

void lowerOneHot(Builder& b, const Node& node) {
  const int64_t rows = sizeOf(b.shape(node.inputs[0]));
  const auto classes = static_cast<int64_t>(node.number("classes"));
  const BufferId from = b.plain(node.inputs[0]), to = b.make(node.outputs[0]).buffer;
  b.step("oneHot", {from, to}, [=](const Run& r) {
    kernels().oneHot(static_cast<const int32_t*>(r.raw(from)), r.f32(to), rows, classes);
  });
}

void lowerNorms(Builder& b, const Node& node) {
  const ValueId x = node.inputs[0];
  const int64_t block = b.blockOf(x);
  const int64_t size = block == 1 ? sizeOf(b.shape(x)) : b.images(x, block).size();
  const BufferId from = b.get(x, block).buffer, to = b.make(node.outputs[0]).buffer;
  b.step("norms", {from, to}, [=](const Run& r) { kernels().norms(r.f32(from), size, r.f32(to)); });
}

}  // namespace convoy
