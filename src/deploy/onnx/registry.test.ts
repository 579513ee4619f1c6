// Every registered model as an ONNX file gives in onnxruntime what it gives here, and again when it is read.

import { afterAll, beforeAll, expect, test } from "vitest";
import { isAffordable } from "../../../test/support/affordable.js";
import { noise } from "../../../test/support/layers.js";
import { livelyWeights } from "../../../test/support/livelyWeights.js";
import { besideOnnx, relativeDifference } from "../../../test/support/onnxRun.js";
import { createEngine, type Engine } from "../../engine/index.js";
import { WEIGHTS } from "../../graph/index.js";
import { createModel, families, importedFamily } from "../../models/index.js";
import { IMAGES, initialise, netOf } from "../../nn/index.js";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

const MOST = 1e-4;
/** No batch that graphs are written for. */
const BATCH = 4;

const inputOf = ({ smallest, published: { channels } }: (typeof families)[number]) => ({
  ...{ channels, height: smallest, width: smallest, outputs: 10 },
});
const affordable = families.filter((family) =>
  isAffordable(netOf(createModel(family.name, inputOf(family)), 1, { training: false })),
);

/** What a file gives once it is a model of ours. */
async function reread(file: Uint8Array, images: Float32Array): Promise<Float32Array> {
  const family = importedFamily(file, "net.onnx");
  const { channels, height, width, outputs } = family.published;
  const model = createModel(family.name, { channels, height, width, outputs }, [family]);
  const net = netOf(model, BATCH, { training: false });
  net.graph.output("output", net.output);
  const w = engine.vector(net.layout.length);
  await w.write(initialise(net, 1));
  const program = await engine.compile(net.graph);
  const run = await program.run({ vectors: { [WEIGHTS]: w }, inputs: { [IMAGES]: images } });
  return run.output as Float32Array;
}

test.each(affordable.map((family) => [family.name, family] as const))(
  "%s",
  async (name, family) => {
    const input = inputOf(family);
    const model = createModel(name, input);
    const { layout } = netOf(model, 1, { training: false });
    const images = noise(BATCH * input.channels * input.height * input.width);
    const found = await besideOnnx(engine, model, livelyWeights(layout), images);
    expect(found.freeBatch).toBe(true);
    expect(found.dims).toEqual(found.shape);
    expect(found.difference).toBeLessThan(MOST);
    expect(relativeDifference(found.own, await reread(found.file, images))).toBeLessThan(MOST);
  },
);
