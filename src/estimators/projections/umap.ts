// UMAP (McInnes, Healy and Melville 2018, arXiv 1802.03426) by the package umap-js, which is loaded only when it is asked for.

import { InputError } from "../../inputError.js";
import { Random } from "../../tensor/philox.js";
import { DEFAULT_RANDOM } from "../estimator.js";
import { type Matrix, matrixOf, rowOf } from "../matrix.js";
import { checkRows, type Projection } from "./projection.js";

/** Neighbours that a row is joined to, where there are enough rows. */
const NEIGHBOURS = 15;
/** Smallest distance of points, on the scale of the plane. */
const DISTANCE = 0.1;

async function loadUmap() {
  try {
    return (await import("umap-js")).UMAP;
  } catch (error) {
    throw new InputError(
      `UMAP is made by the package umap-js, which does not load (${(error as Error).message}); type: npm install umap-js`,
    );
  }
}

const listOf = (rows: Matrix) => Array.from({ length: rows.rows }, (_, at) => [...rowOf(rows, at)]);

export const umap: Projection = {
  name: "umap",
  title: "UMAP",
  source: "McInnes, Healy and Melville 2018, arXiv 1802.03426",
  async project(rows, random = DEFAULT_RANDOM) {
    checkRows("umap", rows);
    const Umap = await loadUmap();
    const numbers = new Random(random);
    const nNeighbors = Math.min(NEIGHBOURS, rows.rows - 1);
    const options = { nNeighbors, minDist: DISTANCE, random: () => numbers.uniform() };
    const points = matrixOf(new Umap(options).fit(listOf(rows)));
    return { points, note: `${nNeighbors} neighbours, smallest distance ${DISTANCE}` };
  },
};
