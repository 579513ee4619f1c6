import { expect, test } from "vitest";
import { noise } from "../../../test/support/layers.js";
import { livelyWeights } from "../../../test/support/livelyWeights.js";
import { interpret } from "../../engine/reference/index.js";
import { WEIGHTS } from "../../graph/index.js";
import { createModel } from "../../models/index.js";
import { IMAGES } from "../build.js";
import { conv2d, flatten, globalAvgPool, linear, residual, sequential } from "../layers/index.js";
import { netOf } from "../net.js";
import { fullConvolution } from "./fullConv.js";

const passes = [fullConvolution()];
const shapesOf = (layer: ReturnType<typeof conv2d>, input: [number, number, number]) =>
  netOf({ layer, input }, 1, { training: true, passes }).graph.nodes.flatMap(({ op, outputs }) =>
    op.name === "conv2d" ? [outputs[0].shape.slice(2)] : [],
  );

test("every pixel meets every place of the window, wherever it is", () => {
  const layer = sequential({
    conv: conv2d(1, 3, { bias: false, padding: 1 }),
    pool: globalAvgPool(),
  });
  const net = netOf({ layer, input: [1, 5, 5] }, 25, { training: false, passes });
  net.graph.output("y", net.output);
  const w = livelyWeights(net.layout);
  // One pixel, at each place in turn.
  const images = Float32Array.from({ length: 625 }, (_, at) =>
    Number(Math.floor(at / 25) === at % 25),
  );
  const vectors = { [WEIGHTS]: Float64Array.from(w) };
  const { y } = interpret(net.graph, { vectors, inputs: { [IMAGES]: images } });
  const sum = w.reduce((total, value) => total + value, 0);
  // A mean over the 7x7 pixels that there are.
  for (const value of y) expect(value).toBeCloseTo(sum / 49, 6);
});

test("windows, strides and dilations count", () => {
  expect(shapesOf(conv2d(1, [3, 5]), [1, 6, 6])).toEqual([[8, 10]]);
  expect(shapesOf(conv2d(1, 3, { dilation: 2, padding: 1 }), [1, 6, 6])).toEqual([[10, 10]]);
  expect(shapesOf(conv2d(1, 1), [1, 6, 6])).toEqual([[6, 6]]);
  expect(shapesOf(conv2d(1, 3, { strides: 2, padding: 1 }), [1, 6, 6])).toEqual([[4, 4]]);
});

test("what is added to maps has zeros around it", () => {
  const body = sequential(conv2d(1, 3, { padding: 1, bias: false }));
  const net = netOf({ layer: residual(body), input: [1, 3, 3] }, 1, { training: false, passes });
  net.graph.output("y", net.output);
  const images = noise(9, 2);
  const vectors = { [WEIGHTS]: new Float64Array(9) };
  const { y } = interpret(net.graph, { vectors, inputs: { [IMAGES]: images } });
  expect(net.output.shape).toEqual([1, 1, 5, 5]);
  const inner = [...y].filter((_, at) => Math.floor(at / 5) % 4 > 0 && (at % 5) % 4 > 0);
  expect(inner).toEqual([...images]);
  expect([...y].filter((value) => value === 0)).toHaveLength(16);
});

test.each(["resnet20", "wrn-16-4"])("%s keeps its parameters and its outputs' shape", (name) => {
  const model = createModel(name, { channels: 3, height: 16, width: 16, outputs: 5 });
  const [plain, full] = [[], passes].map((own) => netOf(model, 2, { training: true, passes: own }));
  expect(full.layout).toEqual(plain.layout);
  expect(full.output.shape).toEqual([2, 5]);
});

test("a linear layer over maps is refused", () => {
  const layer = sequential(conv2d(1, 3), flatten(), linear(2));
  expect(() => netOf({ layer, input: [1, 6, 6] }, 1, { training: true, passes })).toThrow(
    "full-conv: the net takes maps of a fixed size apart",
  );
});
