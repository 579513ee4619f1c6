import { expect, test } from "vitest";
import { runLayer } from "../../../test/support/layers.js";
import { build, initialise } from "../build.js";
import { lstm } from "./lstm.js";

const waves = (length: number, from: number) =>
  Array.from({ length }, (_, at) => Math.sin(at + from));

/** Weights of one direction, two units and two features. */
const paramsOf = (end: string, from: number) => ({
  [`weight${end}`]: waves(16, from + 1),
  [`recurrent${end}`]: waves(16, from + 2),
  [`bias${end}`]: waves(8, from + 3),
});

test("states are those of torch.nn.LSTM in both directions, gates in its order", async () => {
  const params = { ...paramsOf("", 0), ...paramsOf("_reverse", 5) };
  const layer = lstm(2, { bidirectional: true });
  const { shape, y } = await runLayer(layer, [1, 3, 2], waves(6, 4), { params });
  expect(shape).toEqual([1, 3, 4]);
  const torch = [
    ...[0.042078, 0.1358834, -0.4829846, 0.0355803, 0.1574063, 0.1003919],
    ...[-0.2494655, -0.2536285, 0.4272694, 0.119993, 0.2410201, -0.1807053],
  ];
  for (const [at, value] of torch.entries()) expect(y[at]).toBeCloseTo(value, 5);
});

test("nothing is forgotten at first", () => {
  const net = build(lstm(3), [1, 4, 5], { training: true });
  const { offset } = net.layout.params.find(({ name }) => name === "bias")!;
  const bias = initialise(net, 1).subarray(offset, offset + 12);
  expect([...bias]).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
});

test("anything but steps is refused", () => {
  expect(() => build(lstm(3), [2, 5], { training: true })).toThrow(
    /lstm: expected \[batch, steps, features\]/,
  );
});
