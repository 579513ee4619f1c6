// Compressed activations change nothing but the gradients of the weights that they are for, on any engine.

import { describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine/index.js";
import { constant, type Graph, gradients, mul, write } from "../../src/graph/index.js";
import { BOUNDS, compressSaved, REPORT } from "../../src/graph/passes/compressSaved.js";
import { rematerialise } from "../../src/graph/passes/rematerialise.js";
import { segmentsOf } from "../../src/graph/recompute/segments.js";
import { createModel, type Model } from "../../src/models/index.js";
import {
  avgPool,
  batchNorm,
  conv2d,
  flatten,
  initialise,
  type Layer,
  linear,
  maxPool,
  relu,
  relu6,
  residual,
  sequential,
} from "../../src/nn/index.js";
import { trainingGraph } from "../../src/tasks/index.js";
import { Random } from "../../src/tensor/philox.js";
import { classify, targetInputs } from "../support/questions.js";
import { everyEngine } from "./engines.js";

const BATCH = 4;

const net = (name: string, ...layers: Layer[]): Model => ({
  name,
  source: "this suite",
  input: [3, 12, 12],
  outputs: 10,
  layer: sequential(...layers, flatten(), linear(10)),
});
const conv = (channels: number) => conv2d(channels, 3, { padding: 1 });

/** So that sums lie on both sides of 6. */
const enlarge: Layer = (x) => mul(x, constant(x.graph, 6));

/** Everything that reads saved images: masks, winners, two convolutions at once, normalisation. */
const nets: readonly Model[] = [
  net(
    "plain",
    conv(8),
    relu(),
    conv(16),
    relu(),
    maxPool(2),
    conv(20),
    relu(),
    avgPool(2),
    conv(8),
  ),
  net(
    "residual",
    conv(16),
    relu(),
    residual(sequential(conv(16), relu(), conv(16))),
    relu(),
    conv(8),
  ),
  net(
    "normalised",
    conv(8),
    batchNorm(),
    relu(),
    maxPool(3),
    conv(16),
    batchNorm(),
    relu(),
    conv(4),
  ),
  ...Object.entries({ relu: relu(), relu6: relu6() }).map(([name, activation]) =>
    net(
      `normalised residual with ${name}`,
      conv(8),
      batchNorm(),
      relu(),
      enlarge,
      residual(sequential(conv(8), batchNorm()), { activation }),
      conv(4),
    ),
  ),
];

/** The graph with the gradient of its images written to a vector as well. */
function withInputGradient(graph: Graph): number {
  const x = graph.nodes.find(({ op, attrs }) => op.name === "input" && attrs["name"] === "x");
  const [dx] = gradients(graph.outputs.get("loss")!, [x!.outputs[0]]);
  write("dx", dx);
  return dx.shape.reduce((product, size) => product * size, 1);
}

interface Found {
  readonly loss: number[];
  readonly dx: Float32Array;
  readonly grad: Float32Array;
  readonly report: Float32Array;
}

async function step(
  engine: Engine,
  net: ReturnType<typeof trainingGraph>,
  graph: Graph,
  pixels: number,
  bounds: readonly number[] = [],
  reportLength = 1,
): Promise<Found> {
  const { length, trainable } = net.layout;
  const program = await engine.compile(graph);
  const vectors = {
    w: engine.vector(length),
    grad: engine.vector(trainable),
    dx: engine.vector(pixels),
    ...(bounds.length > 0 && {
      [BOUNDS]: engine.vector(bounds.length),
      [REPORT]: engine.vector(reportLength),
    }),
  };
  await vectors.w.write(initialise(net, 1));
  await vectors[BOUNDS]?.write(bounds);
  const random = new Random({ seed: 2, purpose: "init" });
  const x = Float32Array.from({ length: pixels }, () => random.normal());
  const targets = Float32Array.from({ length: BATCH * 10 }, (_, at) => (at % 11 === 0 ? 1 : 0));
  const inputs = { x, ...targetInputs(targets, 10) };
  const outputs = await program.run({ vectors, inputs });
  return {
    loss: Object.values(outputs).flatMap((values) => [...values]),
    dx: await vectors.dx.read(),
    grad: await vectors.grad.read(),
    report: (await vectors[REPORT]?.read()) ?? new Float32Array(0),
  };
}

describe.each(everyEngine)("$title", ({ skip, open }) => {
  describe.skipIf(skip).each(nets)("$name", (model) => {
    const plainNet = () => trainingGraph(classify(model), BATCH);

    it("the gradient of the images stays to the bit, that of weights within its error", async () => {
      const engine = await open();
      const net = plainNet();
      const pixels = withInputGradient(net.graph);
      const { graph, values, reportLength } = compressSaved(net.graph, 1);
      expect(values.length).toBeGreaterThan(0);
      const plain = await step(engine, net, net.graph, pixels);
      const bounds = values.map(() => 2 ** -6);
      const less = await step(engine, net, graph, pixels, bounds, reportLength);
      expect(less.loss).toEqual(plain.loss);
      expect(less.dx).toEqual(plain.dx);
      const touched = new Float32Array(net.layout.trainable);
      for (const { offset, length } of values.flatMap(({ consumers }) => consumers)) {
        touched.fill(1, offset, offset + length);
      }
      const changed = less.grad.map((value, at) => value - plain.grad[at]);
      expect(changed.every((value, at) => value === 0 || touched[at] === 1)).toBe(true);
      expect(changed.some((value) => value !== 0)).toBe(true);
      for (const { report, elements } of values) {
        const [bound, doublings, bytes, nonzeros] = less.report.subarray(report, report + 4);
        expect([bound, doublings]).toEqual([2 ** -6, 0]);
        expect(bytes).toBeGreaterThan(0);
        expect(nonzeros).toBeLessThanOrEqual(elements);
      }
      await engine.close();
    });

    it("goes together with recomputation", async () => {
      const engine = await open();
      const net = plainNet();
      const pixels = withInputGradient(net.graph);
      const recomputed = rematerialise(net.graph, segmentsOf(net.graph, 2));
      const { graph, values, reportLength } = compressSaved(recomputed, 1);
      const plain = await step(engine, net, net.graph, pixels);
      const less = await step(
        engine,
        net,
        graph,
        pixels,
        [...values.map(() => 0.01), 0],
        reportLength + 1,
      );
      expect(less.loss).toEqual(plain.loss);
      expect(less.dx).toEqual(plain.dx);
      await engine.close();
    });
  });
});

it("keeps a tensor that two convolutions read once", () => {
  const [, residualNet] = nets;
  const { graph, values } = compressSaved(trainingGraph(classify(residualNet), BATCH).graph, 1);
  const compressed = graph.nodes.filter(({ op }) => op.name === "compress");
  expect(compressed).toHaveLength(values.length);
  expect(new Set(compressed.map(({ inputs }) => inputs[0])).size).toBe(values.length);
});

it("leaves what normalisation needs as it is", () => {
  const input = { channels: 3, height: 32, width: 32, outputs: 10 };
  const { graph } = compressSaved(
    trainingGraph(classify(createModel("resnet20", input)), BATCH).graph,
    1 / 8,
  );
  const exact = graph.nodes.filter(({ op }) => op.name === "batchNormGrad");
  expect(exact.every(({ inputs }) => inputs[1].node.op.name === "conv2d")).toBe(true);
  const masked = exact.filter(({ inputs }) => inputs.length === 7);
  expect(masked).toHaveLength(9);
  expect(masked.every(({ inputs }) => inputs[6].node.op.name === "unpackBits")).toBe(true);
});
