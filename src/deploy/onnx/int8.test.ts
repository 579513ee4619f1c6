// Nets in whole numbers as pairs of QuantizeLinear and DequantizeLinear, beside the same nets here.

import { afterAll, beforeAll, expect, test } from "vitest";
import { noise } from "../../../test/support/layers.js";
import { livelyWeights } from "../../../test/support/livelyWeights.js";
import { besideOnnx } from "../../../test/support/onnxRun.js";
import { calibrate } from "../../compress/index.js";
import { integerNet } from "../../compress/integers.js";
import { createEngine, type Engine } from "../../engine/index.js";
import { createModel, familyOf } from "../../models/index.js";
import { compact, compacted, initialise, netOf } from "../../nn/index.js";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

/** Residual sums, depthwise layers, concatenation, pools, maps of another size. */
const names = ["lenet5", "resnet8", "mobilenetv2-0.35", "squeezenet1.1", "unet-8"];

test.each(names)("%s", async (name) => {
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
  const values = initialise(netOf(whole, 1, { training: false }), 0);
  const found = await besideOnnx(engine, whole, values, images);
  expect(found.freeBatch).toBe(true);
  expect(found.difference).toBeLessThan(0.02);
});
