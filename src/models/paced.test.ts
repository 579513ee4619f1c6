import { expect, test } from "vitest";
import { netOf } from "../nn/index.js";
import { createModel, paced } from "./index.js";

const input = { channels: 3, height: 32, width: 32, outputs: 10 };
const resnet = createModel("resnet20", input);
const layoutOf = (parts: Readonly<Record<string, number>>) =>
  netOf(paced(resnet, parts), 2, { training: true }).layout;

test("a frozen part keeps its names, lies behind what is trained and is left out of it", () => {
  const { params, trainable, length } = layoutOf({ body: 0 });
  const whole = netOf(resnet, 2, { training: true }).layout;
  expect(params.map(({ name }) => name).sort()).toEqual(
    whole.params.map(({ name }) => name).sort(),
  );
  expect(length).toBe(whole.length);
  expect(trainable).toBe(64 * 10 + 10);
  const trained = params.filter(({ offset }) => offset < trainable);
  expect(trained.map(({ name }) => name)).toEqual(["fc.weight", "fc.bias"]);
});

test("the innermost part that is named decides", () => {
  const rates = Object.fromEntries(
    layoutOf({ body: 0, stage3: 0.1, "stage3.1.conv1": 0.5, head: 2 }).params.map(
      ({ name, rate }) => [name, rate],
    ),
  );
  expect(rates["conv.weight"]).toBe(0);
  expect(rates["stage3.0.conv1.weight"]).toBe(0.1);
  expect(rates["stage3.1.conv1.weight"]).toBe(0.5);
  expect(rates["fc.weight"]).toBe(2);
});

test("batch norm of a frozen block uses and keeps its statistics", () => {
  const writes = (parts: Readonly<Record<string, number>>) =>
    netOf(paced(resnet, parts), 2, { training: true }).graph.nodes.filter(
      ({ op }) => op.name === "write",
    ).length;
  expect(writes({ body: 0 })).toBe(0);
  expect(writes({ body: 0, stage3: 1 })).toBe(2 * 6);
  expect(writes({ body: 0.1 })).toBe(2 * 19);
});

test("parts that are not there are refused, and a net of which nothing learns", () => {
  expect(() => paced(resnet, { stage9: 0 })).toThrow(
    'unknown part of resnet20 "stage9" (did you mean "stage1"?); known: body, head, conv, bn, stage1, stage2, stage3, fc',
  );
  expect(() => paced(resnet, { relu: 0 })).toThrow('unknown part of resnet20 "relu"; known: body');
  expect(() => paced(resnet, { body: 0, head: 0 })).toThrow(
    "all of model resnet20 is frozen; leave a part to learn",
  );
});

test("a model in one piece has blocks to freeze, but no body", () => {
  const own = createModel("resnet20", input);
  const whole = { ...own, body: undefined };
  expect(() => paced(whole, { body: 0 })).toThrow("has no body and head; name its blocks instead");
});
