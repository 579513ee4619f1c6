// Every registered model as an ONNX file gives in onnxruntime what it gives here.

import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isAffordable } from "../../../test/support/affordable.js";
import { noise } from "../../../test/support/layers.js";
import { livelyWeights } from "../../../test/support/livelyWeights.js";
import { createEngine, type Engine } from "../../engine/index.js";
import { WEIGHTS } from "../../graph/index.js";
import { createModel, families } from "../../models/index.js";
import { IMAGES, netOf } from "../../nn/index.js";
import { onnxFile } from "./model.js";
import { INPUT, onnxGraph } from "./onnxGraph.js";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

const MOST = 1e-4;
/** No batch that graphs are written for. */
const BATCH = 4;

const affordable = families.filter(({ name, smallest, published: { channels } }) => {
  const input = { channels, height: smallest, width: smallest, outputs: 10 };
  return isAffordable(netOf(createModel(name, input), 1, { training: false }));
});

test.each(affordable.map((family) => [family.name, family] as const))(
  "%s",
  async (name, family) => {
    const { smallest, published } = family;
    const input = { channels: published.channels, height: smallest, width: smallest, outputs: 10 };
    const model = createModel(name, input);
    const build = (batch: number) => netOf(model, batch, { training: false });
    const net = build(BATCH);
    net.graph.output("output", net.output);
    const values = livelyWeights(net.layout);
    const { graph, freeBatch } = onnxGraph(build, values, { name, output: "output" });
    expect(freeBatch).toBe(true);
    const images = noise(BATCH * input.channels * smallest ** 2);

    const w = engine.vector(values.length);
    await w.write(values);
    const program = await engine.compile(net.graph);
    const run = await program.run({ vectors: { [WEIGHTS]: w }, inputs: { [IMAGES]: images } });
    const output = run.output as Float32Array;

    const session = await InferenceSession.create(onnxFile(graph, name));
    const shape = [BATCH, input.channels, smallest, smallest];
    const found = await session.run({ [INPUT]: new Tensor("float32", images, shape) });
    expect(found.output.dims).toEqual(net.output.shape);
    const numbers = found.output.data as Float32Array;
    const largest = output.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    const difference = output.reduce(
      (most, value, at) => Math.max(most, Math.abs(value - numbers[at])),
      0,
    );
    expect(difference / largest).toBeLessThan(MOST);
    await session.release();
  },
);
