// One class per image.

import type { ClassLabels } from "../../data/index.js";
import { constant, mul, reduceSum, step, sub, type Value } from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { softmaxCrossEntropy } from "../../nn/index.js";
import { percent } from "../../text/format.js";
import { classesAhead } from "../ahead.js";
import { averageClasses } from "../average.js";
import { classDivergence } from "../divergence.js";
import { softmax } from "../softmax.js";
import type { Task } from "../task.js";
import { isPlain, smoothed, weightedCrossEntropy } from "../weighting.js";
import { ClassMetrics, classMetrics } from "./metrics.js";
import { classTargets, ORDER, TARGETS } from "./targets.js";

/**
 * Images whose own class has the largest logit; at a tie the lower class goes first. Logits and order
 * [n, classes].
 */
function countCorrect(logits: Value, order: Value): Value {
  const one = constant(logits.graph, 1);
  const own = reduceSum(mul(logits, sub(one, mul(order, order))), [1], true);
  return reduceSum(sub(one, step(classesAhead(logits, own, step(order)))));
}

/** The classes of the largest logits, best first; at a tie the lower class goes first. */
function ranked(logits: Float32Array, names: readonly string[], top: number) {
  const probabilities = softmax(logits);
  return [...logits.keys()]
    .sort((a, b) => logits[b] - logits[a])
    .slice(0, top)
    .map((at) => ({ class: names[at], probability: probabilities[at] }));
}

/** The class whose share of the probability holds a place from 0 to 1. */
function classAt(probabilities: Float32Array, place: number): number {
  let left = place;
  const found = probabilities.findIndex((share) => {
    left -= share;
    return left < 0;
  });
  return found < 0 ? probabilities.length - 1 : found;
}

/** Classes that a caption names. */
const LIKELIEST = 3;

/** Which of the classes an image is of. */
export const classification: Task<ClassLabels> = {
  name: "classify",
  description: "one class per image",
  labels: "class",
  output: "vector",
  outputs: ({ classes }) => classes,
  check({ name, labels: { classes } }) {
    if (classes.length >= 2) return;
    throw new InputError(
      `${name} has ${classes.length} class; expected at least two, as there is nothing to tell apart`,
    );
  },
  targets: classTargets,
  weighted: true,
  loss(logits, targets, { smoothing, own = softmaxCrossEntropy, ...weighting }) {
    return {
      losses: isPlain(weighting)
        ? own(logits, targets[TARGETS], { smoothing })
        : weightedCrossEntropy(logits, smoothed(targets[TARGETS], smoothing), weighting),
      tallies: { correct: countCorrect(logits, targets[ORDER]) },
    };
  },
  distil: classDivergence,
  drawn({ of, ...labels }, outputs, random) {
    const { length } = labels.classes;
    const drawn = of.map((_, at) => {
      const logits = outputs.subarray(at * length, (at + 1) * length);
      return classAt(softmax(logits), random.uniform());
    });
    return { ...labels, of: drawn };
  },
  trainMetrics: ({ correct }, images) => ({ accuracy: correct / images }),
  metrics: classMetrics,
  reportOf: "class",
  reports: { precision: "share", recall: "share", f1: "share" },
  newMetrics: (labels) => new ClassMetrics(labels),
  average: averageClasses,
  decode(output, { names }, { top = names.length } = {}) {
    const rows = output.length / names.length;
    return Array.from({ length: rows }, (_, row) => {
      const logits = output.subarray(row * names.length, (row + 1) * names.length);
      const classes = ranked(logits, names, top);
      return { class: classes[0].class, confidence: classes[0].probability, classes };
    });
  },
  caption: ({ classes }) =>
    (classes as readonly { readonly class: string; readonly probability: number }[])
      .slice(0, LIKELIEST)
      .map((one) => `${one.class} ${percent(one.probability, 1)}`)
      .join(", "),
  row({ classes }) {
    const ranks = classes as readonly { readonly class: string; readonly probability: number }[];
    return ranks.flatMap(({ class: name, probability }, at) => {
      const rank = at === 0 ? "" : at + 1;
      return [[`class${rank}`, name] as const, [`confidence${rank}`, probability] as const];
    });
  },
};
