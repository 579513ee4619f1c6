// How far one string is from another: the fewest insertions, deletions and replacements (Levenshtein), and which tokens
// stay as they are.

/** A shortest way from what is said to what is there. */
export interface Edits {
  readonly distance: number;
  /** Tokens that both have, in their order, as places in the truth. */
  readonly kept: readonly number[];
}

/**
 * The edits from `said` to `truth`.
 *
 * @example
 * editsBetween([1, 2, 4], [1, 3, 2, 4]); // { distance: 1, kept: [0, 2, 3] }
 */
export function editsBetween(said: ArrayLike<number>, truth: ArrayLike<number>): Edits {
  const [rows, columns] = [said.length + 1, truth.length + 1];
  const costs = new Int32Array(rows * columns);
  for (let row = 0; row < rows; row++) costs[row * columns] = row;
  for (let column = 0; column < columns; column++) costs[column] = column;
  const replaced = (row: number, column: number) =>
    costs[(row - 1) * columns + column - 1] + (said[row - 1] === truth[column - 1] ? 0 : 1);
  for (let row = 1; row < rows; row++) {
    for (let column = 1; column < columns; column++) {
      const at = row * columns + column;
      costs[at] = Math.min(replaced(row, column), costs[at - columns] + 1, costs[at - 1] + 1);
    }
  }
  const kept: number[] = [];
  let [row, column] = [rows - 1, columns - 1];
  while (row > 0 && column > 0) {
    const at = row * columns + column;
    if (costs[at] === replaced(row, column)) {
      if (said[row - 1] === truth[column - 1]) kept.push(column - 1);
      row--;
      column--;
    } else if (costs[at] === costs[at - columns] + 1) row--;
    else column--;
  }
  return { distance: costs[rows * columns - 1], kept: kept.reverse() };
}
