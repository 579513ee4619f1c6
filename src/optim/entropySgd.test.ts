import { describe, expect, test } from "vitest";
import { createEngine, type Engine } from "../engine/index.js";
import { referenceEngine } from "../engine/reference/index.js";
import { layoutOf } from "../graph/index.js";
import { Random } from "../tensor/philox.js";
import { entropySgd } from "./entropySgd.js";
import type { Hyper } from "./optimizer.js";
import { getRule } from "./registry.js";
import { compileUpdate } from "./update.js";

const layout = (length: number) => layoutOf([{ name: "w", kind: "weight", shape: [length] }]);

/** A net that learns: weights, state and a step whose gradient is a function of the weights. */
async function learner(engine: Engine, optimizer: string, start: ArrayLike<number>) {
  const { length } = start;
  const update = await compileUpdate(engine, getRule(optimizer), layout(length));
  const [w, grad] = [engine.vector(length), engine.vector(length)];
  await w.write(start);
  const state = update.init();
  const step = async (at: number, slope: ArrayLike<number>, hyper: Hyper) => {
    await grad.write(slope);
    const numbers = { lr: 0.1, ...hyper, step: at };
    await update.step(w, grad, state, numbers, { seed: 7, purpose: "noise", step: at });
  };
  return { w, state, step };
}

const numbers = (seed: number, length = 50) => {
  const random = new Random({ seed, purpose: "init" });
  return Float32Array.from({ length }, () => random.normal());
};

/** Weights after some steps, each with a gradient of its own that no two optimizers disagree on. */
async function course(engine: Engine, optimizer: string, hyper: Hyper): Promise<Float32Array> {
  const { w, step } = await learner(engine, optimizer, numbers(1));
  for (let at = 1; at <= 6; at++) await step(at, numbers(at + 1), hyper);
  return w.read();
}

const free = { noise: 0, gamma0: 0 };
const still = { chain: 1, innerRate: 1, innerMomentum: 0, alpha: 0, ...free };

describe.each(["reference", "auto"])("without a chain to speak of (engine %s)", (name) => {
  test.each([
    ["no chain is Nesterov's method", { chain: 0, momentum: 0.9 }, "nesterov", { momentum: 0.9 }],
    ["no chain, with decay", { chain: 0, decay: 0.01 }, "nesterov", { decay: 0.01 }],
    ["no chain, no momentum is gradient descent", { chain: 0, momentum: 0 }, "sgd", {}],
    ["a chain of one free step is Nesterov's method", still, "nesterov", {}],
    ["and without momentum gradient descent", { ...still, momentum: 0 }, "sgd", {}],
  ])("%s, bit for bit", async (_, hyper, plain, plainHyper) => {
    const engine = await createEngine({ engine: name });
    const own = await course(engine, "entropy-sgd", hyper);
    expect(own).toEqual(await course(engine, plain, plainHyper));
    await engine.close();
  });
});

describe("on a quadratic of curvature h", () => {
  const [h, gamma0] = [2, 0.5];

  /** Running mean of a long chain that starts at 1. */
  async function chainMean(hyper: Hyper): Promise<number> {
    const { w, state, step } = await learner(referenceEngine(), "entropy-sgd", [1]);
    const settings = { chain: 1000, innerRate: 0.02, noise: 0, gamma0, ...hyper };
    for (let at = 1; at <= 400; at++) await step(at, [h * (await w.read())[0]], settings);
    return 1 + (await state.drift.read())[0];
  }

  test("the chain's mean tends to gamma / (h + gamma) of the anchor", async () => {
    const expected = gamma0 / (h + gamma0);
    expect(Math.abs((await chainMean({ innerMomentum: 0 })) / expected - 1)).toBeLessThan(0.01);
  });

  test("inner momentum m makes the gradient, not the spring, 1 / (1 - m) times as strong", async () => {
    const expected = gamma0 / (2 * h + gamma0);
    expect(Math.abs((await chainMean({ innerMomentum: 0.5 })) / expected - 1)).toBeLessThan(0.01);
  });
});

describe("phases of a step", () => {
  const { first, last, spring } = entropySgd.derived!;
  const series = (of: (hyper: Hyper) => number, hyper: Hyper) =>
    [1, 2, 3, 4, 5, 6, 7, 8].map((step) =>
      of({ ...entropySgd.defaults, stepsPerEpoch: Number.MAX_SAFE_INTEGER, ...hyper, step }),
    );

  test("chains follow each other", () => {
    expect(series(first, { chain: 3 })).toEqual([1, 0, 0, 1, 0, 0, 1, 0]);
    expect(series(last, { chain: 3 })).toEqual([0, 0, 1, 0, 0, 1, 0, 0]);
  });

  test("a chain ends with its epoch", () => {
    expect(series(first, { chain: 3, stepsPerEpoch: 4 })).toEqual([1, 0, 0, 1, 1, 0, 0, 1]);
    expect(series(last, { chain: 3, stepsPerEpoch: 4 })).toEqual([0, 0, 1, 1, 0, 0, 1, 1]);
    expect(series(last, { chain: 20, stepsPerEpoch: 4 })).toEqual([0, 0, 0, 1, 0, 0, 0, 1]);
  });

  test("the spring grows with each move of the anchor", () => {
    const hyper = { chain: 3, stepsPerEpoch: 4, gamma0: 1, gamma1: 1 };
    expect(series(spring, hyper)).toEqual([1, 1, 1, 2, 4, 4, 4, 8]);
  });
});

test("noise has the std of Langevin dynamics, and follows from the step's key", async () => {
  const zeros = new Float32Array(20000);
  const afterOne = async (at: number) => {
    const { w, step } = await learner(referenceEngine(), "entropy-sgd", zeros);
    await step(at, zeros, { noise: 0.01, innerRate: 0.02, chain: 20 });
    return w.read();
  };
  const drawn = await afterOne(1);
  const std = Math.sqrt(drawn.reduce((sum, x) => sum + x * x, 0) / drawn.length);
  // Rate times noise / sqrt(rate / 2).
  expect(Math.abs(std / (0.02 * 0.1) - 1)).toBeLessThan(0.03);
  expect(await afterOne(1)).toEqual(drawn);
  expect(await afterOne(21)).not.toEqual(drawn);
});

test("goes on from weights, state and the step's number, in the middle of a chain", async () => {
  const hyper = { chain: 4, stepsPerEpoch: 7, decay: 0.01 };
  const steps = async (from: Awaited<ReturnType<typeof learner>>, start: number, end: number) => {
    for (let at = start; at < end; at++) await from.step(at, numbers(at), hyper);
  };
  const whole = await learner(referenceEngine(), "entropy-sgd", numbers(0));
  await steps(whole, 1, 12);
  const before = await learner(referenceEngine(), "entropy-sgd", numbers(0));
  await steps(before, 1, 7);
  const after = await learner(referenceEngine(), "entropy-sgd", await before.w.read());
  for (const name of entropySgd.state) {
    await after.state[name].write(await before.state[name].read());
  }
  await steps(after, 7, 12);
  expect(await after.w.read()).toEqual(await whole.w.read());
});

test("who moves the net in the middle of a chain moves its anchor as well", async () => {
  const flat = (shift: number) => async () => {
    const { w, step } = await learner(referenceEngine(), "entropy-sgd", [1]);
    for (let at = 1; at <= 4; at++) {
      if (at === 3) await w.write([(await w.read())[0] + shift]);
      await step(at, [0.5], { chain: 4, noise: 0, gamma0: 1 });
    }
    return (await w.read())[0];
  };
  expect(await flat(3)()).toBeCloseTo((await flat(0)()) + 3, 5);
});

test.each([
  [{ chain: 2.5 }, "entropy-sgd: chain is 2.5; expected a whole number from 0 on"],
  [{ chain: -1 }, "entropy-sgd: chain is -1; expected a whole number from 0 on"],
  [{ innerRate: 0 }, "entropy-sgd: innerRate is 0; expected a number above 0"],
])("refuses %j", async (hyper, message) => {
  const { step } = await learner(referenceEngine(), "entropy-sgd", [1]);
  await expect(step(1, [1], hyper)).rejects.toThrow(message);
});

test("a rule that draws needs a key", async () => {
  const engine = referenceEngine();
  const update = await compileUpdate(engine, entropySgd, layout(1));
  const vectors = [engine.vector(1), engine.vector(1)] as const;
  await expect(update.step(...vectors, update.init(), { lr: 1, step: 1 })).rejects.toThrow(
    "the graph draws random numbers and needs a key",
  );
});
