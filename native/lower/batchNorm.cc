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

/** Images from one on; null where there are none. */
template <class Number>
Number* imagesAt(const Run& r, BufferId buffer, int64_t start) {
  return buffer >= 0 ? static_cast<Number*>(r.raw(buffer)) + start : nullptr;
}

/** The layout of the node's images: whatever they have, and of bf16 channels-last. */
Images imagesOf(const Builder& b, ValueId x) {
  return b.images(x, b.isHalf(x) ? b.shape(x)[1] : b.blockOf(x));
}

/** The kernels by the type of the images' numbers. */
template <class Number>
struct NormKernels {
  void (*sums)(const NormSumsArgs<Number>&);
  void (*norm)(const NormArgs<Number>&);
  void (*gradSums)(const NormGradArgs<Number>&);
  void (*grad)(const NormGradArgs<Number>&);
};

template <class Number>
NormKernels<Number> normKernels();
template <>
NormKernels<float> normKernels() {
  const Kernels& k = kernels();
  return {k.batchNormSums, k.batchNorm, k.batchNormGradSums, k.batchNormGrad};
}
template <>
NormKernels<uint16_t> normKernels() {
  const Kernels& k = kernels();
  return {k.halfNormSums, k.halfNorm, k.halfNormGradSums, k.halfNormGrad};
}

float epsOf(const Node& node) { return static_cast<float>(node.number("eps")); }

/** What normalises each channel. */
struct Statistics {
  BufferId gamma, beta, mean, variance;
};

/** The same as a product and a sum. */
struct Scale {
  BufferId buffer;
  int64_t padded;

  BatchNormScale of(const Run& r) const {
    float* mean = r.f32(buffer);
    return {mean, mean + padded, mean + 2 * padded};
  }
};

Scale scaleStep(Builder& b, const Node& node, const Images& im, const Statistics& s) {
  const Scale scale = {floats(b, NORM_SCALE * paddedChannels(im)), paddedChannels(im)};
  const float eps = epsOf(node);
  b.step("batchNorm scale", {s.gamma, s.beta, s.mean, s.variance, scale.buffer}, [=](const Run& r) {
    kernels().batchNormScale({im.channels, scale.padded, r.f32(s.gamma), r.f32(s.beta), r.f32(s.mean),
                              r.f32(s.variance), eps, scale.of(r)});
  });
  return scale;
}

/** The second pass, to the node's first result. */
template <class Number>
void applyNorm(Builder& b, const Node& node, const Statistics& statistics, BufferId residual) {
  const Images im = imagesOf(b, node.inputs[0]);
  const Scale scale = scaleStep(b, node, im, statistics);
  const BufferId x = b.get(node.inputs[0], im.block).buffer, y = b.make(node.outputs[0], im.block).buffer;
  const Activation activation = activationOf(node);
  Task task = imageTask("batchNorm", im, {scale.buffer}, {x, residual, y});
  task.runPiece = [=](const Run& r, const Piece& p) {
    const int64_t start = p.start(im);
    const BatchNormScale by = scale.of(r);
    normKernels<Number>().norm({p.of(im), imagesAt<Number>(r, x, start), imagesAt<Number>(r, residual, start), by.scale,
                                by.shift, activation, imagesAt<Number>(r, y, start)});
  };
  b.imageStep(std::move(task));
}

template <class Number>
void lowerNorm(Builder& b, const Node& node) {
  const ValueId xValue = node.inputs[0];
  const Images im = imagesOf(b, xValue);
  const BufferId x = b.get(xValue, im.block).buffer;
  const Sums sums(b, im);
  Task sum = imageTask("batchNorm sums", im, {}, {x});
  sum.byPart = {sums.buffer};
  sum.runPiece = [=](const Run& r, const Piece& p) {
    normKernels<Number>().sums({p.of(im), imagesAt<Number>(r, x, p.start(im)), p.opens, sums.of(r, p)});
  };
  b.imageStep(std::move(sum));

  const BufferId mean = b.make(node.outputs[1]).buffer, variance = b.make(node.outputs[2]).buffer;
  b.step("batchNorm statistics", {sums.buffer, mean, variance}, [=](const Run& r) {
    kernels().batchNormStatistics({im.channels, paddedChannels(im), sums.parts, r.raw(sums.buffer), r.f32(mean),
                                   r.f32(variance)});
  });
  const BufferId residual = node.inputs.size() > 3 ? b.get(node.inputs[3], im.block).buffer : -1;
  applyNorm<Number>(b, node, {b.plain(node.inputs[1]), b.plain(node.inputs[2]), mean, variance}, residual);
}

template <class Number>
void lowerApply(Builder& b, const Node& node) {
  const int64_t block = imagesOf(b, node.inputs[0]).block;
  const BufferId residual = node.inputs.size() > 5 ? b.get(node.inputs[5], block).buffer : -1;
  applyNorm<Number>(
      b, node, {b.plain(node.inputs[1]), b.plain(node.inputs[2]), b.plain(node.inputs[3]), b.plain(node.inputs[4])},
      residual);
}

template <class Number>
void lowerGrad(Builder& b, const Node& node) {
  const ValueId dyValue = node.inputs[0], xValue = node.inputs[1];
  const Images im = imagesOf(b, xValue);
  const int64_t block = im.block;
  const int64_t padded = paddedChannels(im);
  const BufferId dy = b.get(dyValue, block).buffer, x = b.get(xValue, block).buffer;
  const BufferId gamma = b.plain(node.inputs[2]), beta = b.plain(node.inputs[3]);
  const BufferId mean = b.plain(node.inputs[4]), variance = b.plain(node.inputs[5]);
  const bool hasResidual = node.flag("residual") && b.used(node.outputs[3]);
  const BufferId y = node.inputs.size() > 6 ? b.get(node.inputs[6], block).buffer : -1;
  const Activation activation = activationOf(node);
  const Sums sums(b, im);
  const BufferId slopes = floats(b, 2 * padded);
  const BufferId dgamma = b.make(node.outputs[1]).buffer, dbeta = b.make(node.outputs[2]).buffer;
  const BufferId dresidual = hasResidual ? b.make(node.outputs[3], block).buffer : -1;
  const Scale forward = scaleStep(b, node, im, {gamma, beta, mean, variance});

  const auto grad = [=](const Run& r, const Piece& p, BufferId dx) -> NormGradArgs<Number> {
    const int64_t start = p.start(im);
    const float* slope = r.f32(slopes);
    return {p.of(im),
            imagesAt<Number>(r, dy, start),
            imagesAt<Number>(r, x, start),
            imagesAt<Number>(r, y, start),
            activation,
            forward.of(r),
            slope,
            slope + padded,
            imagesAt<Number>(r, dx, start),
            imagesAt<Number>(r, dresidual, start),
            p.opens,
            sums.of(r, p)};
  };
  Task sum = imageTask("batchNormGrad sums", im, {forward.buffer}, {dy, x, y, dresidual});
  sum.byPart = {sums.buffer};
  sum.runPiece = [=](const Run& r, const Piece& p) { normKernels<Number>().gradSums(grad(r, p, -1)); };
  b.imageStep(std::move(sum));

  const float eps = epsOf(node);
  const double count = static_cast<double>(im.count * im.pixels());
  b.step("batchNormGrad slopes", {sums.buffer, gamma, mean, variance, slopes, dgamma, dbeta}, [=](const Run& r) {
    float* slope = r.f32(slopes);
    kernels().batchNormSlopes({im.channels, padded, sums.parts, count, r.raw(sums.buffer), r.f32(gamma),
                               r.f32(mean), r.f32(variance), eps, slope, slope + padded, r.f32(dgamma),
                               r.f32(dbeta)});
  });

  const BufferId dx = b.make(node.outputs[0], block).buffer;
  Task apply = imageTask("batchNormGrad", im, {forward.buffer, slopes}, {dy, x, y, dresidual, dx});
  apply.runPiece = [=](const Run& r, const Piece& p) { normKernels<Number>().grad(grad(r, p, dx)); };
  apply.result = dx;
  apply.operand = dy;
  b.imageStep(std::move(apply));
}

}  // namespace

void lowerBatchNorm(Builder& b, const Node& node) {
  b.isHalf(node.inputs[0]) ? lowerNorm<uint16_t>(b, node) : lowerNorm<float>(b, node);
}

void lowerBatchNormApply(Builder& b, const Node& node) {
  b.isHalf(node.inputs[0]) ? lowerApply<uint16_t>(b, node) : lowerApply<float>(b, node);
}

void lowerBatchNormGrad(Builder& b, const Node& node) {
  b.isHalf(node.inputs[0]) ? lowerGrad<uint16_t>(b, node) : lowerGrad<float>(b, node);
}

}  // namespace convoy
