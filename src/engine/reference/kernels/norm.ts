// Batch normalisation and its gradient, channel by channel.

import type { BatchNormAttrs } from "../../../graph/ops/batchNorm.js";
import { type Shape, sizeOf } from "../../../tensor/shape.js";
import { allocate } from "./indexing.js";
import type { Kernel, Kernels } from "./kernel.js";

/** Where the elements of each channel of [n, c, ...] lie. */
function channelsOf(shape: Shape): Int32Array[] {
  const [batch, channels] = shape;
  const plane = sizeOf(shape.slice(2));
  return Array.from({ length: channels }, (_, channel) =>
    Int32Array.from({ length: batch * plane }, (_, at) => {
      const image = Math.floor(at / plane);
      return (image * channels + channel) * plane + (at % plane);
    }),
  );
}

const sum = (places: Int32Array, term: (place: number) => number): number =>
  places.reduce((total, place) => total + term(place), 0);

const batchNorm: Kernel<BatchNormAttrs> = ([x, gamma, beta, residual], node) => {
  const { inputs, attrs } = node;
  const { shape } = inputs[0];
  const y = allocate(shape);
  const mean = new Float64Array(shape[1]);
  const variance = new Float64Array(shape[1]);
  for (const [channel, places] of channelsOf(shape).entries()) {
    mean[channel] = sum(places, (at) => x[at]) / places.length;
    variance[channel] = sum(places, (at) => (x[at] - mean[channel]) ** 2) / places.length;
    const scale = gamma[channel] / Math.sqrt(variance[channel] + attrs.eps);
    for (const at of places) {
      const value = (x[at] - mean[channel]) * scale + beta[channel] + (residual?.[at] ?? 0);
      y[at] = attrs.relu ? Math.max(value, 0) : value;
    }
  }
  return [y, mean, variance];
};

type BatchNormGradAttrs = BatchNormAttrs & { readonly residual: boolean };

const batchNormGrad: Kernel<BatchNormGradAttrs> = ([dy, x, gamma, mean, variance, y], node) => {
  const { inputs, attrs } = node;
  const d = attrs.relu ? dy.map((grad, at) => (y[at] > 0 ? grad : 0)) : dy;
  const dx = new Float64Array(dy.length);
  const dGamma = new Float64Array(gamma.length);
  const dBeta = new Float64Array(gamma.length);
  for (const [channel, places] of channelsOf(inputs[0].shape).entries()) {
    const inverse = 1 / Math.sqrt(variance[channel] + attrs.eps);
    const normalised = (at: number) => (x[at] - mean[channel]) * inverse;
    dBeta[channel] = sum(places, (at) => d[at]);
    dGamma[channel] = sum(places, (at) => d[at] * normalised(at));
    const meanGrad = dBeta[channel] / places.length;
    const meanProduct = dGamma[channel] / places.length;
    for (const at of places) {
      dx[at] = gamma[channel] * inverse * (d[at] - meanGrad - normalised(at) * meanProduct);
    }
  }
  return attrs.residual ? [dx, dGamma, dBeta, d] : [dx, dGamma, dBeta];
};

export const normKernels = { batchNorm, batchNormGrad } as Kernels;
