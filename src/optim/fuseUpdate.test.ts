// A rule inside the pass that makes the gradient moves the net as one that follows it does.

import { describe, expect, it, test } from "vitest";
import { classify, targetInputs } from "../../test/support/questions.js";
import { createEngine, type Engine } from "../engine/index.js";
import { loadAddon } from "../engine/native/index.js";
import { GRADIENT } from "../graph/index.js";
import { createModel } from "../models/index.js";
import { initialise } from "../nn/index.js";
import { trainingGraph } from "../tasks/index.js";
import { Random } from "../tensor/philox.js";
import { fuseUpdate, isLocal } from "./fuseUpdate.js";
import type { FirstOrder } from "./optimizer.js";
import { getOptimizer, getRule, optimizers } from "./registry.js";
import { bindRule, compileUpdate, initState } from "./update.js";

function built(): boolean {
  try {
    return Boolean(loadAddon());
  } catch {
    return false;
  }
}

const BATCH = 4;
const STEPS = 3;
const net = trainingGraph(
  classify(createModel("resnet20", { channels: 3, height: 8, width: 8, outputs: 3 })),
  BATCH,
);
const { layout } = net;
const random = new Random({ seed: 2, purpose: "init" });
const inputs = {
  x: Float32Array.from({ length: BATCH * 3 * 8 * 8 }, () => random.uniform()),
  ...targetInputs(
    Float32Array.from({ length: BATCH * 3 }, (_, at) => Number(at % 4 === 0)),
    3,
  ),
};
const hyperAt = (step: number) => ({ lr: 0.05, decay: 0.01, step });

/** Weights and state vectors after some steps. */
async function train(engine: Engine, rule: FirstOrder, fused: boolean, steps = STEPS) {
  const w = engine.vector(layout.length);
  await w.write(initialise(net, 1));
  const state = initState(engine, rule, layout.trainable);
  const program = await engine.compile(fused ? fuseUpdate(net.graph, rule, layout) : net.graph);
  const update = await compileUpdate(engine, rule, layout);
  const grad = engine.vector(layout.trainable);
  for (let step = 1; step <= steps; step++) {
    const key = { seed: 1, purpose: "dropout", step } as const;
    if (fused) {
      const { vectors, scalars } = bindRule(rule, state, hyperAt(step));
      await program.run({ vectors: { w, ...vectors }, scalars, inputs, key });
    } else {
      await program.run({ vectors: { w, [GRADIENT]: grad }, inputs, key });
      await update.step(w, grad, state, hyperAt(step));
    }
  }
  const vectors = await Promise.all([w, ...Object.values(state)].map((vector) => vector.read()));
  return vectors.map((vector) => [...vector]);
}

const wrapped = [
  "lookahead(adam)",
  "ema(nesterov)",
  "clip-value(sgd)",
  "agc(momentum)",
  "grow(sgd)",
  "slim(nesterov)",
];
const local = [...optimizers().map(({ name }) => name), ...wrapped].filter((name) =>
  isLocal(getOptimizer(name)),
);

describe.skipIf(!built())("native", () => {
  it.each(local)("%s: the same bits", async (name) => {
    const engine = await createEngine({ engine: "native" });
    const rule = getRule(name);
    expect(await train(engine, rule, true)).toEqual(await train(engine, rule, false));
    await engine.close();
  });

  it("takes no room for the gradient as a whole", async () => {
    const engine = await createEngine({ engine: "native" });
    const wide = trainingGraph(
      classify(createModel("resnet18", { channels: 3, height: 32, width: 32, outputs: 10 })),
      2,
    );
    const fused = fuseUpdate(wide.graph, getRule("momentum"), wide.layout);
    const [plain, less] = [await engine.measure(wide.graph), await engine.measure(fused)];
    const gradient = 4 * wide.layout.trainable;
    // The largest parameter has a fifth of all numbers.
    expect(less.peakBytes - plain.peakBytes).toBeLessThan(0.25 * gradient);
    await engine.close();
  });
});

it("moves the net on the reference engine, too, up to rounding", async () => {
  const engine = await createEngine({ engine: "reference" });
  const [fused, apart] = [
    await train(engine, getRule("nesterov"), true, 1),
    await train(engine, getRule("nesterov"), false, 1),
  ];
  for (const [k, vector] of fused.entries()) {
    for (const [at, value] of vector.entries()) expect(value).toBeCloseTo(apart[k][at], 4);
  }
});

test.each([
  ["adam", true],
  ["lamb", true],
  ["agc(momentum)", true],
  ["clip-norm(sgd)", false],
  ["sam(sgd)", false],
  ["entropy-sgd", false],
  ["rmtr", false],
])("%s is local: %s", (name, expected) => {
  expect(isLocal(getOptimizer(name))).toBe(expected);
});
