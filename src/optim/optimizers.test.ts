// The suite that every first-order optimizer and every wrapper passes: one row of the table each.

import { describe, expect, test } from "vitest";
import { createEngine, type Engine } from "../engine/index.js";
import { referenceEngine } from "../engine/reference/index.js";
import { layoutOf, type ParamKind, type ParamLayout } from "../graph/index.js";
import { Random } from "../tensor/philox.js";
import type { Hyper } from "./optimizer.js";
import { getOptimizer, getRule, optimizers } from "./registry.js";
import { compileUpdate, decayMaskOf } from "./update.js";
import { wrappers } from "./wrappers/index.js";

/** Worked out by hand for one weight that starts at 1, lr 0.1 and the default numbers. */
interface Case {
  /** The weight after each of the gradients. */
  readonly steps: readonly number[];
  /** Default 0.5, -1 and 2. */
  readonly grads?: readonly number[];
  /** The weight after one step of gradient 0 with decay 0.1. */
  readonly decayed: number;
  /** Own numbers that make it simple enough to be worked out. */
  readonly hyper?: Hyper;
}

const table: Readonly<Record<string, Case>> = {
  sgd: { steps: [0.95, 1.05, 0.85], decayed: 0.99 },
  momentum: { steps: [0.95, 1.005, 0.8545], decayed: 0.99 },
  nesterov: { steps: [0.905, 1.0545, 0.71905], decayed: 0.981 },
  adagrad: { steps: [0.9, 0.9894427, 0.9021556], decayed: 0.9 },
  rmsprop: { steps: [2e-7, 0.8953231, 0.021204], decayed: 1e-6 },
  adadelta: { steps: [0.9995528, 1.0001213, 0.9993789], decayed: 0.9995532 },
  adam: { steps: [0.9, 0.9366104, 0.8946448], decayed: 0.9 },
  adamw: { steps: [0.9, 0.9366104, 0.8946448], decayed: 0.99 },
  amsgrad: {
    grads: [2, 0.1, 0.1],
    steps: [0.9, 0.8387628, 0.7945855],
    decayed: 0.9,
    hyper: { beta2: 0.5 },
  },
  // At the first step 0.1 (0.9 * 0.1 / (1 - 0.81) + 0.1 / 0.1) = 0.1 * 28 / 19 in the gradient's direction.
  nadam: { steps: [0.8526316, 0.9422969, 0.8567659], decayed: 1 - 2.8 / 19 },
  radam: {
    grads: [0.5, -1, 2, 0.5, -1, 2, 0.5],
    steps: [0.95, 0.9789474, 0.9234123, 0.8694868, 0.8531489, 0.8428213, 0.8284692],
    decayed: 0.99,
    hyper: { beta2: 0.9 },
  },
  lars: { steps: [0.95, 0.9525, 0.907125], decayed: 0.99, hyper: { trust: 0.5 } },
  lamb: { steps: [0.9, 0.99, 0.891], decayed: 0.9 },
  "entropy-sgd": {
    steps: [0.905, 0.9992179, 0.6192179],
    decayed: 0.981,
    hyper: { chain: 2, noise: 0 },
  },
  "lookahead(sgd)": { steps: [0.95, 1.025, 0.825], decayed: 0.99, hyper: { slowEvery: 2 } },
  "sam(sgd)": { steps: [0.95, 1.05, 0.85], decayed: 0.99 },
  "ema(sgd)": { steps: [0.95, 1.05, 0.85], decayed: 0.99 },
  "swa(sgd)": { steps: [0.95, 1.05, 0.85], decayed: 0.99 },
  "clip-value(sgd)": { steps: [0.95, 1.05, 0.95], decayed: 0.99 },
  "clip-norm(sgd)": { steps: [0.95, 1, 0.95], decayed: 0.99 },
  "agc(sgd)": { steps: [0.99, 0.9999, 0.989901], decayed: 0.99, hyper: { agcRatio: 0.1 } },
  "grow(sgd)": { steps: [1, 1.05, 1.05], decayed: 1, hyper: { factor: 0.5 } },
  "slim(sgd)": { steps: [0.95, 1.05, 0.85], decayed: 0.99 },
};

const names = [
  ...optimizers().flatMap((optimizer) => ("rule" in optimizer ? [optimizer.name] : [])),
  ...wrappers().map(({ name }) => `${name}(sgd)`),
];

const kinds: readonly ParamKind[] = ["weight", "bias", "scale", "shift", "statistic"];
const layout = layoutOf(kinds.map((kind) => ({ name: kind, kind, shape: [1] })));

/** Of optax 0.2.8: `optax.nadam(0.1)` in double precision on JAX 0.10.2; Keras has the same formula. */
test.each([
  [
    [1, -0.5, 2, 0.25],
    [0.8526315804210526, 0.8691179412468127, 0.7666713266509759, 0.7150926481677775],
  ],
  [
    [0.3, 0.3, 0.3, 0.3],
    [0.852631583859649, 0.7369003777736782, 0.6290782327769705, 0.5244194439496805],
  ],
])("nadam takes the steps of optax for the gradients %j", async (grads, expected) => {
  const weights = (await train("nadam", grads)).map(([weight]) => weight);
  for (const [at, weight] of weights.entries()) expect(weight).toBeCloseTo(expected[at], 6);
});

/** A net of a layout that is given its gradients. */
async function open(engine: Engine, name: string, of: ParamLayout, hyper: Hyper = {}) {
  const update = await compileUpdate(engine, getRule(name), of);
  const [w, grad] = [engine.vector(of.length), engine.vector(of.trainable)];
  const state = update.init();
  const step = async (at: number, slope: ArrayLike<number>) => {
    await grad.write(slope);
    const numbers = { lr: 0.1, step: at, ...table[name].hyper, ...hyper };
    await update.step(w, grad, state, numbers, { seed: 1, purpose: "noise", step: at });
  };
  return { w, state, step };
}

/** All parameters, starting at 1, after steps with the same gradient for every one of them. */
async function train(name: string, grads: readonly number[], hyper: Hyper = {}) {
  const { w, step } = await open(referenceEngine(), name, layout, hyper);
  await w.write([1, 1, 1, 1, 1]);
  const trace: number[][] = [];
  for (const [at, value] of grads.entries()) {
    await step(at + 1, new Array(layout.trainable).fill(value));
    trace.push([...(await w.read())]);
  }
  return trace;
}

const wide = layoutOf([
  { name: "a", kind: "weight", shape: [7, 5] },
  { name: "b", kind: "bias", shape: [7] },
]);

const numbers = (seed: number, length = wide.trainable) => {
  const random = new Random({ seed, purpose: "init" });
  return Float32Array.from({ length }, () => random.normal());
};

describe.each(names)("%s", (name) => {
  test("takes steps as worked out by hand", async () => {
    const { steps, grads = [0.5, -1, 2] } = table[name];
    const weights = (await train(name, grads)).map(([weight]) => weight);
    for (const [at, expected] of steps.entries()) expect(weights[at]).toBeCloseTo(expected, 6);
  });

  test("a zero gradient changes nothing without decay", async () => {
    expect(await train(name, [0, 0], unslimmed(name))).toEqual([
      [1, 1, 1, 1, 1],
      [1, 1, 1, 1, 1],
    ]);
  });

  test("decay pulls at weights, and skips biases, norms and statistics", async () => {
    const [[weight, ...others]] = await train(name, [0], { decay: 0.1, ...unslimmed(name) });
    expect(weight).toBeCloseTo(table[name].decayed, 6);
    expect(others).toEqual([1, 1, 1, 1]);
  });

  test("moves a layer of zeros, and stands still in one without slope", async () => {
    const { w, step } = await open(referenceEngine(), name, wide);
    const slope = numbers(2).fill(0, 35);
    await step(1, slope);
    await step(2, slope);
    const moved = await w.read();
    expect(moved.every(Number.isFinite)).toBe(true);
    expect(moved.subarray(0, 35).every((value) => value !== 0)).toBe(true);
    expect([...moved.subarray(35)]).toEqual(new Array(7).fill(0));
  });

  test.each(["reference", "auto"])(
    "goes on from weights and state bit for bit (%s)",
    async (of) => {
      const engine = await createEngine({ engine: of });
      const whole = await open(engine, name, wide, { decay: 0.01 });
      await whole.w.write(numbers(0));
      const parted = await open(engine, name, wide, { decay: 0.01 });
      for (let at = 1; at <= 7; at++) {
        if (at === 4) {
          await parted.w.write(await whole.w.read());
          for (const [key, vector] of Object.entries(parted.state)) {
            await vector.write(await whole.state[key].read());
          }
        }
        await whole.step(at, numbers(at));
        if (at >= 4) await parted.step(at, numbers(at));
      }
      expect(await parted.w.read()).toEqual(await whole.w.read());
      await engine.close();
    },
  );

  test("does not care for the order of a unit's weights", async () => {
    const reversed = (values: Float32Array) => {
      const copy = values.slice();
      for (let at = 0; at < 35; at += 5) copy.subarray(at, at + 5).reverse();
      return copy;
    };
    const course = async (order: (values: Float32Array) => Float32Array) => {
      const { w, step } = await open(referenceEngine(), name, wide, { decay: 0.01, ...calm(name) });
      await w.write(order(numbers(0)));
      for (let at = 1; at <= 4; at++) await step(at, order(numbers(at)));
      return order(await w.read());
    };
    const [found, expected] = [await course(reversed), await course((values) => values)];
    for (const [at, value] of found.entries()) expect(value).toBeCloseTo(expected[at], 5);
  });

  test("has finite defaults and a source", () => {
    const { defaults, source } = getRule(name);
    expect(Object.values(defaults).every(Number.isFinite)).toBe(true);
    expect(source).toMatch(/\d{4}/);
  });
});

/** Switches off what moves scales without a gradient. */
const unslimmed = (name: string): Hyper => ("slim" in getRule(name).defaults ? { slim: 0 } : {});

/** Switches an optimizer's noise off. */
const calm = (name: string): Hyper => ("noise" in getRule(name).defaults ? { noise: 0 } : {});

/** The weights after ten steps with gradients that no two rules agree on, on the native engine if there is one. */
async function course(name: string, hyper: Hyper = {}): Promise<Float32Array> {
  const engine = await createEngine();
  const update = await compileUpdate(engine, getRule(name), wide);
  const [w, grad] = [engine.vector(wide.length), engine.vector(wide.trainable)];
  await w.write(numbers(0));
  const state = update.init();
  for (let step = 1; step <= 10; step++) {
    await grad.write(numbers(step));
    await update.step(w, grad, state, { lr: 0.01, step, ...hyper });
  }
  const values = await w.read();
  await engine.close();
  return values;
}

test.each([
  ["adamw", {}, "adam", {}],
  ["lookahead(nesterov)", { slowRate: 1 }, "nesterov", {}],
  ["lookahead(adam)", { slowEvery: 1, slowRate: 1 }, "adam", {}],
  ["clip-value(adam)", { clipValue: 100 }, "adam", {}],
  ["clip-norm(adam)", { clipNorm: 100 }, "adam", {}],
  ["agc(adam)", { agcRatio: 1e9 }, "adam", {}],
  ["grow(momentum)", { growMost: 1, decay: 0.1 }, "momentum", { decay: 0.1 }],
  ["slim(adam)", { slim: 0 }, "adam", {}],
  ["ema(adam)", {}, "adam", {}],
  ["swa(adam)", { totalSteps: 10 }, "adam", {}],
])("%s with %j is %s bit for bit", async (name, hyper, base, baseHyper) => {
  expect(await course(name, hyper)).toEqual(await course(base, baseHyper));
});

test("scales are drawn to 0 by slim times the rate, and stay there; all else is as without", async () => {
  const hyper = { slim: 0.5, lr: 0.1 };
  const { w, step } = await open(referenceEngine(), "slim(sgd)", layout, hyper);
  await w.write([0.2, 0.2, 0.2, -0.2, 0]);
  const none = new Float32Array(4);
  await step(1, none);
  const scale = layout.params.findIndex(({ kind }) => kind === "scale");
  const expected = [0.2, 0.2, 0.2, -0.2, 0];
  for (const size of [0.15, 0.1, 0.05, 0, 0]) {
    expected[scale] = size;
    for (const [at, value] of (await w.read()).entries())
      expect(value).toBeCloseTo(expected[at], 6);
    await step(2, none);
  }
});

test("an average follows its definition", async () => {
  const { w, state, step } = await open(referenceEngine(), "ema(sgd)", wide, { emaBeta: 0.5 });
  let expected: number[] = [];
  for (let at = 1; at <= 5; at++) {
    await step(at, numbers(at));
    const point = await w.read();
    const keep = Math.min(0.5, 1 - 1 / at);
    expected = [...point].map((x, place) => keep * (expected[place] ?? 0) + (1 - keep) * x);
  }
  const [point, lag] = await Promise.all([w.read(), state["average.lag"].read()]);
  for (const [at, x] of point.entries()) expect(x + lag[at]).toBeCloseTo(expected[at], 5);
});

test("stochastic weight averaging is the plain mean of the run's last part", async () => {
  const hyper = { swaStart: 0.4, totalSteps: 5 };
  const { w, state, step } = await open(referenceEngine(), "swa(sgd)", wide, hyper);
  const tail: Float32Array[] = [];
  for (let at = 1; at <= 5; at++) {
    await step(at, numbers(at));
    if (at > 2) tail.push(await w.read());
  }
  const [point, lag] = await Promise.all([w.read(), state["average.lag"].read()]);
  for (const [at, x] of point.entries()) {
    const mean = tail.reduce((sum, each) => sum + each[at] / tail.length, 0);
    expect(x + lag[at]).toBeCloseTo(mean, 5);
  }
});

test("batches grow as the schedule falls, and the last ones of an epoch are not lost", async () => {
  const hyper = { factor: 0.25, stepsPerEpoch: 6 };
  const { w, step } = await open(referenceEngine(), "grow(sgd)", wide, hyper);
  const slopes = [1, 2, 3, 4, 5, 6].map((at) => numbers(at));
  for (let at = 1; at <= 6; at++) await step(at, slopes[at - 1]);
  const mean = (of: readonly Float32Array[], at: number) =>
    of.reduce((sum, each) => sum + each[at] / of.length, 0);
  for (const [at, x] of (await w.read()).entries()) {
    expect(x).toBeCloseTo(-0.4 * (mean(slopes.slice(0, 4), at) + mean(slopes.slice(4), at)), 5);
  }
});

test.each([
  ["lookahead(sgd)", { slowEvery: 0 }, "lookahead: slowEvery is 0; expected a whole number from 1"],
  ["ema(sgd)", { emaBeta: 1 }, "ema: emaBeta is 1; expected a number from 0, below 1"],
  ["swa(sgd)", { swaStart: -1 }, "swa: swaStart is -1; expected a number from 0, below 1"],
  ["grow(sgd)", { growMost: 1.5 }, "grow: growMost is 1.5; expected a whole number from 1"],
])("%s refuses %j", async (name, hyper, message) => {
  await expect(train(name, [1], hyper)).rejects.toThrow(message);
});

test("wrappers nest, and their numbers and state are together", () => {
  const { name, defaults, state, probe } = getRule(" lookahead( sam(clip-norm(lars)))");
  expect(name).toBe("lookahead(sam(clip-norm(lars)))");
  expect(Object.keys(defaults)).toEqual([
    ...["momentum", "trust", "clipNorm", "rho", "slowEvery", "slowRate"],
  ]);
  expect(state).toEqual(["velocity", "lookahead.lag"]);
  expect(probe).toBeDefined();
});

test("wrappers' numbers are called unlike those of all others", () => {
  const own = [...optimizers(), ...wrappers()].map(({ defaults }) => Object.keys(defaults));
  const ofWrappers = wrappers().flatMap(({ defaults }) => Object.keys(defaults));
  for (const key of ofWrappers) {
    expect(
      own.filter((keys) => keys.includes(key)),
      key,
    ).toHaveLength(1);
  }
});

test.each([
  ["lookahead(sgd", "brackets do not match"],
  ["lookahead", 'unknown optimizer "lookahead"'],
  ["lokahead(sgd)", 'unknown wrapper "lokahead" (did you mean "lookahead"?)'],
  ["sam(sgdd)", 'unknown optimizer "sgdd" (did you mean "sgd"?)'],
  ["sam(sam(sgd))", 'two numbers are called "rho"'],
  ["ema(swa(sgd))", "swa(sgd) is an average already"],
  ["grow(lookahead(sgd))", "write lookahead(grow(sgd))"],
])("%s is refused", (name, message) => {
  expect(() => getOptimizer(name)).toThrow(message);
});

/** A layer of two weights, and what two steps with decay 0.1 make of it, worked out by hand. */
test.each([
  // |w| = 5, |g| = 2: ratio 0.5 * 5 / (2 + 0.1 * 5) = 1, v = 0.1 (g + 0.1 w) = [0.03, 0.24]. Then |w| = 4.7915, |g| = 1:
  // ratio 0.5 * 4.7915 / (1 + 0.47915) = 1.61968, v <- 0.9 v + 0.161968 (g + 0.1 w).
  ["lars", { trust: 0.5 }, [2.97, 3.76, 2.732928, 3.4831]],
  // Adam's direction is [0, 1], and u = [0.3, 1.4] of length 1.43178: a step of 0.1 * 5 along u. Then the direction is
  // [0.1 / 0.19, 0.18 / 0.19] over the roots of [0.001, 0.003996] / 0.001999.
  ["lamb", { eps: 1e-12 }, [2.8952355, 3.5110988, 2.5714917, 3.1912676]],
])("%s takes its decay into the ratio and into the step", async (name, hyper, expected) => {
  const pair = layoutOf([{ name: "w", kind: "weight", shape: [2] }]);
  const { w, step } = await open(referenceEngine(), name, pair, { decay: 0.1, ...hyper });
  await w.write([3, 4]);
  const found: number[] = [];
  for (const [at, slope] of [
    [0, 2],
    [1, 0],
  ].entries()) {
    await step(at + 1, slope);
    found.push(...(await w.read()));
  }
  for (const [at, value] of found.entries()) expect(value).toBeCloseTo(expected[at], 5);
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
  const mixed = layoutOf([
    { name: "a", kind: "statistic", shape: [3] },
    { name: "b", kind: "bias", shape: [1] },
    { name: "c", kind: "weight", shape: [2, 2] },
  ]);
  expect([...decayMaskOf(mixed)]).toEqual([0, 1, 1, 1, 1]);
});
