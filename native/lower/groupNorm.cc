// Group normalisation and its gradient, in whatever layout the images have.
#include "lower/lower.h"

namespace convoy {
namespace {

int64_t groupsOf(const Node& node, const Images& im) {
  const auto groups = static_cast<int64_t>(node.number("groups"));
  if (groups > 0 && im.channels % groups == 0) return groups;
  throw std::invalid_argument(node.op + ": the groups do not divide the channels");
}

}  // namespace

void lowerGroupNorm(Builder& b, const Node& node) {
  const ValueId x = node.inputs[0];
  const int64_t block = b.blockOf(x);
  const Images im = b.images(x, block);
  const int64_t groups = groupsOf(node, im);
  const BufferId from = b.get(x, block).buffer;
  const BufferId gamma = b.plain(node.inputs[1]), beta = b.plain(node.inputs[2]);
  const bool hasResidual = node.inputs.size() > 3;
  const BufferId residual = hasResidual ? b.get(node.inputs[3], block).buffer : from;
  const BufferId y = b.make(node.outputs[0], block).buffer;
  const BufferId mean = b.make(node.outputs[1]).buffer, variance = b.make(node.outputs[2]).buffer;
  const float eps = static_cast<float>(node.number("eps"));
  const Activation activation = activationOf(node);
  b.step("groupNorm", {from, gamma, beta, residual, y, mean, variance}, [=](const Run& r) {
    kernels().groupNorm({im, groups, r.f32(from), r.f32(gamma), r.f32(beta),
                         hasResidual ? r.f32(residual) : nullptr, eps, activation, r.f32(y), r.f32(mean),
                         r.f32(variance)});
  });
}

void lowerGroupNormGrad(Builder& b, const Node& node) {
  const ValueId xValue = node.inputs[1];
  const int64_t block = b.blockOf(xValue);
  const Images im = b.images(xValue, block);
  const int64_t groups = groupsOf(node, im);
  const BufferId dy = b.get(node.inputs[0], block).buffer, x = b.get(xValue, block).buffer;
  const BufferId gamma = b.plain(node.inputs[2]), beta = b.plain(node.inputs[3]);
  const BufferId mean = b.plain(node.inputs[4]), variance = b.plain(node.inputs[5]);
  const bool hasResidual = node.flag("residual") && b.used(node.outputs[3]);
  const bool readsY = node.inputs.size() > 6;
  const BufferId y = readsY ? b.get(node.inputs[6], block).buffer : x;
  const BufferId scratch = b.scratch(
      static_cast<size_t>(im.count * groupNormScratch(im.channels, groups)) * sizeof(float));
  const BufferId dgamma = b.make(node.outputs[1]).buffer, dbeta = b.make(node.outputs[2]).buffer;
  const BufferId dres = hasResidual ? b.make(node.outputs[3], block).buffer : dy;
  const BufferId dx = b.make(node.outputs[0], block).buffer;
  const float eps = static_cast<float>(node.number("eps"));
  const Activation activation = activationOf(node);
  b.step("groupNormGrad", {dy, x, gamma, beta, mean, variance, y, dx, dgamma, dbeta, dres, scratch},
         [=](const Run& r) {
           kernels().groupNormGrad({im, groups, r.f32(dy), r.f32(x), r.f32(gamma), r.f32(beta), r.f32(mean),
                                    r.f32(variance), readsY ? r.f32(y) : nullptr, eps, activation, r.f32(dx),
                                    r.f32(dgamma), r.f32(dbeta),
                                    hasResidual ? r.f32(dres) : nullptr, r.f32(scratch)});
         });
}

}  // namespace convoy
