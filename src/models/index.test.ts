import { expect, test } from "vitest";
import { InputError } from "../inputError.js";
import { linear, netOf } from "../nn/index.js";
import { createModel, defaultModel, listModels, withHead } from "./index.js";

const input = { channels: 1, height: 28, width: 28, outputs: 10 };

test("an unknown name is refused with the nearest known one", () => {
  expect(() => createModel("resnet21", input)).toThrow(InputError);
  expect(() => createModel("resnet21", input)).toThrow('did you mean "resnet20"?');
});

test("names are listed once", () => {
  const names = listModels();
  expect(names).toContain("lenet5");
  expect(new Set(names).size).toBe(names.length);
});

test.each([
  ["digits", [1, 28, 28], "lenet5"],
  ["grey images that lenet5 does not take", [1, 8, 8], "resnet20"],
  ["grey photographs", [1, 224, 224], "resnet18"],
  ["small colour images", [3, 32, 32], "resnet20"],
  ["photographs", [3, 64, 64], "resnet18"],
] as const)("the model for %s where none is named", (_, [channels, height, width], name) => {
  expect(defaultModel({ channels, height, width })).toBe(name);
  expect(createModel(name, { channels, height, width, outputs: 2 }).name).toBe(name);
});

test.each([
  ["channels", 0],
  ["height", 28.5],
  ["outputs", -1],
])("%s of %d is refused", (name, value) => {
  expect(() => createModel("lenet5", { ...input, [name]: value })).toThrow(
    `${name} must be a whole number of at least 1, found ${value}`,
  );
});

test("a family may give a net in one piece, on which no other head fits", () => {
  const layer = linear(10);
  const published = input;
  const family = {
    name: "rows",
    source: "here",
    smallest: 1,
    published,
    create: () => ({ layer }),
  };
  const model = createModel("rows", input, [family]);
  expect(model).toMatchObject({ name: "rows", input: [1, 28, 28], outputs: 10, layer });
  expect(() => withHead(model, linear(3), 3)).toThrow("no body that another head could stand on");
});

test.each([undefined, null, {}, { layer: "linear" }, { body: {}, head: () => undefined }])(
  "what a family makes that is no model is refused: %j",
  (made) => {
    const about = { source: "a test", smallest: 1, published: input };
    const family = { ...about, name: "mine", create: () => made as never };
    expect(() => createModel("mine", input, [family])).toThrow(/model mine: create.* no model/);
  },
);

test.each([
  ["mobilenetv2", [1, 1, 1, 1]],
  ["mobilenetv2-same", [0, 0, 1, 1]],
] as const)("%s halves images of even size with a frame of zeros of its own", (name, padding) => {
  const model = createModel(name, { channels: 3, height: 64, width: 64, outputs: 2 });
  const { graph } = netOf(model, 1, { training: false });
  const halving = graph.nodes.filter(({ attrs }) => `${attrs.strides}` === "2,2");
  expect(halving.map(({ attrs }) => attrs.padding)).toEqual(Array(5).fill(padding));
});
