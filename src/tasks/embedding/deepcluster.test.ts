// DeepCluster: its loss and gradient, what counts how much, and its classifier, which is new each epoch.

import { describe, expect, test } from "vitest";
import { temporaryFolder, trainTiny } from "../../../test/support/tinyRun.js";
import { createEngine } from "../../engine/index.js";
import { interpret } from "../../engine/reference/index.js";
import { Graph, gradients, input, reduceSum } from "../../graph/index.js";
import { Random } from "../../tensor/philox.js";
import { clusterLoss, clusterWeights, deepcluster } from "./deepcluster.js";
import { unitRows } from "./similar.js";

/** Images, numbers of each, clusters and clusterings. */
const [N, D, K, H] = [3, 4, 5, 2];
const random = new Random({ seed: 1, purpose: "search" });
const normal = (length: number) => Float64Array.from({ length }, () => random.normal());

const output = normal(N * D);
const centres = Float64Array.from(unitRows(Float32Array.from(normal(H * K * D)), D));
const cluster = Float64Array.of(0, 3, 4, 1, 2, 2);
const weight = Float64Array.of(1, 0.5, 2, 1, 0.25, 3);
const temperature = 0.3;

function evaluate(inputs: Readonly<Record<string, Float64Array>>) {
  const graph = new Graph();
  const out = input(graph, "output", [N, D]);
  const losses = clusterLoss(
    out,
    {
      centres: input(graph, "centres", [H * K, D]),
      cluster: input(graph, "cluster", [N * H], "i32"),
      weight: input(graph, "weight", [N * H]),
    },
    temperature,
  );
  graph.output("losses", losses);
  graph.output("gradient", gradients(reduceSum(losses), [out])[0]);
  return interpret(graph, { inputs });
}

const given = { output, centres, cluster, weight };

describe("the loss", () => {
  test("is the weighted cross-entropy of the clusters by cosines, by hand", () => {
    const { losses } = evaluate(given);
    for (let n = 0; n < N; n++) {
      const row = output.subarray(n * D, (n + 1) * D);
      const length = Math.hypot(...row);
      let sum = 0;
      for (let h = 0; h < H; h++) {
        const logits = Array.from({ length: K }, (_, k) => {
          const at = (h * K + k) * D;
          const dot = row.reduce((total, value, d) => total + value * centres[at + d], 0);
          return dot / length / temperature;
        });
        const total = logits.reduce((all, logit) => all + Math.exp(logit), 0);
        sum -= weight[n * H + h] * (logits[cluster[n * H + h]] - Math.log(total));
      }
      expect(losses[n]).toBeCloseTo(sum / H, 9);
    }
  });

  test("has the gradient of central differences", () => {
    const { gradient } = evaluate(given);
    for (let at = 0; at < output.length; at++) {
      const along = (step: number) =>
        evaluate({
          ...given,
          output: output.map((v, k) => (k === at ? v + step : v)),
        }).losses.reduce((a, b) => a + b);
      expect((along(1e-6) - along(-1e-6)) / 2e-6).toBeCloseTo(gradient[at], 6);
    }
    expect(Math.hypot(...gradient)).toBeGreaterThan(0.1);
  });
});

test("clusters count alike however large they are, and those without images not at all", () => {
  expect([...clusterWeights(Float32Array.of(0, 0, 0, 2), 3)]).toEqual([
    expect.closeTo(2 / 3, 6),
    0,
    2,
  ]);
  // A net that gives the same for all images gains nothing.
  expect([...clusterWeights(new Float32Array(4), 3)]).toEqual([1, 0, 0]);
});

test("the classifier is the centres of what the epoch before has seen, and stays for an epoch", async () => {
  const engine = await createEngine({ engine: "reference" });
  const { state } = deepcluster.numbered!.make({ dimensions: 2, clusters: 2, clusterings: 1 });
  const open = state!({ images: 6, batch: 6 }).open({ engine, seed: 1 });
  const targets = { image: Int32Array.of(0, 1, 2, 3, 4, 5) };
  await open.begin(targets, { epoch: 0, step: 0 });
  const first = open.vectors.centres.slice();
  // Three look up, three to the right; rows count by their direction.
  const seen = Float32Array.of(0, 1, 5, 0, 0, 2, 1, 0, 0, 3, 9, 0);
  open.end(seen, targets);
  await open.begin(targets, { epoch: 0, step: 1 });
  expect(open.vectors.centres).toEqual(first);
  await open.begin(targets, { epoch: 1, step: 0 });
  const { cluster: found } = open.bound;
  expect(new Set([found[0], found[2], found[4]]).size).toBe(1);
  expect(found[1]).toBe(1 - found[0]);
  expect(open.vectors.centres.slice(2 * found[0], 2 * found[0] + 2)).toEqual(Float32Array.of(0, 1));
  expect(open.vectors.centres.slice(2 * found[1], 2 * found[1] + 2)).toEqual(Float32Array.of(1, 0));
  await engine.close();
});

test.each([
  [{ clusters: 200 }, "clusters of task deepcluster is 200: there are 108 images to learn from"],
  [{ clusters: 1 }, "of one cluster all are close"],
  [{ clusterings: 0 }, "clusterings of task deepcluster is 0; expected a whole number from 1"],
  [{ warmup: 3 }, 'unknown number of task deepcluster in taskNumbers "warmup"'],
])("refuses %o", async (taskNumbers, message) => {
  const run = trainTiny({
    task: "deepcluster",
    augment: "flip",
    taskNumbers,
    out: temporaryFolder(),
  });
  await expect(run).rejects.toThrow(message);
});
