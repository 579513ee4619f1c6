// The suite that every optimizer passes: one row of the table each.

import { describe, expect, test } from "vitest";
import { referenceEngine } from "../engine/reference/index.js";
import { layoutOf, type ParamKind } from "../graph/index.js";
import type { Hyper } from "./optimizer.js";
import { getOptimizer, getRule, optimizers } from "./registry.js";
import { compileUpdate, decayMaskOf } from "./update.js";

/** Worked out by hand for one weight that starts at 1, lr 0.1 and the default numbers. */
interface Case {
  /** The weight after gradients 0.5, -1 and 2. */
  readonly steps: readonly [number, number, number];
  /** The weight after one step of gradient 0 with decay 0.1. */
  readonly decayed: number;
  /** Own numbers that make it simple enough to be worked out. */
  readonly hyper?: Hyper;
}

const table: Readonly<Record<string, Case>> = {
  sgd: { steps: [0.95, 1.05, 0.85], decayed: 0.99 },
  momentum: { steps: [0.95, 1.005, 0.8545], decayed: 0.99 },
  nesterov: { steps: [0.905, 1.0545, 0.71905], decayed: 0.981 },
  adam: { steps: [0.9, 0.9366104, 0.8946448], decayed: 0.9 },
  "entropy-sgd": {
    steps: [0.905, 0.9992179, 0.6192179],
    decayed: 0.981,
    hyper: { chain: 2, noise: 0 },
  },
  adamw: { steps: [0.9, 0.9366104, 0.8946448], decayed: 0.99 },
};

const kinds: readonly ParamKind[] = ["weight", "bias", "scale", "shift", "statistic"];
const layout = layoutOf(kinds.map((kind) => ({ name: kind, kind, shape: [1] })));

/** All parameters, starting at 1, after steps with the same gradient for every one of them. */
async function train(name: string, grads: readonly number[], hyper: Hyper = {}) {
  const engine = referenceEngine();
  const update = await compileUpdate(engine, getRule(name), layout);
  const w = engine.vector(layout.length);
  await w.write([1, 1, 1, 1, 1]);
  const grad = engine.vector(layout.trainable);
  const state = update.init();
  const trace: number[][] = [];
  for (const [at, value] of grads.entries()) {
    await grad.write(new Array(layout.trainable).fill(value));
    await update.step(
      w,
      grad,
      state,
      { lr: 0.1, step: at + 1, ...table[name].hyper, ...hyper },
      { seed: 1, purpose: "noise", step: at },
    );
    trace.push([...(await w.read())]);
  }
  return trace;
}

describe.each(optimizers().map(({ name }) => name))("%s", (name) => {
  test("takes three steps as worked out by hand", async () => {
    const weights = (await train(name, [0.5, -1, 2])).map(([weight]) => weight);
    for (const [at, expected] of table[name].steps.entries()) {
      expect(weights[at]).toBeCloseTo(expected, 6);
    }
  });

  test("a zero gradient changes nothing without decay", async () => {
    expect(await train(name, [0, 0])).toEqual([
      [1, 1, 1, 1, 1],
      [1, 1, 1, 1, 1],
    ]);
  });

  test("decay pulls at weights, and skips biases, norms and statistics", async () => {
    const [[weight, ...others]] = await train(name, [0], { decay: 0.1 });
    expect(weight).toBeCloseTo(table[name].decayed, 6);
    expect(others).toEqual([1, 1, 1, 1]);
  });

  test("has finite defaults and a source", () => {
    const { defaults, source } = getOptimizer(name);
    expect(Object.values(defaults).every(Number.isFinite)).toBe(true);
    expect(source).toMatch(/\d{4}/);
  });
});

test("own numbers can be set, and a mistyped one is refused", async () => {
  const [, second] = await train("momentum", [1, 1], { momentum: 0 });
  expect(second[0]).toBeCloseTo(0.8, 6);
  await expect(train("momentum", [1], { momentun: 0 })).rejects.toThrow(
    'unknown number of momentum "momentun" (did you mean "momentum"?)',
  );
});

test("a learning rate that is not a number is refused", async () => {
  await expect(train("sgd", [1], { lr: Number.NaN })).rejects.toThrow(
    "sgd: lr must be a number, found NaN",
  );
});

test("an unknown optimizer is refused with the nearest one", () => {
  expect(() => getOptimizer("adamm")).toThrow('unknown optimizer "adamm" (did you mean "adam"?)');
});

test("the decay mask covers the trainable elements and marks weights", () => {
  const wide = layoutOf([
    { name: "a", kind: "statistic", shape: [3] },
    { name: "b", kind: "bias", shape: [1] },
    { name: "c", kind: "weight", shape: [2, 2] },
  ]);
  expect([...decayMaskOf(wide)]).toEqual([0, 1, 1, 1, 1]);
});
