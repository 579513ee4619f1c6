// Every way to choose bits, on small nets: it keeps to its budget, and needs no more than it says.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BitBudget, bitPlan, costOfBits, fractionalBits } from "../../../compress/index.js";
import { type Dataset, subset } from "../../../data/index.js";
import { build } from "../../../nn/index.js";
import { ownSets } from "../../ownSets.js";
import { train } from "../../train.js";
import { openTrained, type Trained } from "../../trained.js";
import { BitNet } from "./bitNet.js";
import type { BitQuestion } from "./chooser.js";
import { evolution } from "./evolution.js";
import { hawq } from "./hawq.js";
import { bitChoosers } from "./index.js";
import { learnBits } from "./relaxed.js";
import { zeroq } from "./zeroq.js";

const folder = mkdtempSync(join(tmpdir(), "convoy-bits-"));
const threads = 1;
const [size, bops]: BitBudget[] = [
  { of: "size", share: 0.12 },
  { of: "bops", share: 0.03 },
];

/** A run of a few seconds, open, and some of its training images. */
interface Opened {
  readonly run: string;
  readonly net: Trained;
  readonly images: Dataset;
}

async function opened(model: string, settings: { epochs: number; size?: number }): Promise<Opened> {
  const run = join(folder, model);
  await train({ data: "mnist", train: 700, model, batch: 50, threads, out: run, ...settings });
  const net = await openTrained(run, { threads });
  const { train: all } = await ownSets(net);
  const some = subset(
    all,
    Array.from({ length: 128 }, (_, at) => at),
  );
  return { run, net, images: net.fitting(some) };
}

function question({ run, net, images }: Opened, budget: BitBudget): BitQuestion {
  const { layer, input } = net.model;
  const plan = bitPlan(build(layer, [1, ...input], { training: false }), budget);
  return { run, net, plan, images };
}

let [lenet, resnet]: Opened[] = [];
beforeAll(async () => {
  lenet = await opened("lenet5", { epochs: 3 });
  // With batch norm, and next to nothing to compute.
  resnet = await opened("resnet20", { epochs: 1, size: 8 });
}, 60_000);
afterAll(async () => {
  for (const { net } of [lenet, resnet]) await net.close();
  rmSync(folder, { recursive: true });
});

describe.each(bitChoosers.map((chooser) => [chooser.name, chooser] as const))(
  "%s",
  (_, chooser) => {
    test.each([size, bops])("keeps to a budget of $of, and uses it", async (budget) => {
      const asked = question(lenet, budget);
      const { plan } = asked;
      const { bits, measure } = (await chooser.choose(asked))!;
      const names = plan.inner.map(({ name }) => name);
      expect([...bits.keys()].sort()).toEqual([...names].sort());
      expect([...bits.values()].every((one) => plan.choices.includes(one))).toBe(true);
      expect([...measure.keys()].sort()).toEqual([...names].sort());
      const cost = costOfBits(plan, bits);
      expect(cost).toBeLessThanOrEqual(plan.budget);
      expect(cost).toBeGreaterThan(0.5 * plan.budget);
    });
  },
);

test.each([size, bops])("bits that are learned cost what they may, $of", async (budget) => {
  const asked = question(lenet, budget);
  const { bits, cost } = (await learnBits(asked, fractionalBits(asked.plan, 10), 1))!;
  expect(Math.abs(cost - 1)).toBeLessThan(0.02);
  expect(Math.max(...bits) - Math.min(...bits)).toBeGreaterThan(0.05);
});

test.each([size, bops])(
  "evolution is never worse than what it begins with, $of",
  async (budget) => {
    const asked = question(lenet, budget);
    const net = await BitNet.open(asked.net, asked.plan, asked.images);
    const lossOf = async (bits: Parameters<BitNet["evaluate"]>[0]) =>
      (await net.evaluate(bits)).loss;
    const { bits: seed } = await hawq.choose(asked);
    const { bits } = (await evolution.choose(asked))!;
    expect(await lossOf(bits)).toBeLessThanOrEqual(await lossOf(seed));
  },
);

describe("zeroq", () => {
  const shown = (asked: BitQuestion, images: Dataset) => zeroq.choose({ ...asked, images });

  test("needs no labels, and says where it takes images", async () => {
    const warnings: string[] = [];
    const asked = {
      ...question(lenet, size),
      onWarning: (text: string) => void warnings.push(text),
    };
    const { labels } = asked.images;
    if (labels.kind !== "class") throw new Error("expected classes");
    const wrong = { ...labels, of: labels.of.map(() => 0) };
    const found = await shown(asked, { ...asked.images, labels: wrong });
    expect(found).toEqual(await shown(asked, asked.images));
    expect(warnings[0]).toContain("no batch norm");
  });

  test("needs no images of a net with batch norm", async () => {
    const asked = question(resnet, size);
    const [some, others] = [
      [0, 1],
      [2, 3],
    ].map((places) => subset(asked.images, places));
    expect(await shown(asked, some)).toEqual(await shown(asked, others));
  });
});
