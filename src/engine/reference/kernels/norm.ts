// Batch and group normalisation and their gradients. They differ only in which numbers share statistics.

import type { BatchNormAttrs, GroupNormAttrs } from "../../../graph/ops/norm.js";
import { type Shape, sizeOf } from "../../../tensor/shape.js";
import { activated, slopeOf } from "./activation.js";
import { allocate } from "./indexing.js";
import type { Kernel, Kernels } from "./kernel.js";

/** Where the elements of each set that shares statistics lie, for images [n, c, ...]. */
type Sets<A> = (shape: Shape, attrs: A) => Int32Array[];

/** One set a channel. */
const byChannel: Sets<BatchNormAttrs> = (shape) => {
  const [batch, channels] = shape;
  const plane = sizeOf(shape.slice(2));
  return Array.from({ length: channels }, (_, channel) =>
    Int32Array.from({ length: batch * plane }, (_, at) => {
      const image = Math.floor(at / plane);
      return (image * channels + channel) * plane + (at % plane);
    }),
  );
};

/** One set a group of each image: elements behind each other. */
const byGroup: Sets<GroupNormAttrs> = (shape, { groups }) => {
  const count = shape[0] * groups;
  const length = sizeOf(shape) / count;
  return Array.from({ length: count }, (_, group) =>
    Int32Array.from({ length }, (_, at) => group * length + at),
  );
};

const sum = (places: Int32Array, term: (place: number) => number): number =>
  places.reduce((total, place) => total + term(place), 0);

/** The channel of an element. */
function channelOf(shape: Shape): (at: number) => number {
  const plane = sizeOf(shape.slice(2));
  return (at) => Math.floor(at / plane) % shape[1];
}

const norm =
  <A extends BatchNormAttrs>(sets: Sets<A>): Kernel<A> =>
  ([x, gamma, beta, residual], { inputs, attrs }) => {
    const { shape } = inputs[0];
    const channel = channelOf(shape);
    const all = sets(shape, attrs);
    const y = allocate(shape);
    const mean = new Float64Array(all.length);
    const variance = new Float64Array(all.length);
    for (const [set, places] of all.entries()) {
      mean[set] = sum(places, (at) => x[at]) / places.length;
      variance[set] = sum(places, (at) => (x[at] - mean[set]) ** 2) / places.length;
      const inverse = 1 / Math.sqrt(variance[set] + attrs.eps);
      for (const at of places) {
        const affine = (x[at] - mean[set]) * inverse * gamma[channel(at)] + beta[channel(at)];
        y[at] = affine + (residual?.[at] ?? 0);
      }
    }
    return [activated(attrs.activation, y), mean, variance];
  };

/** With given statistics, that may have been rounded. */
const apply: Kernel<BatchNormAttrs> = (
  [x, gamma, beta, mean, variance, residual],
  { inputs, attrs },
) => {
  const channel = channelOf(inputs[0].shape);
  const y = Float64Array.from(x, (value, at) => {
    const c = channel(at);
    const affine = ((value - mean[c]) / Math.sqrt(variance[c] + attrs.eps)) * gamma[c] + beta[c];
    return affine + (residual?.[at] ?? 0);
  });
  return [activated(attrs.activation, y)];
};

const normGrad =
  <A extends BatchNormAttrs>(sets: Sets<A>): Kernel<A & { readonly residual: boolean }> =>
  ([dy, x, gamma, beta, mean, variance, y], { inputs, attrs }) => {
    const { shape } = inputs[0];
    const channel = channelOf(shape);
    const slope = slopeOf[attrs.activation];
    const d = new Float64Array(dy.length);
    const dx = new Float64Array(dy.length);
    const dGamma = new Float64Array(gamma.length);
    const dBeta = new Float64Array(gamma.length);
    for (const [set, places] of sets(shape, attrs).entries()) {
      const inverse = 1 / Math.sqrt(variance[set] + attrs.eps);
      const normalised = (at: number) => (x[at] - mean[set]) * inverse;
      for (const at of places) {
        const result = y?.[at] ?? normalised(at) * gamma[channel(at)] + beta[channel(at)];
        d[at] = dy[at] * slope(result);
      }
      const scaled = (at: number) => d[at] * gamma[channel(at)];
      const meanGrad = sum(places, scaled) / places.length;
      const meanProduct = sum(places, (at) => scaled(at) * normalised(at)) / places.length;
      for (const at of places) {
        dx[at] = inverse * (scaled(at) - meanGrad - normalised(at) * meanProduct);
        dGamma[channel(at)] += d[at] * normalised(at);
        dBeta[channel(at)] += d[at];
      }
    }
    return attrs.residual ? [dx, dGamma, dBeta, d] : [dx, dGamma, dBeta];
  };

export const normKernels = {
  batchNorm: norm(byChannel),
  batchNormApply: apply,
  batchNormGrad: normGrad(byChannel),
  groupNorm: norm(byGroup),
  groupNormGrad: normGrad(byGroup),
} satisfies Partial<Kernels>;
