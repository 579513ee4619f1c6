import { expect, test } from "vitest";
import { noise } from "../../test/support/layers.js";
import { referenceEngine } from "../engine/reference/index.js";
import { WEIGHTS } from "../graph/index.js";
import { build, IMAGES, initialise } from "../nn/index.js";
import { sizeOf } from "../tensor/shape.js";
import { createModel } from "./index.js";
import type { Depth } from "./model.js";

const shape = [5, 1, 8, 8];
const { depth } = createModel("odenet-dense32", { channels: 1, height: 8, width: 8, outputs: 4 });

/** Logits of the net at a depth whose field is constant in time: that of the net of one block. */
async function logitsAt({ at, stages: [stage] }: Depth, blocks: number): Promise<Float32Array> {
  const engine = referenceEngine();
  const start = build(at(1), shape, { training: true });
  const net = build(at(blocks), shape, { training: true });
  net.graph.output("logits", net.output);
  const own = initialise(start, 1);
  const w = engine.vector(net.layout.length);
  for (const { name, offset } of net.layout.params) {
    const from = name.replace(new RegExp(`^${stage}\\.\\d+`), `${stage}.0`);
    const param = start.layout.params.find((one) => one.name === from)!;
    await w.write(own.subarray(param.offset, param.offset + sizeOf(param.shape)), offset);
  }
  const program = await engine.compile(net.graph);
  const inputs = { [IMAGES]: noise(sizeOf(shape)) };
  return (await program.run({ vectors: { [WEIGHTS]: w }, inputs })).logits as Float32Array;
}

const distance = (a: Float32Array, b: Float32Array) =>
  Math.hypot(...a.map((value, at) => value - b[at]));

test("nets of one equation differ by O(dt), the less the deeper they are", async () => {
  const depths = [16, 32, 64, 128, 256];
  const logits = await Promise.all(depths.map((blocks) => logitsAt(depth!, blocks)));
  const gaps = logits.slice(1).map((deeper, at) => distance(deeper, logits[at]));
  for (const [at, gap] of gaps.slice(1).entries()) {
    expect(gap / gaps[at]).toBeGreaterThan(0.4);
    expect(gap / gaps[at]).toBeLessThan(0.6);
  }
});

test("the outside of the stages is the same at every depth", () => {
  const { at, stages, blocks } = depth!;
  const outside = (layers: number) =>
    build(at(layers), shape, { training: true }).layout.params.filter(
      ({ name }) => !stages.some((stage) => name.startsWith(`${stage}.`)),
    );
  const names = (layers: number) => outside(layers).map(({ name, shape: own }) => [name, own]);
  expect(names(blocks / 4)).toEqual(names(blocks));
});
