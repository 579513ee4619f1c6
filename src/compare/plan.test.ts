import { describe, expect, test } from "vitest";
import { stripeSplits } from "../../test/support/tinyRun.js";
import { fingerprint } from "../train/fingerprint.js";
import { getMethod, methods } from "./methods.js";
import { type CompareSettings, folderName, gradientEpochs, makePlan, settingsOf } from "./plan.js";

const data = fingerprint(stripeSplits());
const planOf = (settings: Partial<CompareSettings>) =>
  makePlan(
    { methods: [getMethod("single")], settings: { data: "d" }, out: "o", ...settings },
    data,
    { metric: "accuracy", better: "higher", unit: "share" },
  );

describe("a plan", () => {
  test("has tuning seeds that no compared run has", () => {
    const { seeds, tuning } = planOf({ seeds: 3, lrs: [0.1], settings: { data: "d", seed: 7 } });
    expect(seeds).toEqual([7, 8, 9]);
    expect(tuning).toEqual({ lrs: [0.1], seeds: [1007, 1008] });
    expect(() => planOf({ seeds: 1001 })).toThrow("expected a whole number from 1 to 1000");
  });

  test("gives all methods the epochs of the budget in all", () => {
    expect(gradientEpochs(planOf({}), "single")).toBe(20);
    expect(gradientEpochs(planOf({ settings: { data: "d", epochs: 8 } }), "single")).toBe(8);
  });

  test("gives a method that takes two gradients a step half the epochs", () => {
    const methods = ["sam(adam)", "lookahead(sam(sgd))", "lookahead(sgd)"].map((optimizer) => ({
      name: optimizer,
      description: "one net",
      settings: { optimizer },
    }));
    const plan = planOf({ methods });
    expect(methods.map(({ name }) => gradientEpochs(plan, name))).toEqual([10, 10, 20]);
    expect(() => planOf({ methods, settings: { data: "d", epochs: 5 } })).toThrow(
      "5 epochs are no whole number of epochs for sam(adam), which takes 2 a step",
    );
  });

  test("shares the epochs of two gradients a step among particles", () => {
    const settings = { data: "d", epochs: 24, particles: 3, optimizer: "sam(sgd)" };
    const plan = planOf({ methods: [getMethod("single"), getMethod("gossip")], settings });
    expect(gradientEpochs(plan, "single")).toBe(12);
    expect(gradientEpochs(plan, "gossip")).toBe(4);
  });

  test("gives a method what it has a use for of the settings that all share", () => {
    const settings = { data: "d", epochs: 8, particles: 2, lr: 0.1, schedule: "cosine" };
    const plan = planOf({ methods: ["single", "gossip", "rmtr"].map(getMethod), settings });
    const [single, gossip, rmtr] = plan.methods.map(({ name }) => settingsOf(plan, name));
    expect(single).toEqual({ data: "d", epochs: undefined, lr: 0.1, schedule: "cosine" });
    expect(gossip).toMatchObject({ particles: 2, lr: 0.1 });
    expect(rmtr).toMatchObject({ lr: undefined, schedule: undefined });
  });

  test("compares with the first method, if no other is named", () => {
    expect(planOf({}).baseline).toBe("single");
  });
});

test("method names are unique, also as folders", () => {
  expect(new Set(methods.map(({ name }) => folderName(name))).size).toBe(methods.length);
  expect(folderName("single:optimizer=adam:lr=0.1/0.2")).toBe("single-optimizer=adam-lr=0.1-0.2");
});

test("an unknown method is answered with the nearest one", () => {
  expect(() => getMethod("pso3")).toThrow(/unknown method "pso3" \(did you mean "pso2?"\?\)/);
});
