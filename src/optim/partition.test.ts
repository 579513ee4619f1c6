// A step in parts is the step of the whole, bit for bit.

import { describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../engine/index.js";
import { layoutOf, type ParamLayout } from "../graph/index.js";
import { Random } from "../tensor/philox.js";
import { optimizers } from "./index.js";
import { slicesOf } from "./partition.js";
import { getOptimizer, getRule } from "./registry.js";
import { sliceOf } from "./slice.js";
import { compileUpdate } from "./update.js";

/** Sizes that fit no vector register, and statistics behind. */
const layout = layoutOf([
  { name: "conv", shape: [5, 3, 3, 3], kind: "weight" },
  { name: "scale", shape: [5], kind: "scale" },
  { name: "fc", shape: [7, 20], kind: "weight" },
  { name: "bias", shape: [7], kind: "bias" },
  { name: "mean", shape: [5], kind: "statistic" },
]);

const rules = [
  ...optimizers().flatMap((optimizer) => ("rule" in optimizer ? [optimizer.name] : [])),
  "lookahead(adam)",
  "ema(nadam)",
  "swa(lars)",
  "agc(momentum)",
  "clip-value(adamw)",
  "clip-norm(adam)",
  "grow(lamb)",
];

const numbers = (length: number, seed: number) => {
  const random = new Random({ seed, purpose: "init" });
  return Float32Array.from({ length }, () => random.uniform() - 0.5);
};

/** Weights after some steps of particles that each have a part, and what each keeps. */
async function steps(engine: Engine, name: string, count: number) {
  const rule = getRule(name);
  const parts = slicesOf(rule, layout, count);
  const updates = await Promise.all(parts.map((part) => compileUpdate(engine, rule, layout, part)));
  const states = updates.map((update) => update.init());
  const [w, grad] = [engine.vector(layout.length), engine.vector(layout.trainable)];
  await w.write(numbers(layout.length, 1));
  for (let step = 1; step <= 6; step++) {
    await grad.write(numbers(layout.trainable, 10 + step));
    const before = await w.read();
    const after = before.slice();
    const hyper = { ...rule.defaults, lr: 0.1, decay: 0.01, step, stepsPerEpoch: 3, totalSteps: 6 };
    const key = { seed: 1, purpose: "noise", step } as const;
    for (const [at, update] of updates.entries()) {
      // Each particle has a copy of its own: it sees none of the other parts' new weights.
      await w.write(before);
      await update.step(w, grad, states[at], hyper, key);
      const { from, layout: own } = parts[at];
      after.set(await w.read(from, from + own.trainable), from);
    }
    await w.write(after);
  }
  const kept: Record<string, number[]> = {};
  for (const state of states) {
    for (const [vector, values] of Object.entries(state)) {
      kept[vector] = [...(kept[vector] ?? []), ...(await values.read())];
    }
  }
  return { w: [...(await w.read())], kept };
}

describe.each(["auto", "reference"])("%s engine", (name) => {
  it.each(rules)("%s", async (rule) => {
    const engine = await createEngine({ engine: name, threads: 2 });
    const whole = await steps(engine, rule, 1);
    expect(whole.w.every(Number.isFinite)).toBe(true);
    for (const count of [2, 3, 7]) expect(await steps(engine, rule, count)).toEqual(whole);
    await engine.close();
  });
});

const sizes = (rule: string, count: number) =>
  slicesOf(getRule(rule), layout, count).map((part) => part.layout.trainable);

describe("parts", () => {
  it("are even where no norm is taken", () => {
    expect(sizes("adam", 3)).toEqual([96, 95, 96]);
  });

  it("end with a layer where its norm is taken, and with a unit where only that is", () => {
    expect(sizes("lamb", 2)).toEqual([140, 147]);
    expect(sizes("lookahead(lars)", 7).filter((size) => size === 0)).toHaveLength(3);
    expect(sizes("agc(sgd)", 2)).toEqual([140, 147]);
    expect(sizes("agc(sgd)", 4)).toEqual([81, 59, 80, 67]);
  });

  it("have the parameters of the net, and pieces of those that are cut", () => {
    const shapes = ({ params }: ParamLayout) =>
      params.map(({ name, shape, offset, kind }) => [name, shape, offset, kind]);
    expect(shapes(sliceOf(layout, 100, 200).layout)).toEqual([
      ["conv[100:135]", [35], 0, "weight"],
      ["scale", [5], 35, "scale"],
      ["fc[0:60]", [3, 20], 40, "weight"],
    ]);
  });

  it("cannot be had of state that is not a number for each weight", () => {
    expect(() => slicesOf(getOptimizer("tr-lsr1"), layout, 2)).toThrow(
      "tr-lsr1 has steps of its own, and its state is not a number for each weight",
    );
  });

  it("cannot be had of a rule with the norm of what nobody has as a whole", async () => {
    const engine = await createEngine({ engine: "reference" });
    const rule = getRule("clip-value(clip-norm(sgd))");
    const [part] = slicesOf(rule, layout, 2);
    await expect(compileUpdate(engine, rule, layout, part)).rejects.toThrow(
      /clip-value\(clip-norm\(sgd\)\) takes the norm of all weights' changes at once/,
    );
    await engine.close();
  });
});
