// The parts of a gradient that are compressed one by one: the tensors of the net.

import { type ParamLayout, trainedParams } from "../../graph/index.js";
import { sizeOf } from "../../tensor/shape.js";

/** One tensor as a matrix: outputs times everything else. A tensor of one axis has a single row. */
export interface Section {
  readonly start: number;
  readonly end: number;
  readonly size: number;
  readonly rows: number;
  readonly columns: number;
}

/** The sections of a layout's trainable part, in order and without gaps. */
export const sectionsOf = (layout: ParamLayout): readonly Section[] =>
  trainedParams(layout).map(({ offset, shape }) => {
    const size = sizeOf(shape);
    const rows = shape.length > 1 ? shape[0] : 1;
    return { start: offset, end: offset + size, size, rows, columns: size / rows };
  });
