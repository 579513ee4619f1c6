// Names of single layers here and in PyTorch: what maps of names are put together of.

import type { Names } from "./nameMap.js";

/** One record of several. */
export const together = (parts: readonly Names[]): Names => Object.assign({}, ...parts);

/** A convolution or full connection with its bias. */
export const withBias = (own: string, theirs: string): Names => ({
  [`${own}.weight`]: `${theirs}.weight`,
  [`${own}.bias`]: `${theirs}.bias`,
});

/** A normalisation without statistics. */
export const norm = (own: string, theirs: string): Names => ({
  [`${own}.scale`]: `${theirs}.weight`,
  [`${own}.shift`]: `${theirs}.bias`,
});

/** Batch normalisation. */
export const batchNorm = (own: string, theirs: string): Names => ({
  ...norm(own, theirs),
  [`${own}.mean`]: `${theirs}.running_mean`,
  [`${own}.variance`]: `${theirs}.running_var`,
});

/** A convolution without bias, and the batch normalisation behind it. */
export const convNorm = (
  own: { readonly conv: string; readonly bn: string },
  theirs: readonly [conv: string, norm: string],
): Names => ({
  [`${own.conv}.weight`]: `${theirs[0]}.weight`,
  ...batchNorm(own.bn, theirs[1]),
});

/** A block here of a convolution `conv` and a batch normalisation `bn`. */
export const convBlock = (own: string, theirs: readonly [conv: string, norm: string]): Names =>
  convNorm({ conv: `${own}.conv`, bn: `${own}.bn` }, theirs);

/** PyTorch's sequence of a convolution and a batch normalisation, from a place in it on. */
export const sequence = (own: string, theirs: string, from = 0): Names =>
  convBlock(own, [`${theirs}.${from}`, `${theirs}.${from + 1}`]);
