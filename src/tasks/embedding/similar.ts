// Cosine k-NN with votes that count by closeness (Wu, Xiong, Yu and Lin 2018, arXiv 1805.01978): how good features are
// without any training on labels. Its K and temperature are those of the paper.

/** Most neighbours that vote. */
export const NEIGHBOURS = 200;
/** What similarities are divided by. */
export const VOTE_TEMPERATURE = 0.07;

/** Rows of length 1; one of zeros stays as it is. */
export function unitRows(rows: Float32Array, width: number): Float32Array {
  const unit = rows.slice();
  for (let start = 0; start < rows.length; start += width) {
    let square = 0;
    for (let at = 0; at < width; at++) square += rows[start + at] ** 2;
    const factor = square > 0 ? 1 / Math.sqrt(square) : 1;
    for (let at = 0; at < width; at++) unit[start + at] *= factor;
  }
  return unit;
}

/** Dot products of a row with all rows of a table, into `found` [rows]. */
export function similarities(
  row: Float32Array,
  table: Float32Array,
  found: Float32Array,
): Float32Array {
  const width = row.length;
  for (let at = 0, start = 0; at < found.length; at++) {
    // Four sums side by side, which the processor need not wait for.
    let [a, b, c, d] = [0, 0, 0, 0];
    let k = 0;
    for (; k + 4 <= width; k += 4) {
      a += row[k] * table[start + k];
      b += row[k + 1] * table[start + k + 1];
      c += row[k + 2] * table[start + k + 2];
      d += row[k + 3] * table[start + k + 3];
    }
    for (; k < width; k++) a += row[k] * table[start + k];
    found[at] = a + b + c + d;
    start += width;
  }
  return found;
}

/** Numbers of the `count` largest values, the largest first, of equal ones the first. */
export function largest(values: Float32Array, count: number): Int32Array {
  const sorted = values.slice().sort();
  const least = sorted[Math.max(0, sorted.length - count)];
  const above: number[] = [];
  const equal: number[] = [];
  for (let at = 0; at < values.length; at++) {
    if (values[at] > least) above.push(at);
    else if (values[at] === least) equal.push(at);
  }
  const chosen = [...above, ...equal.slice(0, Math.max(0, count - above.length))];
  return Int32Array.from(chosen.sort((a, b) => values[b] - values[a] || a - b));
}

/** The class with the most votes among neighbours, which count e^(similarity / temperature); of equal ones the first. */
export function vote(
  similar: Float32Array,
  neighbours: ArrayLike<number>,
  classOf: Int32Array,
  classes: number,
): number {
  const votes = new Float64Array(classes);
  for (let at = 0; at < neighbours.length; at++) {
    const one = neighbours[at];
    votes[classOf[one]] += Math.exp(similar[one] / VOTE_TEMPERATURE);
  }
  return votes.indexOf(votes.reduce((a, b) => Math.max(a, b)));
}
