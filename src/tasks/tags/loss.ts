// The loss of tags: every tag that depends on no other is a question of yes or no, and every group of which an image has
// exactly one tag is one question.

import { add, concat, constant, mul, reshape, type Value } from "../../graph/index.js";
import { elementwiseSigmoidCrossEntropy } from "../../nn/index.js";
import {
  isPlain,
  smoothed,
  type Weighting,
  weightedCrossEntropy,
  weightedSigmoidCrossEntropy,
} from "../weighting.js";
import { type Groups, ungrouped } from "./groups.js";
import { columnOf, columnsOf } from "./rule.js";

/** Settings of {@link questionLosses}. */
interface Options extends Weighting {
  readonly groups: Groups;
  readonly smoothing: number;
}

/** The loss of each question, and 1 where its answer is known, else 0, both [n, questions]. */
interface Questions {
  readonly losses: Value;
  readonly known: Value;
}

/** Sigmoid cross-entropy of each tag [n, tags]. */
function tagLosses(
  logits: Value,
  targets: Value,
  { smoothing, ...weighting }: Omit<Options, "groups">,
): Value {
  const { graph } = logits;
  const wanted =
    smoothing === 0
      ? targets
      : add(mul(targets, constant(graph, 1 - smoothing)), constant(graph, smoothing / 2));
  return isPlain(weighting)
    ? elementwiseSigmoidCrossEntropy(logits, wanted)
    : weightedSigmoidCrossEntropy(logits, wanted, weighting);
}

/** Softmax cross-entropy of a group of tags [n, 1]. */
function groupLoss(
  logits: Value,
  targets: Value,
  { smoothing, ...weighting }: Omit<Options, "groups">,
): Value {
  const losses = weightedCrossEntropy(logits, smoothed(targets, smoothing), weighting);
  return reshape(losses, [logits.shape[0], 1]);
}

/** The losses of all questions: the tags that are in no group, then the groups. All inputs are [n, tags]. */
export function questionLosses(
  logits: Value,
  targets: Value,
  known: Value,
  { groups, weights, ...options }: Options,
): Questions {
  if (groups.length === 0)
    return { losses: tagLosses(logits, targets, { weights, ...options }), known };
  const alone = ungrouped(groups, logits.shape[1]);
  const of = (tags: readonly number[]) =>
    [
      columnsOf(logits, tags),
      columnsOf(targets, tags),
      { ...options, ...(weights && { weights: tags.map((tag) => weights[tag]) }) },
    ] as const;
  const losses = groups.map((group) => groupLoss(...of(group)));
  const answers = groups.map(([first]) => columnOf(known, first));
  if (alone.length > 0) {
    losses.unshift(tagLosses(...of(alone)));
    answers.unshift(columnsOf(known, alone));
  }
  return { losses: concat(losses, 1), known: concat(answers, 1) };
}
