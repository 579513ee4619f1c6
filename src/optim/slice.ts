// A part of a net's trainable numbers as a layout of its own, so that what is done with nets can be done with it.

import { type Param, type ParamLayout, trainedParams } from "../graph/index.js";
import { sizeOf } from "../tensor/shape.js";

/** A contiguous part of a net's trainable numbers. */
export interface Slice {
  /** The net that it belongs to. */
  readonly net: ParamLayout;
  /** Its first element in the net. */
  readonly from: number;
  /** Its own parameters: those of the net, and pieces of those that are cut. */
  readonly layout: ParamLayout;
}

/** All of a net as one part. */
export const wholeOf = (net: ParamLayout): Slice => ({ net, from: 0, layout: net });

/** What of a parameter lies in `[from, to)`, laid out from `from` on; `undefined` for nothing. */
function pieceOf(param: Param, from: number, to: number): Param | undefined {
  const { name, shape, offset } = param;
  const size = sizeOf(shape);
  const [start, end] = [Math.max(offset, from), Math.min(offset + size, to)];
  if (start >= end) return undefined;
  if (end - start === size) return { ...param, offset: offset - from };
  const row = size / shape[0];
  const rows = [start - offset, end - start].every((elements) => elements % row === 0);
  return {
    ...param,
    name: `${name}[${start - offset}:${end - offset}]`,
    shape: rows ? [(end - start) / row, ...shape.slice(1)] : [end - start],
    offset: start - from,
  };
}

/** The elements `[from, to)` of a net's trainable ones. */
export function sliceOf(net: ParamLayout, from: number, to: number): Slice {
  const params = trainedParams(net).flatMap((param) => pieceOf(param, from, to) ?? []);
  return { net, from, layout: { params, length: to - from, trainable: to - from } };
}
