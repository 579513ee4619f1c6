// The plane along which rows spread most (Pearson 1901; Hotelling 1933).

import { percent } from "../../text/format.js";
import { type Matrix, takeRows } from "../matrix.js";
import { pca } from "../pca.js";
import { checkRows, type Projection } from "./projection.js";

/** Rows that components are found on: finding them takes the cube of this. */
const LOOKED_AT = 500;

/** Coordinates along the two first components [rows, 2], 0 where there is one only, and their shares of the variance. */
export function principalPoints(rows: Matrix): { points: Matrix; shares: readonly number[] } {
  const count = Math.min(rows.rows, LOOKED_AT);
  const looked = Int32Array.from({ length: count }, (_, at) =>
    Math.floor((at * rows.rows) / count),
  );
  const { transform, shares } = pca(takeRows(rows, looked), Math.min(2, count, rows.columns));
  const { data, columns } = transform(rows);
  const points = new Float64Array(2 * rows.rows);
  for (let row = 0; row < rows.rows; row++)
    for (let k = 0; k < columns; k++) points[2 * row + k] = data[row * columns + k];
  return { points: { data: points, rows: rows.rows, columns: 2 }, shares: [...shares] };
}

export const principal: Projection = {
  name: "pca",
  title: "principal components",
  source: "Pearson 1901; Hotelling 1933",
  async project(rows) {
    checkRows("pca", rows);
    const { points, shares } = principalPoints(rows);
    const along = (k: number) =>
      `component ${k + 1}, ${percent(shares[k] ?? 0, 0)} of the variance`;
    const note = `they hold ${percent((shares[0] ?? 0) + (shares[1] ?? 0), 0)} of the variance`;
    return { points, note, axes: [along(0), along(1)] };
  },
};
