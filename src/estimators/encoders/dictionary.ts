// Dictionaries of atoms of length 1 at most that make codes sparse, from batches of rows as they come (Mairal, Bach, Ponce
// and Sapiro 2009, "Online dictionary learning for sparse coding", ICML): the sums of products of codes with codes and with
// rows say which atoms are best, one after the other.

import type { Random } from "../../tensor/philox.js";
import { type Matrix, rowOf, takeRows } from "../matrix.js";
import { crossProducts, type Multiply } from "./products.js";

const lengthOf = (row: Matrix["data"]): number => {
  let sum = 0;
  for (let at = 0; at < row.length; at++) sum += row[at] * row[at];
  return Math.sqrt(sum);
};

/** Makes a row's length 1, or 1 at most; one of zeros stays. */
function toUnit(row: Matrix["data"], always: boolean): void {
  const length = lengthOf(row);
  if (length === 0 || (!always && length <= 1)) return;
  for (let at = 0; at < row.length; at++) row[at] /= length;
}

/** Atoms [atoms, columns] that are rows, drawn without returning as far as they last, each of length 1. */
export function firstAtoms(rows: Matrix, atoms: number, random: Random): Matrix {
  const order = random.permutation(rows.rows);
  const usable = order.filter((row) => lengthOf(rowOf(rows, row)) > 0);
  const drawn = takeRows(
    rows,
    Array.from({ length: atoms }, (_, at) => usable[at % usable.length]),
  );
  for (let atom = 0; atom < atoms; atom++) {
    const row = rowOf(drawn, atom);
    // Rows that had to be taken twice start apart.
    if (atom >= usable.length)
      for (let at = 0; at < row.length; at++) row[at] += 0.1 * random.normal();
    toUnit(row, true);
  }
  return drawn;
}

/** A dictionary in the making. */
export class DictionaryLearner {
  private readonly codeProducts: Float64Array;
  private readonly rowProducts: Float64Array;

  constructor(
    /** [atoms, columns]; changed by {@link add}. */
    readonly atoms: Matrix,
    private readonly multiply: Multiply,
  ) {
    this.codeProducts = new Float64Array(atoms.rows ** 2);
    this.rowProducts = new Float64Array(atoms.data.length);
  }

  /**
   * Learns from a batch; what was before counts `kept` times as much as it did. An atom that no row uses becomes
   * what `spare` gives for it.
   */
  async add(rows: Matrix, codes: Matrix, kept: number, spare: (atom: number) => Matrix["data"]) {
    const own = await crossProducts(this.multiply, codes, codes);
    const across = await crossProducts(this.multiply, codes, rows);
    for (let at = 0; at < own.data.length; at++) {
      this.codeProducts[at] = kept * this.codeProducts[at] + own.data[at];
    }
    for (let at = 0; at < across.data.length; at++) {
      this.rowProducts[at] = kept * this.rowProducts[at] + across.data[at];
    }
    for (let atom = 0; atom < this.atoms.rows; atom++) this.improve(atom, spare);
  }

  private improve(atom: number, spare: (atom: number) => Matrix["data"]): void {
    const { atoms, codeProducts, rowProducts } = this;
    const { rows: count, columns } = atoms;
    const row = rowOf(atoms, atom);
    const size = codeProducts[atom * (count + 1)];
    if (size < 1e-10) {
      row.set(spare(atom));
      toUnit(row, true);
      return;
    }
    const change = rowProducts.slice(atom * columns, (atom + 1) * columns);
    for (let other = 0; other < count; other++) {
      const weight = codeProducts[atom * count + other];
      if (weight === 0) continue;
      const start = other * columns;
      for (let at = 0; at < columns; at++) change[at] -= weight * atoms.data[start + at];
    }
    for (let at = 0; at < columns; at++) row[at] += change[at] / size;
    toUnit(row, false);
  }
}
