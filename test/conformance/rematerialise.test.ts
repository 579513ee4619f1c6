// Recomputation changes no bit of a training step, on any engine, and nothing but what lives when.

import { describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine/index.js";
import type { Graph } from "../../src/graph/index.js";
import { rematerialise } from "../../src/graph/passes/rematerialise.js";
import { halvable } from "../../src/graph/recompute/blocks.js";
import { freeValues } from "../../src/graph/recompute/cheap.js";
import { Planner } from "../../src/graph/recompute/planner.js";
import { segmentsOf } from "../../src/graph/recompute/segments.js";
import { createModel, type Model } from "../../src/models/index.js";
import {
  batchNorm,
  conv2d,
  dropout,
  flatten,
  initialise,
  linear,
  maxPool,
  relu,
  sequential,
} from "../../src/nn/index.js";
import { trainingGraph } from "../../src/tasks/index.js";
import { Random } from "../../src/tensor/philox.js";
import { classify, targetInputs } from "../support/questions.js";
import { everyEngine } from "./engines.js";

const BATCH = 4;
const shape = { channels: 3, height: 16, width: 16, outputs: 10 };

/** Everything that a recomputation could get wrong: random numbers, statistics, winners of pooling. */
const mixed: Model = {
  name: "mixed",
  source: "this suite",
  input: [3, 16, 16],
  outputs: 10,
  layer: sequential(
    conv2d(8, 3, { padding: 1 }),
    batchNorm(),
    relu(),
    dropout(0.3),
    maxPool(2),
    conv2d(16, 3, { padding: 1 }),
    batchNorm(),
    relu(),
    dropout(0.5),
    flatten(),
    linear(10),
  ),
};

const nets: readonly Model[] = [mixed, createModel("resnet20", shape)];

const ways: Readonly<Record<string, (graph: Graph) => Graph>> = {
  "segments, square root": (graph) => rematerialise(graph, segmentsOf(graph)),
  "two segments": (graph) => rematerialise(graph, segmentsOf(graph, 2)),
  "what is free, for each use, in segments": (graph) =>
    rematerialise(graph, segmentsOf(graph), undefined, freeValues(graph)),
  "the least memory": (graph) => rematerialise(graph, new Planner(graph).least().recomputed),
  "seven tenths of the memory": (graph) => {
    const planner = new Planner(graph);
    const plan = planner.plan(0.7 * planner.plainBytes) ?? planner.least();
    return rematerialise(graph, plan.recomputed);
  },
};

/** Two steps from the same start; all that they leave behind. */
async function results(engine: Engine, net: ReturnType<typeof trainingGraph>, graph: Graph) {
  const program = await engine.compile(graph);
  const [w, grad] = [engine.vector(net.layout.length), engine.vector(net.layout.trainable)];
  await w.write(initialise(net, 1));
  const random = new Random({ seed: 2, purpose: "init" });
  const x = Float32Array.from({ length: BATCH * 3 * 16 * 16 }, () => random.uniform());
  const targets = Float32Array.from({ length: BATCH * 10 }, (_, at) => (at % 11 === 0 ? 1 : 0));
  const inputs = { x, ...targetInputs(targets, 10) };
  const found: Float32Array[] = [];
  for (const step of [0, 1]) {
    const key = { seed: 1, purpose: "dropout", step } as const;
    const outputs = await program.run({ vectors: { w, grad }, inputs, key });
    found.push(...(Object.values(outputs) as Float32Array[]), await grad.read(), await w.read());
  }
  return { found: found.map((array) => [...array]), memory: program.memory };
}

describe.each(everyEngine)("$title", ({ open, skip, title }) => {
  const own = title === "reference" ? [mixed] : nets;
  describe.skipIf(skip).each(own)("$name", (model) => {
    const net = trainingGraph(classify(model), BATCH);
    it.each(Object.entries(ways))("%s: bit for bit the same step", async (_, way) => {
      const engine = await open();
      const plain = await results(engine, net, net.graph);
      const less = await results(engine, net, way(net.graph));
      expect(less.found).toEqual(plain.found);
      if (title !== "reference") {
        expect(less.memory.kinds.saved).toBeLessThan(plain.memory.kinds.saved);
      }
      await engine.close();
    });

    it("images kept as bfloat16: the same loss, almost the same gradient", async () => {
      const engine = await open();
      const plain = await results(engine, net, net.graph);
      const halved = halvable(net.graph, new Set());
      const less = await results(engine, net, rematerialise(net.graph, new Set(), halved));
      const [loss, correct, grad] = less.found;
      expect([loss, correct]).toEqual(plain.found.slice(0, 2));
      const norm = (values: readonly number[]) =>
        Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
      const error = norm(grad.map((value, at) => value - plain.found[2][at]));
      expect(error).toBeGreaterThan(0);
      expect(error / norm(plain.found[2])).toBeLessThan(0.02);
      if (title !== "reference") {
        expect(less.memory.kinds.saved).toBeLessThan(plain.memory.kinds.saved);
      }
      await engine.close();
    });
  });
});
