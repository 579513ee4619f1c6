// The worked examples of ONNX's QuantizeLinear and QLinearConv (onnx 1.23.2, backend node cases, Apache-2.0).

import { expect, test } from "vitest";
import { createEngine } from "../../src/engine/index.js";
import { Graph, input, integerConv2d, quantise } from "../../src/graph/index.js";

async function run(graph: Graph, inputs: Record<string, Float32Array | Uint8Array | Int8Array>) {
  const engine = await createEngine({ engine: "reference" });
  const { y } = await (await engine.compile(graph)).run({
    inputs: { ...inputs, bias: Int32Array.of(0) },
  });
  await engine.close();
  return [...y];
}

test("test_quantizelinear", async () => {
  const graph = new Graph();
  graph.output("y", quantise(input(graph, "x", [1, 6]), { scale: 2, zero: 128 }));
  input(graph, "bias", [1], "i32");
  const x = Float32Array.of(0, 2, 3, 1000, -254, -1000);
  // 3 / 2 lies in the middle of 1 and 2.
  expect(await run(graph, { x })).toEqual([128, 129, 130, 255, 1, 0]);
});

const images = [
  255, 174, 162, 25, 203, 168, 58, 15, 59, 237, 95, 129, 0, 64, 56, 242, 153, 221, 168, 12, 166,
  232, 178, 186, 195, 237, 162, 237, 188, 39, 124, 77, 80, 102, 43, 127, 230, 21, 83, 41, 40, 134,
  255, 154, 92, 141, 42, 148, 247,
];
const results = [
  0, 81, 93, 230, 52, 87, 197, 240, 196, 18, 160, 126, 255, 191, 199, 13, 102, 34, 87, 243, 89, 23,
  77, 69, 60, 18, 93, 18, 67, 216, 131, 178, 175, 153, 212, 128, 25, 234, 172, 214, 215, 121, 0,
  101, 163, 114, 213, 107, 8,
];

test("test_qlinearconv, its weight of -255 as those of two channels", async () => {
  const graph = new Graph();
  const [x, w] = [input(graph, "x", [1, 2, 7, 7], "u8"), input(graph, "w", [1, 2, 1, 1], "i8")];
  const [bias, multiplier] = [input(graph, "bias", [1], "i32"), input(graph, "multiplier", [1])];
  graph.output("y", integerConv2d(x, w, { bias, multiplier, zero: 132, outZero: 123 }));
  const factor = (0.003692046971991658 * 0.0017279457533732057) / 0.001626812620088458;
  const found = await run(graph, {
    x: Uint8Array.from([...images, ...images]),
    w: Int8Array.of(-128, -127),
    multiplier: Float32Array.of(factor),
  });
  expect(found).toEqual(results);
});
