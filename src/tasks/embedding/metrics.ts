// What embeddings are worth: whether images of a class lie together, and whether all spread over the sphere.

import type { Labels } from "../../data/index.js";
import type { MetricInfo, Metrics, MetricValues, OutputReport } from "../task.js";
import { largest, NEIGHBOURS, similarities, unitRows, vote } from "./similar.js";

/** Images that ask for their neighbours among all others: enough for half a percent, and quick. */
const ASKED = 1000;

export const embeddingMetrics: readonly MetricInfo[] = [
  {
    name: "knn",
    better: "higher",
    unit: "share",
    description:
      "images whose class is that of their neighbours among the images evaluated (cosine, K = 200, each left out in turn)",
  },
  {
    name: "uniformity",
    better: "lower",
    unit: "number",
    description:
      "log of the mean of e^(-2 d^2) over pairs: least where embeddings spread over the sphere (Wang, Isola 2020)",
  },
];

/** Embeddings of images, gathered and compared when all are there. */
export class EmbeddingMetrics implements Metrics {
  private readonly rows: Float32Array[] = [];
  private readonly indices: number[] = [];
  private width = 0;

  constructor(private readonly labels: Labels) {}

  add(output: Float32Array, indices: Int32Array): void {
    this.width = output.length / indices.length;
    this.rows.push(output.slice());
    this.indices.push(...indices);
  }

  values(): MetricValues {
    const { labels, width } = this;
    const count = this.indices.length;
    const classes = labels.kind === "class" ? labels.classes.length : 0;
    if (count < 2) return { ...(classes > 0 && { knn: Number.NaN }), uniformity: Number.NaN };
    const table = new Float32Array(count * width);
    let filled = 0;
    for (const row of this.rows) {
      table.set(row, filled);
      filled += row.length;
    }
    const unit = unitRows(table, width);
    const of =
      labels.kind === "class" ? Int32Array.from(this.indices, (at) => labels.of[at]) : undefined;
    const similar = new Float32Array(count);
    const asked = Math.min(count, ASKED);
    let [right, spread] = [0, 0];
    for (let turn = 0; turn < asked; turn++) {
      const own = Math.floor((turn * count) / asked);
      similarities(unit.subarray(own * width, (own + 1) * width), unit, similar);
      for (let at = 0; at < count; at++) {
        if (at !== own) spread += Math.exp(4 * (similar[at] - 1));
      }
      if (!of) continue;
      similar[own] = Number.NEGATIVE_INFINITY;
      const near = largest(similar, Math.min(NEIGHBOURS, count - 1));
      if (vote(similar, near, of, classes) === of[own]) right++;
    }
    return {
      ...(of && { knn: right / asked }),
      uniformity: Math.log(spread / (asked * (count - 1))),
    };
  }

  outputs(): OutputReport[] {
    return [];
  }
}
