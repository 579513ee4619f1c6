// Nets in whole numbers as pairs of QuantizeLinear and DequantizeLinear, beside the same nets here.

import { afterAll, beforeAll, expect, test } from "vitest";
import { noise } from "../../../test/support/layers.js";
import { livelyWeights } from "../../../test/support/livelyWeights.js";
import { besideOnnx, runOnnx } from "../../../test/support/onnxRun.js";
import { calibrate } from "../../compress/index.js";
import { integerNet } from "../../compress/integers.js";
import { createEngine, type Engine } from "../../engine/index.js";
import { createModel, familyOf } from "../../models/index.js";
import { compact, compacted, initialise, netOf } from "../../nn/index.js";
import { elements } from "../../tensor/onnx/elements.js";
import { integerWeights, onnxFile, onnxGraph } from "../index.js";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

/** Residual sums, depthwise layers, concatenation, pools, maps of another size. */
const names = ["lenet5", "resnet8", "mobilenetv2-0.35", "squeezenet1.1", "unet-8"];

/** A model in whole numbers, its parameters, and images. */
async function integers(name: string) {
  const { smallest, published } = familyOf(name);
  const side = Math.max(32, smallest);
  const input = { channels: published.channels, height: side, width: side, outputs: 10 };
  const model = createModel(name, input);
  const net = netOf(model, 4, { training: false });
  const images = noise(4 * input.channels * side ** 2);
  const small = compact(net, livelyWeights(net.layout));
  const ranges = await calibrate(engine, small, [images]);
  const pass = (plain: typeof net) => {
    const own = compacted(plain);
    return integerNet(own, () => small.w, ranges);
  };
  const whole = { ...model, passes: [pass] };
  return { whole, images, values: initialise(netOf(whole, 1, { training: false }), 0) };
}

test.each(names)("%s", async (name) => {
  const { whole, values, images } = await integers(name);
  const found = await besideOnnx(engine, whole, values, images);
  expect(found.freeBatch).toBe(true);
  expect(found.difference).toBeLessThan(0.02);
});

test("weights of i8 are those of u8, 128 lower", async () => {
  const { whole, values, images } = await integers("lenet5");
  const build = (batch: number) => netOf(whole, batch, { training: false });
  const found = await Promise.all(
    integerWeights.map(async (type) => {
      const options = { name: "lenet5", output: "output", integerWeights: type };
      const { graph } = onnxGraph(build, values, options);
      const stored = graph.initializer!.find(({ name }) => name === "conv1.weight")!;
      // As they stand, each pair works in f32: no runtime's sums of bytes are in it.
      const { data } = await runOnnx(onnxFile(graph, ""), images, [4, 1, 32, 32], "disabled");
      return { stored: stored.data_type, data };
    }),
  );
  expect(found.map(({ stored }) => stored)).toEqual([elements.u8.id, elements.i8.id]);
  expect(found[0].data).toEqual(found[1].data);
});
