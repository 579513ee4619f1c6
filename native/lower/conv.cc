// Convolution and its gradients, by oneDNN; 3x3 ones by winograd.cc instead where it suits them, ones of few channels
// by direct.cc, depthwise ones by depthwise.cc, and 1x1 ones with frozen weights by conv1x1.cc, or along with a depthwise
// one by expandDepthwise.cc.
//
// oneDNN is first asked which layouts it likes best. Images that already lie in another layout are
// changed, once, and stay so for whoever comes next; weights that are not frozen are packed anew in every
// run, which costs a pass over a few hundred kilobytes. A gradient takes the layouts that the forward pass left.
#include <algorithm>
#include <cstring>

#include "lower/lower.h"
#include "onednn.h"

namespace convoy {
namespace {

using dnnl::memory;

struct Geometry {
  Shape strides, dilates, paddingLow, paddingHigh;
  int64_t groups;
};

Geometry geometryOf(const Node& node) {
  const Shape dilation = node.list("dilation", 2), padding = node.list("padding", 4);
  return {node.list("strides", 2),
          {dilation[0] - 1, dilation[1] - 1},
          {padding[0], padding[1]},
          {padding[2], padding[3]},
          static_cast<int64_t>(node.number("groups"))};
}

/** Weights as oneDNN sees them: with an axis for the groups when there are any. */
memory::desc weightsDesc(const Shape& shape, int64_t groups, bool any) {
  using Tag = memory::format_tag;
  if (groups == 1) return memory::desc(shape, memory::data_type::f32, any ? Tag::any : Tag::oihw);
  const Shape grouped = {groups, shape[0] / groups, shape[1], shape[2], shape[3]};
  return memory::desc(grouped, memory::data_type::f32, any ? Tag::any : Tag::goihw);
}

memory::desc rowDesc(int64_t size) {
  return memory::desc({size}, memory::data_type::f32, memory::format_tag::x);
}

using Forward = dnnl::convolution_forward;
using InputGrad = dnnl::convolution_backward_data;
using WeightGrad = dnnl::convolution_backward_weights;

constexpr Epilogue PLAIN = {false, {}};
constexpr auto DIRECT = dnnl::algorithm::convolution_direct;

/** The forward primitive; a block of 0 leaves that layout to oneDNN. */
Forward::primitive_desc forwardDesc(const Shape& x, int64_t xBlock, const Shape& w, bool bias, const Shape& y,
                                    int64_t yBlock, const Geometry& g, const Epilogue& epilogue) {
  const auto attributes = dnnlAttributes(epilogue);
  const auto kind = dnnl::prop_kind::forward_training;
  const auto xDesc = imagesDesc(x, xBlock), yDesc = imagesDesc(y, yBlock);
  const auto wDesc = weightsDesc(w, g.groups, true);
  if (!bias) {
    return describe<Forward>(attributes, kind, DIRECT, xDesc, wDesc, yDesc, g.strides,
                             g.dilates, g.paddingLow, g.paddingHigh);
  }
  return describe<Forward>(attributes, kind, DIRECT, xDesc, wDesc, rowDesc(w[0]), yDesc,
                           g.strides, g.dilates, g.paddingLow, g.paddingHigh);
}

/** oneDNN's slow general implementations say so in their names. */
template <class Desc>
bool isSlow(const Desc& desc) {
  const char* name = desc.impl_info_str();
  return std::strncmp(name, "ref", 3) == 0 || std::strncmp(name, "gemm", 4) == 0;
}

BufferId scratchFor(Builder& b, const memory::desc& desc) { return b.scratch(desc.get_size()); }

/** The weights in the layout that a primitive wants; the plain ones when that is what it wants. */
BufferId packWeights(Builder& b, ValueId w, int64_t groups, const memory::desc& wanted) {
  const memory::desc plain = weightsDesc(b.shape(w), groups, false);
  const BufferId from = b.plain(w);
  if (plain == wanted) return from;
  const BufferId to = b.scratch(wanted.get_size(), Kind::Weights);
  const dnnl::reorder::primitive_desc desc(dnnlEngine(), plain, dnnlEngine(), wanted);
  dnnlStep(b, "pack weights", dnnl::reorder(desc),
           {{DNNL_ARG_FROM, plain, from}, {DNNL_ARG_TO, wanted, to}});
  return to;
}

/** Room for a result that oneDNN adds to the residual in its place: the residual's own where nobody else
 * needs it, else that of a copy. */
BufferId overResidual(Builder& b, ValueId residual, ValueId y, int64_t block, BufferId source) {
  const BufferId from = b.get(residual, block).buffer;
  if (from != source) {
    const BufferId same = b.tryOver(y, block, residual).buffer;
    if (same >= 0) return same;
  }
  const BufferId to = b.make(y, block).buffer;
  const auto size = static_cast<size_t>(b.images(y, block).size());
  b.step("copy residual", {from, to}, [=](const Run& r) {
    std::copy_n(r.f32(from), size, r.f32(to));
  });
  return to;
}

}  // namespace

Window convWindow(const Node& node, const Shape& w) {
  const Shape strides = node.list("strides", 2), padding = node.list("padding", 4);
  return {{w[2], w[3]}, {strides[0], strides[1]}, {padding[0], padding[1]}};
}

std::string convName(const Node& node, const Shape& x, const Shape& w) {
  const auto sizes = [](int64_t a, int64_t b) { return std::to_string(a) + "x" + std::to_string(b); };
  return node.op + " " + sizes(w[0], w[1]) + " " + sizes(w[2], w[3]) + " on " + sizes(x[2], x[3]);
}

void lowerConv2d(Builder& b, const Node& node) {
  if (b.isHalf(node.inputs[0])) return tileConv2d(b, node);
  if (winogradConv2d(b, node) || expandDepthwise(b, node)) return;
  if (conv1x1(b, node) || depthwiseConv2d(b, node) || directConv2d(b, node)) return;
  const ValueId x = node.inputs[0], w = node.inputs[1], y = node.outputs[0];
  const bool bias = node.inputs.size() > 2;
  const Geometry g = geometryOf(node);
  const bool hasResidual = node.inputs.size() > 3;
  const Epilogue epilogue = {hasResidual, activationOf(node)};
  const auto describeWith = [&](int64_t xBlock, int64_t yBlock) {
    return forwardDesc(b.shape(x), xBlock, b.shape(w), bias, b.shape(y), yBlock, g, epilogue);
  };
  auto desc = describeWith(0, 0);
  int64_t xBlock = blockOfDesc(desc.src_desc()), yBlock = blockOfDesc(desc.dst_desc());
  if (xBlock == 0 || yBlock == 0) {
    xBlock = yBlock = 1;
    desc = describeWith(1, 1);
  }
  const BufferId source = b.get(x, xBlock).buffer;
  const BufferId weights = packWeights(b, w, g.groups, desc.weights_desc());
  std::vector<DnnlArgument> arguments = {
      {DNNL_ARG_SRC, desc.src_desc(), source},
      {DNNL_ARG_WEIGHTS, desc.weights_desc(), weights},
      {DNNL_ARG_SCRATCHPAD, desc.scratchpad_desc(), scratchFor(b, desc.scratchpad_desc())}};
  if (bias) arguments.push_back({DNNL_ARG_BIAS, rowDesc(b.shape(w)[0]), b.plain(node.inputs[2])});
  const BufferId target =
      hasResidual ? overResidual(b, node.inputs[3], y, yBlock, source) : b.make(y, yBlock).buffer;
  arguments.push_back({DNNL_ARG_DST, desc.dst_desc(), target});
  dnnlStep(b, convName(node, b.shape(x), b.shape(w)), Forward(desc), arguments);
}

void lowerConv2dInputGrad(Builder& b, const Node& node) {
  if (b.isHalf(node.inputs[0])) return tileInputGrad(b, node);
  if (winogradInputGrad(b, node) || depthwiseInputGrad(b, node) || directInputGrad(b, node)) return;
  const ValueId dy = node.inputs[0], w = node.inputs[1], dx = node.outputs[0];
  const Geometry g = geometryOf(node);
  const Shape &xShape = b.shape(dx), &yShape = b.shape(dy), &wShape = b.shape(w);
  const auto describeWith = [&](int64_t xBlock, int64_t yBlock) {
    const auto hint = forwardDesc(xShape, xBlock, wShape, false, yShape, yBlock, g, PLAIN);
    return describeBackward<InputGrad>(dnnlAttributes(PLAIN), hint, DIRECT, imagesDesc(xShape, xBlock),
                                       weightsDesc(wShape, g.groups, true), imagesDesc(yShape, yBlock),
                                       g.strides, g.dilates, g.paddingLow, g.paddingHigh);
  };
  auto desc = describeWith(0, 0);
  int64_t xBlock = blockOfDesc(desc.diff_src_desc()), yBlock = blockOfDesc(desc.diff_dst_desc());
  if (xBlock == 0 || yBlock == 0) {
    xBlock = yBlock = 1;
    desc = describeWith(1, 1);
  }
  const BufferId grad = b.get(dy, yBlock).buffer;
  const BufferId weights = packWeights(b, w, g.groups, desc.weights_desc());
  dnnlStep(b, convName(node, xShape, wShape), InputGrad(desc),
           {{DNNL_ARG_DIFF_DST, desc.diff_dst_desc(), grad},
            {DNNL_ARG_WEIGHTS, desc.weights_desc(), weights},
            {DNNL_ARG_SCRATCHPAD, desc.scratchpad_desc(), scratchFor(b, desc.scratchpad_desc())},
            {DNNL_ARG_DIFF_SRC, desc.diff_src_desc(), b.make(dx, xBlock).buffer}});
}

void lowerConv2dWeightGrad(Builder& b, const Node& node) {
  if (b.isHalf(node.inputs[0])) return tileWeightGrad(b, node);
  if (winogradWeightGrad(b, node) || depthwiseWeightGrad(b, node) || directWeightGrad(b, node)) return;
  const ValueId x = node.inputs[0], dy = node.inputs[1], dw = node.outputs[0];
  const bool bias = node.flag("bias") && b.used(node.outputs[1]);
  const Geometry g = geometryOf(node);
  const Shape &xShape = b.shape(x), &yShape = b.shape(dy), &wShape = b.shape(dw);
  const auto describeWith = [&](int64_t xBlock, int64_t yBlock) {
    const auto attributes = dnnlAttributes(PLAIN);
    const auto hint = forwardDesc(xShape, xBlock, wShape, bias, yShape, yBlock, g, PLAIN);
    const auto xDesc = imagesDesc(xShape, xBlock), yDesc = imagesDesc(yShape, yBlock);
    const auto wDesc = weightsDesc(wShape, g.groups, true);
    if (!bias) {
      return describeBackward<WeightGrad>(attributes, hint, DIRECT, xDesc, wDesc, yDesc, g.strides, g.dilates,
                                          g.paddingLow, g.paddingHigh);
    }
    return describeBackward<WeightGrad>(attributes, hint, DIRECT, xDesc, wDesc, rowDesc(wShape[0]), yDesc,
                                        g.strides, g.dilates, g.paddingLow, g.paddingHigh);
  };
  auto desc = describeWith(0, 0);
  int64_t xBlock = blockOfDesc(desc.src_desc()), yBlock = blockOfDesc(desc.diff_dst_desc());
  if (xBlock == 0 || yBlock == 0 || isSlow(desc)) {
    xBlock = yBlock = 1;
    desc = describeWith(1, 1);
  }
  const BufferId source = b.get(x, xBlock).buffer;
  const BufferId grad = b.get(dy, yBlock).buffer;
  const memory::desc plain = weightsDesc(wShape, g.groups, false);
  const memory::desc packed = desc.diff_weights_desc();
  const BufferId result = b.make(dw).buffer;
  const BufferId target = packed == plain ? result : b.scratch(packed.get_size());
  std::vector<DnnlArgument> arguments = {
      {DNNL_ARG_SRC, desc.src_desc(), source},
      {DNNL_ARG_DIFF_DST, desc.diff_dst_desc(), grad},
      {DNNL_ARG_SCRATCHPAD, desc.scratchpad_desc(), scratchFor(b, desc.scratchpad_desc())},
      {DNNL_ARG_DIFF_WEIGHTS, packed, target}};
  if (bias) {
    const BufferId row = b.make(node.outputs[1]).buffer;
    arguments.push_back({DNNL_ARG_DIFF_BIAS, rowDesc(wShape[0]), row});
  }
  dnnlStep(b, convName(node, xShape, wShape), WeightGrad(desc), arguments);
  if (packed == plain) return;
  const dnnl::reorder::primitive_desc unpack(dnnlEngine(), packed, dnnlEngine(), plain);
  dnnlStep(b, "unpack weights", dnnl::reorder(unpack),
           {{DNNL_ARG_FROM, packed, target}, {DNNL_ARG_TO, plain, result}});
}

}  // namespace convoy
