// SimCLR (Chen, Kornblith, Norouzi and Hinton 2020, arXiv 2002.05709): two views of an image find each other among all
// others of the batch. The head is the model's own; a published one has a hidden layer before it.

import type { TargetMaker } from "../../data/index.js";
import {
  constant,
  logSoftmax,
  matmul,
  mul,
  neg,
  oneHot,
  reduceSum,
  sub,
} from "../../graph/index.js";
import { numbered } from "../numbers.js";
import { embeddingNumbers, embeddingTask, normalised } from "./embedding.js";

/** Inputs with the place of each view in the batch, and that of the other view of its image, i32 [n]. */
const [PLACE, PARTNER] = ["place", "partner"];
/** What takes a view out of a softmax. */
const OUT = 1e9;

/** Two views of an image lie side by side. */
const pairTargets: TargetMaker = {
  inputs: {
    [PLACE]: { dtype: "i32", shape: [] },
    [PARTNER]: { dtype: "i32", shape: [] },
  },
  fill(_, { [PLACE]: place, [PARTNER]: partner }) {
    for (let at = 0; at < place.length; at++) {
      place[at] = at;
      partner[at] = at ^ 1;
    }
  },
};

/** Which other view of the batch is of the same image? */
export const simclr = numbered(
  { ...embeddingNumbers, temperature: { ...embeddingNumbers.temperature, usual: 0.5 } },
  ({ dimensions, temperature }) =>
    embeddingTask(
      {
        name: "simclr",
        description: "embeddings without labels: two views of an image find each other (SimCLR)",
        copies: 2,
        targets: () => pairTargets,
        loss(output, { [PLACE]: place, [PARTNER]: partner }) {
          const { graph, shape } = output;
          const [n] = shape;
          const rows = normalised(output);
          const similar = matmul(rows, rows, { transposeB: true });
          const logits = sub(
            mul(similar, constant(graph, 1 / temperature)),
            mul(oneHot(place, n), constant(graph, OUT)),
          );
          const found = mul(oneHot(partner, n), logSoftmax(logits));
          return { losses: neg(reduceSum(found, [1])), tallies: {} };
        },
      },
      dimensions,
    ),
);
