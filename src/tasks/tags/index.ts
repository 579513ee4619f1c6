// Any number of tags per image.

import type { TagLabels } from "../../data/index.js";
import { abs, add, constant, mul, reduceSum, step, sub, type Value } from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { elementwiseSigmoidCrossEntropy } from "../../nn/index.js";
import { meanOfKnown } from "../known.js";
import type { Task } from "../task.js";
import { isPlain, weightedSigmoidCrossEntropy } from "../weighting.js";
import { TagMetrics, tagMetrics } from "./metrics.js";
import { probabilityOf, said, saidFrom } from "./rule.js";
import { KNOWN, TARGETS, tagTargets } from "./targets.js";
import { TagTuner } from "./tuner.js";

/** Images of which every known tag is found right, and those of which a tag is known at all. */
function countExact(logits: Value, targets: Value, known: Value): Record<string, Value> {
  const { graph } = logits;
  const wrong = abs(sub(said(logits), step(sub(targets, constant(graph, 0.5)))));
  const mistakes = reduceSum(mul(wrong, known), [1]);
  const counted = step(reduceSum(known, [1]));
  const exact = mul(counted, sub(constant(graph, 1), step(mistakes)));
  return { exact: reduceSum(exact), counted: reduceSum(counted) };
}

/** Which tags an image has. */
export const tags: Task<TagLabels> = {
  name: "tags",
  description: "any number of tags per image",
  labels: "tags",
  output: "vector",
  signed: true,
  outputs: ({ classes }) => classes,
  check({ name, labels: { of, classes } }) {
    if (classes.length === 0) throw new InputError(`${name} has no tags`);
    const missing = classes.find(
      (_, tag) => !of.some((v, at) => v === 1 && at % classes.length === tag),
    );
    if (missing === undefined) return;
    throw new InputError(
      `${name}: no training image has the tag "${missing}"; leave the tag out or add images of it`,
    );
  },
  targets: tagTargets,
  weighted: true,
  loss(logits, { [TARGETS]: targets, [KNOWN]: known }, { smoothing = 0, ...weighting }) {
    const { graph } = logits;
    const wanted =
      smoothing === 0
        ? targets
        : add(mul(targets, constant(graph, 1 - smoothing)), constant(graph, smoothing / 2));
    return {
      losses: meanOfKnown(
        isPlain(weighting)
          ? elementwiseSigmoidCrossEntropy(logits, wanted)
          : weightedSigmoidCrossEntropy(logits, wanted, weighting),
        known,
      ),
      tallies: countExact(logits, targets, known),
    };
  },
  trainMetrics: ({ exact, counted }) => ({ subsetAccuracy: exact / counted }),
  metrics: tagMetrics,
  reportOf: "tag",
  reports: { precision: "share", recall: "share", f1: "share", averagePrecision: "share" },
  newMetrics: (labels, constants) => new TagMetrics(labels, constants),
  newTuner: (labels) => new TagTuner(labels),
  saysFrom: true,
  decode(output, { names, constants }, { confidence } = {}) {
    const rows = output.length / names.length;
    const from = saidFrom(constants, names.length);
    return Array.from({ length: rows }, (_, row) => {
      const logits = output.subarray(row * names.length, (row + 1) * names.length);
      const probabilities = Array.from(logits, probabilityOf);
      return {
        tags: names.filter((_, tag) =>
          confidence === undefined ? logits[tag] >= from[tag] : probabilities[tag] >= confidence,
        ),
        confidence: Math.min(...probabilities.map((p) => Math.max(p, 1 - p))),
        probabilities: Object.fromEntries(names.map((name, tag) => [name, probabilities[tag]])),
      };
    });
  },
  row({ tags, probabilities }) {
    const found = (tags as readonly string[]).join(";");
    return [["tags", found], ...Object.entries(probabilities as Readonly<Record<string, number>>)];
  },
};
