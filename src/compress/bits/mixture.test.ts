// Mixed bits: with one share of 1 they are the net in these bits; shares that are learned, and what they cost.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noise } from "../../../test/support/layers.js";
import { createEngine, type Engine } from "../../engine/index.js";
import { GRADIENT, gradients, type ParamLayout, WEIGHTS, write } from "../../graph/index.js";
import { createModel } from "../../models/index.js";
import { build, IMAGES, initialise, netOf } from "../../nn/index.js";
import { sizeOf } from "../../tensor/shape.js";
import { quantise } from "../quantise.js";
import { startQuantisers } from "../startQuantisers.js";
import {
  givenShares,
  type Mix,
  mixedBits,
  mixedWithFloat,
  mixName,
  type Quantising,
} from "./mixture.js";
import { type BitPlan, type BitsOf, bitPlan, bitsByLayer, quantisationOfBits } from "./plan.js";
import { budgetPenalty, fractionalBits, likelyBits, meanBits, shareOfBudget } from "./relaxed.js";
import type { BitCost } from "./work.js";

const BATCH = 4;
const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
const float = build(model.layer, [BATCH, ...model.input], { training: true });
const images = noise(BATCH * sizeOf(model.input), 3);
const planOf = (of: BitCost, share = 0.5): BitPlan =>
  bitPlan(build(model.layer, [1, ...model.input], { training: false }), { of, share });

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
});
afterAll(() => engine.close());

/** Sets the shares of one choice alone. */
const only = (
  plan: BitPlan,
  layout: ParamLayout,
  w: Float32Array,
  of: (group: number) => number,
) => {
  for (const [at, group] of plan.groups.entries()) {
    w[layout.params.find(({ name }) => name === mixName(group))!.offset + of(at)] = 1;
  }
};

/** What a changed net says of some images, before any training. */
async function outputs(
  { passes, start }: Quantising,
  change?: (layout: ParamLayout, w: Float32Array) => void,
): Promise<Float32Array> {
  const { graph, layout, specs, output } = netOf({ ...model, passes }, BATCH, { training: false });
  const w = initialise({ layout, specs }, 1);
  const given = new Set(float.layout.params.map(({ name }) => name));
  await start({ engine, net: float, images }, { layout, w, given });
  change?.(layout, w);
  graph.output("y", output);
  const vector = engine.vector(layout.length);
  await vector.write(w);
  const program = await engine.compile(graph);
  return (await program.run({ vectors: { [WEIGHTS]: vector }, inputs: { [IMAGES]: images } }))
    .y as Float32Array;
}

const inBits = (plan: BitPlan, bits: BitsOf): Quantising => {
  const how = quantisationOfBits(plan, bits);
  return { passes: [quantise(how)], start: (...first) => startQuantisers(how, ...first) };
};

describe.each<BitCost>(["size", "bops"])("%s", (of) => {
  const plan = planOf(of);
  const given = givenShares(plan.choices.length);

  test.each([
    [0, 2, 4],
    [3, 1, 0],
  ])("shares of 1 are the net in these bits: %i, %i, %i", async (...places) => {
    const bits = bitsByLayer(plan, (_, at) => plan.choices[places[at]]);
    const wanted = await outputs(inBits(plan, bits));
    const found = await outputs(mixedBits(plan, given), (layout, w) =>
      only(plan, layout, w, (at) => places[at]),
    );
    expect(found).toEqual(wanted);
  });

  test("of one group alone all others stay in f32", async () => {
    const last = plan.choices.length;
    const mixed = mixedWithFloat(plan, givenShares(last + 1));
    const whole = await outputs({ passes: [], start: async () => {} });
    const same = await outputs(mixed, (layout, w) => only(plan, layout, w, () => last));
    expect(same).toEqual(whole);
    const few = await outputs(mixed, (layout, w) =>
      only(plan, layout, w, (at) => (at === 1 ? 0 : last)),
    );
    expect(few).not.toEqual(whole);
  });

  test.each([
    [
      "fractions",
      fractionalBits(plan),
      [Float32Array.of(-2), Float32Array.of(0), Float32Array.of(5)],
    ],
    [
      "probabilities",
      likelyBits(plan),
      [0, 1, 2].map((at) => Float32Array.from(plan.choices, (_, one) => (one === at ? 2 : -at))),
    ],
  ] as const)(
    "%s: the penalty is the distance from the budget, along which bits can move",
    async (_, mix, numbers) => {
      const net = netOf({ ...model, ...mixedBits(plan, mix) }, BATCH, { training: true });
      const { graph, layout, params } = net;
      const far = budgetPenalty(net, plan, mix as Mix);
      const names = plan.groups.map(mixName);
      const slopes = gradients(
        far,
        names.map((name) => params.get(name)!),
      );
      const offsetOf = (name: string) => layout.params.find((param) => param.name === name)!.offset;
      for (const [at, name] of names.entries()) write(GRADIENT, slopes[at], offsetOf(name));
      graph.output("far", far);
      const [w, grad] = [engine.vector(layout.length), engine.vector(layout.trainable)];
      const program = await engine.compile(graph);
      const ask = async (values: readonly Float32Array[]) => {
        for (const [at, name] of names.entries()) await w.write(values[at], offsetOf(name));
        const { far: found } = await program.run({
          vectors: { [WEIGHTS]: w, [GRADIENT]: grad },
          inputs: { [IMAGES]: images },
          key: { seed: 1, purpose: "dropout" },
        });
        return found[0];
      };
      const bits = numbers.map((own) => meanBits(mix.sharesOf(own), plan.choices));
      const wanted = Math.abs(shareOfBudget(plan, bits) - 1);
      expect(await ask(numbers)).toBeCloseTo(wanted, 5);
      const slope = (await grad.read())[offsetOf(names[1])];
      const step = 1e-2;
      const [up, down] = [step, -step].map((by) =>
        numbers.map((own, at) =>
          at === 1 ? own.map((one, k) => (k === 0 ? one + by : one)) : own,
        ),
      );
      expect(slope).toBeCloseTo(((await ask(up)) - (await ask(down))) / (2 * step), 3);
    },
  );
});

test("fractions begin alike and at the budget, and share two choices at most", () => {
  const plan = planOf("bops", 0.03);
  const mix = fractionalBits(plan);
  const start = new Float32Array(1);
  mix.init(start, [1], undefined as never);
  const shares = mix.sharesOf(start);
  expect(shares.filter((share) => share > 0)).toHaveLength(2);
  expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  const bits = meanBits(shares, plan.choices);
  expect(
    shareOfBudget(
      plan,
      plan.groups.map(() => bits),
    ),
  ).toBeCloseTo(1, 5);
});
