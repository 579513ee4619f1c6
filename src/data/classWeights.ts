// Weights of classes and tags in a loss: those that let each class count as much as another, or those of a file.

import { readText } from "../files/text.js";
import { InputError } from "../inputError.js";
import { parseCsv } from "../text/csv.js";
import { suggestion } from "../text/words.js";
import { countsOf, type Labels, namesOf } from "./labels.js";

/**
 * Weights by which classes count alike: of classes and pixels n / (classes * count), so that the mean over the labels is
 * 1; of tags, for where a tag is present, absent / present. What does not occur weighs 1.
 *
 * @throws InputError for labels without classes.
 * @example
 * balancedWeights({ kind: "class", of: Int32Array.of(0, 0, 0, 1), classes: ["cat", "dog"] }); // [2 / 3, 2]
 */
export function balancedWeights(labels: Labels): number[] {
  const counts = countsOf(labels);
  if (counts.length === 0) {
    throw new InputError("setting classWeights: only classes and tags have weights; leave it out");
  }
  if (labels.kind === "tags") {
    const { of, classes } = labels;
    const absent = new Array<number>(classes.length).fill(0);
    for (let at = 0; at < of.length; at++) if (of[at] === 0) absent[at % classes.length]++;
    return counts.map((present, tag) =>
      present > 0 && absent[tag] > 0 ? absent[tag] / present : 1,
    );
  }
  const shown = counts.filter((count) => count > 0).length;
  const total = counts.reduce((a, b) => a + b, 0);
  return counts.map((count) => (count > 0 ? total / (shown * count) : 1));
}

function weightsText(path: string): string {
  try {
    return readText(path);
  } catch (error) {
    throw new InputError(
      `setting classWeights: "${path}" is not balanced, and no file of weights (${(error as Error).message})`,
    );
  }
}

/**
 * Weights of a CSV file with the columns class and weight, one line for each class or tag.
 *
 * @throws InputError naming the line, for a class that there is not, one that is missing or given twice, or a weight that
 * is no positive number.
 */
export async function readClassWeights(path: string, labels: Labels): Promise<number[]> {
  const names = namesOf(labels);
  const text = weightsText(path);
  const weights = new Map<string, number>();
  for (const { cells, line } of parseCsv(text, path).slice(1)) {
    const [name, weight] = [cells[0], Number(cells[1] || Number.NaN)];
    if (!names.includes(name)) {
      throw new InputError(
        `${path}: line ${line}: there is no class "${name}"${suggestion(name, names)}`,
      );
    }
    if (weights.has(name)) throw new InputError(`${path}: line ${line} names "${name}" again`);
    // As the loss holds it.
    const single = Math.fround(weight);
    if (!(single > 0 && Number.isFinite(single))) {
      throw new InputError(
        `${path}: line ${line}: weight "${cells[1]}"; expected a positive number`,
      );
    }
    weights.set(name, weight);
  }
  return names.map((name) => {
    const weight = weights.get(name);
    if (weight !== undefined) return weight;
    throw new InputError(
      `${path}: no line gives the weight of "${name}"; expected class,weight for each`,
    );
  });
}
