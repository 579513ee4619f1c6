// Budgets, and bits that are brought within them.

import { describe, expect, test } from "vitest";
import { createModel } from "../../models/index.js";
import { build, type Layer, linear, sequential } from "../../nn/index.js";
import { Random } from "../../tensor/philox.js";
import type { Shape } from "../../tensor/shape.js";
import { bitsOfWeights } from "../quantise.js";
import { type BitBudget, bitPlan, bitsByLayer, costOfBits, quantisationOfBits } from "./plan.js";
import { loweredBits, roundedBits } from "./round.js";
import { bitOperations } from "./work.js";

const built = ({ layer, input }: { layer: Layer; input: Shape }) =>
  build(layer, [1, ...input], { training: false });
const lenet = built(createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 }));
const resnet = built(createModel("resnet18", { channels: 3, height: 32, width: 32, outputs: 10 }));

/** What a net takes in the bits of a plan, of what it takes in f32. */
const shareOf = (
  net: typeof lenet,
  { of }: BitBudget,
  how: ReturnType<typeof quantisationOfBits>,
) =>
  of === "size"
    ? bitsOfWeights(net, how) / (32 * net.layout.length)
    : bitOperations(net, how) / bitOperations(net, { layers: {} });

describe.each<BitBudget>([
  { of: "size", share: 0.15 },
  { of: "bops", share: 0.03 },
])("$of", (budget) => {
  test("bits that cost the budget of a plan cost the share of the net", () => {
    const plan = bitPlan(lenet, budget);
    const bits = bitsByLayer(plan, (_, at) => plan.choices[at]);
    const share = shareOf(lenet, budget, quantisationOfBits(plan, bits));
    // Both sides without what is the same for all bits.
    const whole =
      budget.of === "size" ? 32 * lenet.layout.length : bitOperations(lenet, { layers: {} });
    expect((share - budget.share) * whole).toBeCloseTo(costOfBits(plan, bits) - plan.budget, 3);
  });

  test("the smallest budget is named, and allows the fewest bits", () => {
    const message =
      /the smallest possible is (\d+\.\d) %: layers at 2 bits, the first and the last at 8/;
    const fail = () => bitPlan(lenet, { ...budget, share: 0.001 });
    expect(fail).toThrow(message);
    let smallest = 0;
    try {
      fail();
    } catch (error) {
      smallest = Number(message.exec((error as Error).message)![1]);
    }
    const plan = bitPlan(lenet, { ...budget, share: smallest / 100 });
    const least = bitsByLayer(plan, () => 2);
    expect(costOfBits(plan, least)).toBeLessThanOrEqual(plan.budget);
    // A tenth of a percent less is too small.
    expect(() => bitPlan(lenet, { ...budget, share: smallest / 100 - 0.001 })).toThrow("too small");
  });

  test("rounding and lowering keep to the budget, and to ties", () => {
    const plan = bitPlan(resnet, budget);
    const random = new Random({ seed: 1, purpose: "search" });
    for (let draw = 0; draw < 20; draw++) {
      const wanted = plan.groups.map(() => 2 + 6 * random.uniform());
      const chosen = plan.groups.map(() => random.integer(plan.choices.length));
      for (const bits of [roundedBits(plan, wanted), loweredBits(plan, chosen)]) {
        expect(costOfBits(plan, bits)).toBeLessThanOrEqual(plan.budget);
        expect([...bits.keys()].sort()).toEqual(plan.inner.map(({ name }) => name).sort());
        for (const { layers } of plan.groups) {
          expect(new Set(layers.map(({ name }) => bits.get(name))).size).toBe(1);
        }
      }
    }
  });
});

test("images have 8 bits where weights count, and those of the weights where operations do", () => {
  const of = (budget: BitBudget) => {
    const plan = bitPlan(lenet, budget);
    return quantisationOfBits(
      plan,
      bitsByLayer(plan, () => 4),
    ).layers;
  };
  const ends = { conv1: [8, 8], fc3: [8, 8] };
  expect(of({ of: "size", share: 0.5 })).toEqual({
    ...{ ...ends, conv2: [4, 8], fc1: [4, 8], fc2: [4, 8] },
  });
  expect(of({ of: "bops", share: 0.5 })).toEqual({
    ...{ ...ends, conv2: [4, 4], fc1: [4, 4], fc2: [4, 4] },
  });
});

test("bit operations of equal layers at 8 bits are a sixteenth", () => {
  const net = built({ layer: sequential(linear(5), linear(5), linear(5)), input: [5] });
  expect(bitOperations(net, { layers: {} })).toBe(1024 * 75);
  const plan = bitPlan(net, { of: "bops", share: 1 / 16 });
  const all = quantisationOfBits(
    plan,
    bitsByLayer(plan, () => 8),
  );
  expect(bitOperations(net, all)).toBe(64 * 75);
  expect(
    costOfBits(
      plan,
      bitsByLayer(plan, () => 8),
    ),
  ).toBe(plan.budget);
});

test("rounding goes to the most bits that fit, lowering leaves alone what fits", () => {
  const plan = bitPlan(lenet, { of: "size", share: 0.3 });
  const most = bitsByLayer(plan, () => 8);
  expect(
    roundedBits(
      plan,
      plan.groups.map(() => 7.9),
    ),
  ).toEqual(most);
  expect(
    roundedBits(
      plan,
      plan.groups.map(() => 2),
    ),
  ).toEqual(most);
  expect(loweredBits(plan, [0, 4, 2])).toEqual(bitsByLayer(plan, (_, at) => [2, 8, 4][at]));
  // One step for each layer from the last one on, as far as it takes.
  const tight = {
    ...plan,
    budget: costOfBits(
      plan,
      bitsByLayer(plan, (_, at) => [8, 6, 6][at]),
    ),
  };
  expect(loweredBits(tight, [4, 4, 4])).toEqual(bitsByLayer(plan, (_, at) => [8, 6, 6][at]));
});

test("a net without a layer between its ends is refused", () => {
  const net = built({ layer: sequential(linear(4), linear(2)), input: [3] });
  expect(() => bitPlan(net, { of: "size", share: 0.5 })).toThrow(
    "no layer between the first and the last",
  );
});
