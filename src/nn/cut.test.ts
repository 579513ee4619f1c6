import { expect, test } from "vitest";
import { createModel, paced } from "../models/index.js";
import { cutOf } from "./cut.js";
import { conv2d, dropout, flatten, linear, relu, sequential } from "./index.js";
import { netOf } from "./net.js";
import type { Layer } from "./scope.js";

const input = { channels: 3, height: 32, width: 32, outputs: 10 };
const body = (name: string) => paced(createModel(name, input), { body: 0 });

test.each([
  ["resnet20", [64]],
  ["squeezenet1.1", [512, 1, 1]],
  ["mobilenetv2", [1280]],
  ["lenet5", [84]],
])("a frozen body of %s comes down to %j", (name, shape) => {
  expect(cutOf(body(name))?.shape).toEqual(shape);
});

const frozen = (layer: Layer, ...paths: string[]): { layer: Layer; input: number[] } => ({
  layer: (x, scope) => layer(x, scope.paced(new Map(paths.map((path) => [path, 0])))),
  input: [1, 6, 6],
});
const plain = sequential({
  conv: conv2d(4, 3),
  relu: relu(),
  flatten: flatten(),
  drop: dropout(0.5),
  fc: linear(2),
});

test("the place lies before what is drawn anew in each step", () => {
  expect(cutOf(frozen(plain, "conv", "conv.weight", "conv.bias"))?.shape).toEqual([4 * 4 * 4]);
});

test("there is none where something before it learns, and where nothing is frozen", () => {
  expect(cutOf(frozen(plain, "fc", "fc.weight", "fc.bias"))).toBeUndefined();
  expect(cutOf(createModel("resnet20", input))).toBeUndefined();
});

test("there is none that images go past", () => {
  const unet = createModel("unet-8", { ...input, outputs: 2 });
  const down = cutOf(paced(unet, { down1: 0, down2: 0 }));
  expect(down?.shape).toEqual([8, 32, 32]);
});

test("the net behind it has the parameters and the weights of the whole one", () => {
  const model = body("squeezenet1.1");
  const { after, before } = cutOf(model)!;
  const whole = netOf(model, 4, { training: true });
  const rest = netOf(model, 4, { training: true, passes: [after] });
  expect(rest.layout).toEqual(whole.layout);
  expect(rest.output.shape).toEqual([4, 10]);
  const convolutions = (net: typeof rest) =>
    net.graph.nodes.filter(({ op }) => op.name.startsWith("conv2d")).length;
  expect([convolutions(whole), convolutions(rest)]).toEqual([26, 1]);
  expect(netOf(model, 4, { training: false, passes: [before] }).output.shape).toEqual([
    4, 512, 1, 1,
  ]);
});
