// Rows of a table by their numbers: taken, and added up, each the gradient of the other. A number out of range is that of no row.

import { formatShape, sameShape, sizeOf } from "../../tensor/shape.js";
import { expectDtype, expectWhole, MOST_ELEMENTS } from "../expect.js";
import { apply, type Op, type Value } from "../graph.js";

export const takeRowsOp: Op<Record<string, never>> = {
  name: "takeRows",
  infer([at, table]) {
    expectDtype("takeRows", "f32", table);
    expectDtype("takeRows", "i32", at);
    if (table.shape.length === 0) throw new RangeError("takeRows: expected a table of rows");
    return [{ dtype: "f32", shape: [...at.shape, ...table.shape.slice(1)] }];
  },
  gradient: ({ inputs: [at, table] }, [dy]) => [undefined, addRows(at, dy!, table.shape[0])],
  flops: () => 0,
};

/**
 * The rows of `table` [count, ...rest] whose numbers are `at`, i32 of shape s: [...s, ...rest]. A number out of range gives
 * a row of zeros.
 *
 * @throws RangeError for other types, and a table without axes.
 * @example
 * const graph = new Graph();
 * takeRows(input(graph, "at", [8, 5], "i32"), input(graph, "table", [100, 16])).shape; // [8, 5, 16]
 */
export const takeRows = (at: Value, table: Value): Value => apply(takeRowsOp, [at, table], {});

export const addRowsOp: Op<{ readonly count: number }> = {
  name: "addRows",
  infer([at, x], { count }) {
    expectDtype("addRows", "f32", x);
    expectDtype("addRows", "i32", at);
    expectWhole("addRows", "count", count, 1, MOST_ELEMENTS);
    const rank = at.shape.length;
    if (!sameShape(x.shape.slice(0, rank), at.shape)) {
      throw new RangeError(
        `addRows: ${formatShape(x.shape)} has not a row for each number of ${formatShape(at.shape)}`,
      );
    }
    return [{ dtype: "f32", shape: [count, ...x.shape.slice(rank)] }];
  },
  gradient: ({ inputs: [at] }, [dy]) => [undefined, takeRows(at, dy!)],
  flops: ({ inputs: [, x] }) => sizeOf(x.shape),
};

/**
 * A table of `count` rows, each the sum of the rows of `x` [...s, ...rest] that have its number in `at`, i32 of shape s:
 * [count, ...rest]. Rows whose number is out of range are left out. In the native engine in double precision, in an order
 * that does not depend on the number of threads.
 *
 * @throws RangeError for other types and shapes.
 * @example
 * const graph = new Graph();
 * addRows(input(graph, "at", [8, 5], "i32"), input(graph, "x", [8, 5, 16]), 100).shape; // [100, 16]
 */
export const addRows = (at: Value, x: Value, count: number): Value =>
  apply(addRowsOp, [at, x], { count });
