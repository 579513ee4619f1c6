// Sliding windows over images, and resizing.
#include <algorithm>

#include "infer/infer.h"

namespace convoy {
namespace {

/** Sizes of windows, their steps and borders; more would not be counted by kernels. */
constexpr int64_t MOST_SIZE = int64_t{1} << 30;
/** A winner's place in its window is a byte. */
constexpr int64_t MOST_WINDOW = 255;

struct Slide {
  Shape kernel, strides, padding, dilation;
};

Shape sizesAt(const Node& node, const char* name, size_t length, int64_t least) {
  Shape sizes = node.list(name, length);
  const bool valid = std::all_of(sizes.begin(), sizes.end(),
                                 [&](int64_t size) { return size >= least && size <= MOST_SIZE; });
  if (!valid) throw std::invalid_argument(node.op + ": " + name + " out of bounds");
  return sizes;
}

/** [batch, channels, height, width] of what a window makes of images. */
Shape slide(const Node& node, const Shape& images, int64_t channels, const Slide& s) {
  Shape out = {images[0], channels};
  for (size_t axis = 0; axis < 2; axis++) {
    const int64_t extent = s.dilation[axis] * (s.kernel[axis] - 1) + 1;
    const int64_t room = images[axis + 2] + s.padding[axis] + s.padding[axis + 2] - extent;
    expect(room >= 0, node, "an image too small for the window");
    out.push_back(room / s.strides[axis] + 1);
  }
  return out;
}

void expectWindow(const Node& node) {
  const Shape kernel = sizesAt(node, "kernel", 2, 1);
  expect(kernel[0] * kernel[1] <= MOST_WINDOW, node, "a window too large");
}

/** Gradients of images have the shape that is given, if it makes that of the results. */
Types imagesOf(const Node& node, const Shape& made, const TensorType& grad, Shape shape) {
  expectImages(node, grad);
  expect(made == grad.shape, node, "the gradient has another shape than the result");
  return {{DType::F32, std::move(shape)}};
}

Shape resizedTo(const Node& node, const TensorType& images) {
  expectImages(node, images);
  expectText(node, "mode", {"nearest", "bilinear"});
  const Shape size = sizesAt(node, "size", 2, 1);
  return {images.shape[0], images.shape[1], size[0], size[1]};
}

}  // namespace

Shape convShape(const Node& node, const Shape& images, const Shape& weights) {
  expect(images.size() == 4 && weights.size() == 4, node, "expected images and weights of four axes");
  const int64_t groups = node.whole("groups", 1, MOST_SIZE);
  expect(weights[2] <= MOST_SIZE && weights[3] <= MOST_SIZE, node, "weights out of bounds");
  const bool fits = images[1] % groups == 0 && weights[1] == images[1] / groups && weights[0] % groups == 0;
  expect(fits, node, "weights and groups do not fit the images");
  return slide(node, images, weights[0],
               {{weights[2], weights[3]},
                sizesAt(node, "strides", 2, 1),
                sizesAt(node, "padding", 4, 0),
                sizesAt(node, "dilation", 2, 1)});
}

Shape poolShape(const Node& node, const Shape& images) {
  expect(images.size() == 4, node, "expected images of four axes");
  const Slide s = {sizesAt(node, "kernel", 2, 1), sizesAt(node, "strides", 2, 1), sizesAt(node, "padding", 4, 0), {1, 1}};
  for (size_t side = 0; side < 4; side++) {
    expect(s.padding[side] < s.kernel[side % 2], node, "windows that see padding only");
  }
  return slide(node, images, images[1], s);
}

Types inferConv2d(const Node& node, const Types& operands) {
  expectF32(node, operands);
  expectText(node, "activation", {"none", "relu", "relu6"});
  const Shape shape = convShape(node, operands[0].shape, operands[1].shape);
  expectShape(node, operands, 2, 3, {shape[1]});
  expectShape(node, operands, 3, 4, shape);
  return {{DType::F32, shape}};
}

Types inferConv2dInputGrad(const Node& node, const Types& operands) {
  expectF32(node, operands);
  Shape shape = shapeOf(node);
  const Shape made = convShape(node, shape, operands[1].shape);
  return imagesOf(node, made, operands[0], std::move(shape));
}

Types inferConv2dWeightGrad(const Node& node, const Types& operands) {
  expectImages(node, operands[0]);
  const Shape shape = shapeOf(node);
  imagesOf(node, convShape(node, operands[0].shape, shape), operands[1], {});
  Types results = {{DType::F32, shape}};
  if (node.flag("bias")) results.push_back({DType::F32, {shape[0]}});
  return results;
}

Types inferMaxPool2d(const Node& node, const Types& operands) {
  expectImages(node, operands[0]);
  expectWindow(node);
  const Shape shape = poolShape(node, operands[0].shape);
  return {{DType::F32, shape}, {DType::U8, shape}};
}

Types inferMaxPool2dGrad(const Node& node, const Types& operands) {
  expectWindow(node);
  expect(operands[1].dtype == DType::U8, node, "expected winners of u8");
  expectShape(node, operands, 1, 2, operands[0].shape);
  Shape shape = shapeOf(node);
  const Shape made = poolShape(node, shape);
  return imagesOf(node, made, operands[0], std::move(shape));
}

Types inferAvgPool2d(const Node& node, const Types& operands) {
  expectImages(node, operands[0]);
  node.flag("countPadding");
  return {{DType::F32, poolShape(node, operands[0].shape)}};
}

Types inferAvgPool2dGrad(const Node& node, const Types& operands) {
  node.flag("countPadding");
  Shape shape = shapeOf(node);
  const Shape made = poolShape(node, shape);
  return imagesOf(node, made, operands[0], std::move(shape));
}

Types inferResize(const Node& node, const Types& operands) { return {{DType::F32, resizedTo(node, operands[0])}}; }

Types inferResizeGrad(const Node& node, const Types& operands) {
  return {{DType::F32, resizedTo(node, operands[0])}};
}

}  // namespace convoy
