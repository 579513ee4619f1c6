// A decision tree that is grown until its leaves are pure (Breiman, Friedman, Olshen and Stone 1984), by the Gini
// impurity, with some features drawn for each split.

import type { Random } from "../tensor/philox.js";
import { type Matrix, rowOf } from "./matrix.js";

/** Features as a tree wants them, once for all trees of a forest. */
export interface Ranked {
  readonly rows: number;
  readonly columns: number;
  /** Different values of each column, rising. */
  readonly values: readonly Float64Array[];
  /** Place of each entry among its column's values, column by column: [columns, rows]. */
  readonly ranks: Int32Array;
}

/** Ranks the entries of each column. */
export function rank(features: Matrix): Ranked {
  const { data, rows, columns } = features;
  const values: Float64Array[] = [];
  const ranks = new Int32Array(rows * columns);
  for (let column = 0; column < columns; column++) {
    const entries = Float64Array.from({ length: rows }, (_, row) => data[row * columns + column]);
    // `-0` is 0 here.
    const different = Float64Array.from(new Set(entries)).sort();
    const places = new Map([...different].map((value, at) => [value, at]));
    for (let row = 0; row < rows; row++) ranks[column * rows + row] = places.get(entries[row])!;
    values.push(different);
  }
  return { rows, columns, values, ranks };
}

/** What trees are grown from. */
export interface TreeData {
  readonly ranked: Ranked;
  /** Class of each row, from 0. */
  readonly of: Int32Array;
  readonly classes: number;
}

/** How a tree is grown. */
export interface TreeOptions {
  /** Features that are looked at for a split; those that are constant there do not count. */
  readonly features: number;
  /** Samples that a node needs to be split; 2 or more. */
  readonly minSplit: number;
  /** Splits from the root to a leaf at most. */
  readonly depth: number;
}

/** A split in two, or a leaf. */
export type Tree =
  | { readonly column: number; readonly threshold: number; readonly low: Tree; readonly high: Tree }
  /** Shares of the classes. */
  | { readonly shares: Float64Array };

interface Split {
  readonly column: number;
  /** Entries of this rank and lower go to the low side. */
  readonly rank: number;
  /** The next rank that occurs here. */
  readonly above: number;
  /** Sum over both sides of (sum of squared counts) / count: the higher, the purer. */
  readonly purity: number;
}

const sumOfSquares = (counts: Float64Array) =>
  counts.reduce((sum, count) => sum + count * count, 0);

/** The purest split of some rows by one column; `undefined` when it is constant there. */
function splitBy({ ranked, of, classes }: TreeData, rows: Int32Array, column: number) {
  // Sorted as numbers, rank and class come together; a comparison of objects would take most of the time.
  const keys = Float64Array.from(
    rows,
    (row) => ranked.ranks[column * ranked.rows + row] * classes + of[row],
  ).sort();
  const low = new Float64Array(classes);
  const high = new Float64Array(classes);
  for (const row of rows) high[of[row]]++;
  let [lowSquares, highSquares] = [0, sumOfSquares(high)];
  let best: Split | undefined;
  for (let at = 0; at + 1 < keys.length; at++) {
    const one = keys[at] % classes;
    lowSquares += 2 * low[one]++ + 1;
    highSquares -= 2 * high[one]-- - 1;
    const rank = Math.floor(keys[at] / classes);
    const above = Math.floor(keys[at + 1] / classes);
    if (rank === above) continue;
    const purity = lowSquares / (at + 1) + highSquares / (keys.length - at - 1);
    if (!best || purity > best.purity) best = { column, rank, above, purity };
  }
  return best;
}

/** The purest split by some features drawn at random; others are drawn for those that are constant. */
function bestSplit(data: TreeData, rows: Int32Array, count: number, random: Random) {
  const order = Int32Array.from({ length: data.ranked.columns }, (_, at) => at);
  let best: Split | undefined;
  for (let at = 0, seen = 0; at < order.length && seen < count; at++) {
    const other = at + random.integer(order.length - at);
    [order[at], order[other]] = [order[other], order[at]];
    const split = splitBy(data, rows, order[at]);
    if (!split) continue;
    seen++;
    if (!best || split.purity > best.purity) best = split;
  }
  return best;
}

/**
 * Grows a tree.
 *
 * @param rows samples, of which some may be there several times
 */
export function growTree(
  data: TreeData,
  rows: Int32Array,
  options: TreeOptions,
  random: Random,
): Tree {
  const counts = new Float64Array(data.classes);
  for (const row of rows) counts[data.of[row]]++;
  const leaf = () => ({ shares: counts.map((count) => count / rows.length) });
  const pure = counts.some((count) => count === rows.length);
  if (pure || rows.length < options.minSplit || options.depth === 0) return leaf();
  const split = bestSplit(data, rows, options.features, random);
  if (!split) return leaf();
  const { column, rank, above } = split;
  const { values, ranks, rows: height } = data.ranked;
  const isLow = (row: number) => ranks[column * height + row] <= rank;
  const [a, b] = [values[column][rank], values[column][above]];
  const middle = a + (b - a) / 2;
  const below = { ...options, depth: options.depth - 1 };
  return {
    column,
    // Between neighbouring numbers there may be none: the upper one belongs to the high side.
    threshold: middle < b ? middle : a,
    low: growTree(
      data,
      rows.filter((row) => isLow(row)),
      below,
      random,
    ),
    high: growTree(
      data,
      rows.filter((row) => !isLow(row)),
      below,
      random,
    ),
  };
}

/** The shares of the leaf that a row of features comes to. */
export function leafOf(tree: Tree, features: Matrix, row: number): Float64Array {
  const entries = rowOf(features, row);
  let node = tree;
  while (!("shares" in node)) node = entries[node.column] <= node.threshold ? node.low : node.high;
  return node.shares;
}
