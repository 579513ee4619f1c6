// When a tag is said to be there: one rule for decoder, metrics and training.

import { constant, neg, step, sub, type Value } from "../../graph/index.js";

/** Whether a logit says that its tag is there: from a probability of 0.5 on, so from 0 on. */
export const says = (logit: number): boolean => logit >= 0;

/** The same in a graph: 1 for each logit that says so, else 0. */
export const said = (logits: Value): Value => sub(constant(logits.graph, 1), step(neg(logits)));
