// Batch normalisation and its gradient, in whatever layout the images have: steps along the batch, with small
// ones between them that bring the sums of its parts together.
#include "lower/lower.h"

namespace convoy {
namespace {

size_t floatBytes(int64_t count) { return static_cast<size_t>(count) * sizeof(float); }

BufferId floats(Builder& b, int64_t count) { return b.scratch(floatBytes(count)); }

/** Sums of all parts of a batch. */
struct Sums {
  BufferId buffer;
  int64_t parts, bytes;  // of one part

  Sums(Builder& b, const Images& im)
      : parts(partsOf(im.count)), bytes(paddedChannels(im) * NORM_SUMS) {
    buffer = b.scratch(static_cast<size_t>(parts * bytes));
  }
  void* of(const Run& r, const Piece& p) const { return static_cast<char*>(r.raw(buffer)) + p.part * bytes; }
};

float* optional(const Run& r, BufferId buffer, int64_t start) {
  return buffer >= 0 ? r.f32(buffer) + start : nullptr;
}

}  // namespace

void lowerBatchNorm(Builder& b, const Node& node) {
  const ValueId xValue = node.inputs[0];
  const int64_t block = b.blockOf(xValue);
  const Images im = b.images(xValue, block);
  const int64_t padded = paddedChannels(im);
  const BufferId x = b.get(xValue, block).buffer;
  const BufferId gamma = b.plain(node.inputs[1]), beta = b.plain(node.inputs[2]);
  const BufferId residual = node.inputs.size() > 3 ? b.get(node.inputs[3], block).buffer : -1;
  const Sums sums(b, im);
  const BufferId scale = floats(b, padded), shift = floats(b, padded);
  const float eps = static_cast<float>(node.number("eps"));

  Task sum = imageTask("batchNorm sums", im, {}, {x});
  sum.byPart = {sums.buffer};
  sum.runPiece = [=](const Run& r, const Piece& p) {
    kernels().batchNormSums({p.of(im), r.f32(x) + p.start(im), p.opens, sums.of(r, p)});
  };
  b.imageStep(std::move(sum));

  const BufferId mean = b.make(node.outputs[1]).buffer, variance = b.make(node.outputs[2]).buffer;
  b.step("batchNorm scale", {sums.buffer, gamma, beta, mean, variance, scale, shift}, [=](const Run& r) {
    kernels().batchNormScale({im.channels, padded, sums.parts, r.raw(sums.buffer), r.f32(gamma), r.f32(beta),
                              eps, r.f32(mean), r.f32(variance), r.f32(scale), r.f32(shift)});
  });

  const Activation activation = activationOf(node);
  const auto apply = [=, &b](BufferId y) {
    Task task = imageTask("batchNorm", im, {scale, shift}, {x, residual, y});
    task.runPiece = [=](const Run& r, const Piece& p) {
      const int64_t start = p.start(im);
      kernels().batchNorm({p.of(im), r.f32(x) + start, optional(r, residual, start), r.f32(scale),
                           r.f32(shift), activation, r.f32(y) + start});
    };
    b.imageStep(std::move(task));
    return y;
  };
  apply(b.make(node.outputs[0], block).buffer);
  if (residual >= 0) return;
  b.remake(node.outputs[0], xValue, [=, &b] { return apply(b.scratch(floatBytes(im.size()), Kind::Gradients)); });
}

void lowerBatchNormGrad(Builder& b, const Node& node) {
  const ValueId dyValue = node.inputs[0], xValue = node.inputs[1];
  const int64_t block = b.blockOf(xValue);
  const Images im = b.images(xValue, block);
  const int64_t padded = paddedChannels(im);
  const BufferId dy = b.get(dyValue, block).buffer, x = b.get(xValue, block).buffer;
  const BufferId gamma = b.plain(node.inputs[2]), beta = b.plain(node.inputs[3]);
  const BufferId mean = b.plain(node.inputs[4]), variance = b.plain(node.inputs[5]);
  const bool hasResidual = node.flag("residual") && b.used(node.outputs[3]);
  const BufferId y = node.inputs.size() > 6 ? b.get(node.inputs[6], block).buffer : -1;
  const Activation activation = activationOf(node);
  const Sums sums(b, im);
  const BufferId forward = floats(b, 3 * padded), slopes = floats(b, 2 * padded);
  const auto numbers = [=](const Run& r) -> BatchNormNumbers {
    float *f = r.f32(forward), *s = r.f32(slopes);
    return {f, f + padded, f + 2 * padded, s, s + padded};
  };
  const BufferId dgamma = b.make(node.outputs[1]).buffer, dbeta = b.make(node.outputs[2]).buffer;
  const float eps = static_cast<float>(node.number("eps"));
  const double count = static_cast<double>(im.count * im.pixels());
  const auto collect = [=](const Run& r) -> BatchNormNumbersArgs {
    return {im.channels, padded,       sums.parts,  count, r.raw(sums.buffer), r.f32(gamma), r.f32(beta),
            r.f32(mean), r.f32(variance), eps, numbers(r), r.f32(dgamma), r.f32(dbeta)};
  };
  const BufferId dresidual = hasResidual ? b.make(node.outputs[3], block).buffer : -1;

  b.step("batchNormGrad numbers", {gamma, beta, mean, variance, forward},
         [=](const Run& r) { kernels().batchNormForward(collect(r)); });

  const auto grad = [=](const Run& r, const Piece& p, BufferId dx) -> BatchNormGradArgs {
    const int64_t start = p.start(im);
    return {p.of(im),   r.f32(dy) + start,       r.f32(x) + start,
            optional(r, y, start), activation,   numbers(r),
            optional(r, dx, start), optional(r, dresidual, start), p.opens, sums.of(r, p)};
  };
  Task sum = imageTask("batchNormGrad sums", im, {forward}, {dy, x, y, dresidual});
  sum.byPart = {sums.buffer};
  sum.runPiece = [=](const Run& r, const Piece& p) { kernels().batchNormGradSums(grad(r, p, -1)); };
  b.imageStep(std::move(sum));

  b.step("batchNormGrad numbers", {sums.buffer, gamma, mean, variance, slopes, dgamma, dbeta},
         [=](const Run& r) { kernels().batchNormSlopes(collect(r)); });

  const BufferId dx = b.make(node.outputs[0], block).buffer;
  Task apply = imageTask("batchNormGrad", im, {forward, slopes}, {dy, x, y, dresidual, dx});
  apply.runPiece = [=](const Run& r, const Piece& p) { kernels().batchNormGrad(grad(r, p, dx)); };
  apply.result = dx;
  apply.operand = dy;
  b.imageStep(std::move(apply));
}

}  // namespace convoy
