// When a tag is said to be there: one rule for decoder, metrics and training.

import { constant, neg, step, sub, type Value } from "../../graph/index.js";
import type { Constants } from "../task.js";

export const probabilityOf = (logit: number): number => 1 / (1 + Math.exp(-logit));

const logitOf = (probability: number): number => Math.log(probability / (1 - probability));

/**
 * Logits from which on tags are said: those of the constant `thresholds`, probabilities that were chosen for each tag
 * after training; before, all are 0, a probability of 0.5.
 */
export const saidFrom = ({ thresholds }: Constants, tags: number): readonly number[] =>
  thresholds?.map(logitOf) ?? new Array<number>(tags).fill(0);

/** Before anything was chosen, in a graph: 1 for each logit that says its tag, else 0. */
export const said = (logits: Value): Value => sub(constant(logits.graph, 1), step(neg(logits)));
