// What tasks have in common that ask a net for a place on the sphere for each image, whatever is known of the images.

import {
  add,
  constant,
  div,
  exp,
  log,
  matmul,
  mul,
  reduceSum,
  sqrt,
  sub,
  type Value,
} from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { meanOf } from "../average.js";
import type { TaskNumber } from "../numbers.js";
import type { Task } from "../task.js";
import { EmbeddingMetrics, embeddingMetrics } from "./metrics.js";
import { unitRows } from "./similar.js";

/** Keeps the length of a row away from 0. */
const TINY = 1e-12;

/** Rows [n, d] of length 1. */
export function normalised(rows: Value): Value {
  const square = reduceSum(mul(rows, rows), [1], true);
  return div(rows, sqrt(add(square, constant(rows.graph, TINY))));
}

/**
 * How near each image lies to the others of its batch: log of the mean of e^(-2 d^2), [n]. Their mean over images is the
 * uniformity of Wang and Isola (2020, arXiv 2005.10242), up to the order of log and mean.
 */
export function nearness(output: Value): Value {
  const { graph } = output;
  const [n] = output.shape;
  const rows = normalised(output);
  const similar = matmul(rows, rows, { transposeB: true });
  const close = exp(mul(sub(similar, constant(graph, 1)), constant(graph, 4)));
  // An image's own closeness is 1.
  const others = sub(reduceSum(close, [1]), constant(graph, 1));
  return log(add(mul(others, constant(graph, 1 / Math.max(1, n - 1))), constant(graph, TINY)));
}

/** Numbers that all of them have. */
export const embeddingNumbers = {
  dimensions: {
    usual: 128,
    least: 2,
    whole: true,
    description: "numbers of an embedding",
  },
  temperature: {
    usual: 0.07,
    least: 1e-3,
    most: 100,
    description: "what similarities are divided by",
  },
} satisfies Record<string, TaskNumber>;

type Own = Pick<Task, "name" | "description" | "loss" | "targets"> &
  Partial<Pick<Task, "state" | "copies" | "trainMetrics">>;

/** A task that learns embeddings of some dimensions. */
export const embeddingTask = (own: Own, dimensions: number): Omit<Task, "numbered"> => ({
  labels: "none",
  output: "vector",
  signed: true,
  defaults: {
    // The published one, momentum with rate 0.03, is for two million steps.
    optimizer: "adam",
    lr: 0.003,
    decay: 1e-4,
    augment: "rrc,flip",
  },
  outputs: () => Array.from({ length: dimensions }, (_, at) => `e${at}`),
  check({ name, length }) {
    if (length >= 2) return;
    throw new InputError(`${name} has ${length} image; there is none that it could be told from`);
  },
  heldOut: nearness,
  trainMetrics: () => ({}),
  metrics: embeddingMetrics,
  reportOf: "image",
  reports: {},
  newMetrics: (labels) => new EmbeddingMetrics(labels),
  average: meanOf,
  decode(output, { names }) {
    const unit = unitRows(output, names.length);
    return Array.from({ length: output.length / names.length }, (_, row) => ({
      embedding: [...unit.subarray(row * names.length, (row + 1) * names.length)],
    }));
  },
  row: ({ embedding }) =>
    (embedding as readonly number[]).map((value, at) => [`e${at}`, value] as const),
  ...own,
});
