import { expect, test } from "vitest";
import { getOptimizer } from "../optim/index.js";
import { counting, points, values } from "../tasks/index.js";
import { type RecipeParts, recipeOf } from "./recipe.js";

const resnet = { optimizer: "momentum", lr: 0.1, decay: 1e-4 };
const data = { data: "any" };

/** Optimizer, rate and decay of a run. */
function chosen(given: Partial<RecipeParts["given"]>, parts: Omit<RecipeParts, "given"> = {}) {
  const { config, optimizer } = recipeOf({ ...parts, given: { ...data, ...given } });
  expect(optimizer.name).toBe((parts.optimizer ?? { name: config.optimizer }).name);
  return [optimizer.name, config.lr, config.decay];
}

test("where nobody says anything it is the schema that does", () => {
  expect(chosen({})).toEqual(["nesterov", 0.05, 5e-4]);
});

test("the user goes before the task, the task before the model, the model before the schema", () => {
  const task = { optimizer: "adam", lr: 0.003 };
  expect(chosen({}, { model: resnet })).toEqual(["momentum", 0.1, 1e-4]);
  expect(chosen({}, { model: resnet, task })).toEqual(["adam", 0.003, 1e-4]);
  const all = { optimizer: "sgd", lr: 0.5, decay: 0 };
  expect(chosen(all, { model: resnet, task })).toEqual(["sgd", 0.5, 0]);
  expect(chosen({ lr: undefined }, { model: resnet })).toEqual(["momentum", 0.1, 1e-4]);
});

test("a rate holds for its own optimizer only", () => {
  expect(chosen({ optimizer: "adamw" }, { model: resnet })).toEqual(["adamw", 0.001, 1e-4]);
  expect(chosen({ optimizer: "nesterov" }, { model: resnet })[1]).toBe(0.05);
  expect(chosen({ optimizer: "adam" })[1]).toBe(0.001);
  expect(chosen({ optimizer: "adadelta" })[1]).toBe(1);
  expect(
    chosen({ optimizer: "momentum" }, { model: resnet, task: { optimizer: "adam", lr: 1 } })[1],
  ).toBe(0.1);
});

test("wrappers leave the rate as it is", () => {
  expect(chosen({ optimizer: "lookahead(sam(momentum))" }, { model: resnet })[1]).toBe(0.1);
  expect(chosen({ optimizer: "sam(adam)" }, { model: resnet })[1]).toBe(0.001);
});

test("a program's own optimizer has its own rate, whatever its name in the settings", () => {
  const optimizer = { ...getOptimizer("momentum"), name: "mine", rate: 0.2 };
  expect(chosen({ optimizer: "momentum" }, { model: resnet, optimizer })[1]).toBe(0.2);
});

test("points, counts and values are learnt by Adam", () => {
  expect(chosen({}, { task: points.defaults })).toEqual(["adam", 0.003, 5e-4]);
  expect(chosen({}, { task: counting.defaults })).toEqual(["adam", 0.003, 5e-4]);
  expect(chosen({}, { task: values.defaults, model: resnet })).toEqual(["adamw", 0.001, 0.01]);
});
