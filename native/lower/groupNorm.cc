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
  const BufferId residual = hasResidual ? b.get(node.inputs[3], block).buffer : -1;
  const BufferId y = b.make(node.outputs[0], block).buffer;
  const BufferId mean = b.make(node.outputs[1]).buffer, variance = b.make(node.outputs[2]).buffer;
  const float eps = static_cast<float>(node.number("eps"));
  const Activation activation = activationOf(node);
  Task task = imageTask("groupNorm", im, {gamma, beta}, {from, residual, y, mean, variance});
  task.runPiece = [=](const Run& r, const Piece& p) {
    const int64_t start = p.start(im), first = p.first * groups;
    kernels().groupNorm({p.of(im), groups, r.f32(from) + start, r.f32(gamma), r.f32(beta),
                         hasResidual ? r.f32(residual) + start : nullptr, eps, activation, r.f32(y) + start,
                         r.f32(mean) + first, r.f32(variance) + first});
  };
  b.imageStep(std::move(task));
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
  const BufferId y = readsY ? b.get(node.inputs[6], block).buffer : -1;
  const int64_t numbers = groupNormSums(im.channels, groups);
  const BufferId sums = b.scratch(static_cast<size_t>(im.count * numbers) * sizeof(float));
  const BufferId dres = hasResidual ? b.make(node.outputs[3], block).buffer : -1;
  const BufferId dx = b.make(node.outputs[0], block).buffer;
  const float eps = static_cast<float>(node.number("eps"));
  const Activation activation = activationOf(node);
  Task task = imageTask("groupNormGrad", im, {gamma, beta}, {dy, x, mean, variance, y, dx, dres, sums});
  task.runPiece = [=](const Run& r, const Piece& p) {
    const int64_t start = p.start(im), first = p.first * groups;
    kernels().groupNormGrad({p.of(im), groups, r.f32(dy) + start, r.f32(x) + start, r.f32(gamma), r.f32(beta),
                             r.f32(mean) + first, r.f32(variance) + first,
                             readsY ? r.f32(y) + start : nullptr, eps, activation, r.f32(dx) + start,
                             hasResidual ? r.f32(dres) + start : nullptr, r.f32(sums) + p.first * numbers});
  };
  b.imageStep(std::move(task));
  const BufferId dgamma = b.make(node.outputs[1]).buffer, dbeta = b.make(node.outputs[2]).buffer;
  b.step("groupNormGrad slopes", {sums, dgamma, dbeta}, [=](const Run& r) {
    kernels().groupNormSlopes(
        {im.count, im.channels, groups, r.f32(sums), r.f32(dgamma), r.f32(dbeta)});
  });
}

}  // namespace convoy
