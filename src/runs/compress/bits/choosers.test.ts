// Every way to choose bits, on small nets: it keeps to its budget, and needs no more than it says.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { digitsFile } from "../../../../test/support/digitsFile.js";
import { type BitBudget, bitPlan, costOfBits } from "../../../compress/index.js";
import { type Dataset, subset } from "../../../data/index.js";
import { build } from "../../../nn/index.js";
import { ownSets } from "../../ownSets.js";
import { train } from "../../train.js";
import { openTrained, type Trained } from "../../trained.js";
import { BitNet } from "./bitNet.js";
import type { BitAnswer, BitQuestion } from "./chooser.js";
import { bitChoosers } from "./index.js";
import { zeroq } from "./zeroq.js";

const folder = mkdtempSync(join(tmpdir(), "convoy-bits-"));
const threads = 1;
const budgets: readonly BitBudget[] = [
  { of: "size", share: 0.12 },
  { of: "bops", share: 0.04 },
];

/** A run of a few seconds, open, and some of its training images. */
interface Opened {
  readonly run: string;
  readonly net: Trained;
  readonly images: Dataset;
}

async function opened(model: string, settings: { epochs: number; size?: number }): Promise<Opened> {
  const run = join(folder, model);
  await train({ data, model, batch: 50, threads, out: run, ...settings });
  const net = await openTrained(run, { threads });
  const { train: all } = await ownSets(net);
  const places = Array.from({ length: 64 }, (_, at) => at);
  return { run, net, images: net.fitting(subset(all, places)) };
}

function question({ run, net, images }: Opened, budget: BitBudget): BitQuestion {
  const { layer, input } = net.model;
  const plan = bitPlan(build(layer, [1, ...input], { training: false }), budget);
  return { run, net, plan, images };
}

let data: string;
let lenet: Opened;
beforeAll(async () => {
  data = await digitsFile(folder, 700);
  lenet = await opened("lenet5", { epochs: 2 });
}, 60_000);
afterAll(async () => {
  await lenet.net.close();
  rmSync(folder, { recursive: true });
});

describe.each(budgets)("$of", (budget) => {
  let asked: BitQuestion;
  const answers = new Map<string, BitAnswer>();
  beforeAll(async () => {
    asked = question(lenet, budget);
    for (const chooser of bitChoosers) answers.set(chooser.name, (await chooser.choose(asked))!);
  }, 60_000);

  test.each(bitChoosers.map(({ name }) => name))("%s keeps to the budget, and uses it", (name) => {
    const { plan } = asked;
    const { bits, measure } = answers.get(name)!;
    const names = plan.inner.map((layer) => layer.name);
    expect([...bits.keys()].sort()).toEqual([...names].sort());
    expect([...bits.values()].every((one) => plan.choices.includes(one))).toBe(true);
    expect([...measure.keys()].sort()).toEqual([...names].sort());
    const cost = costOfBits(plan, bits);
    expect(cost).toBeLessThanOrEqual(plan.budget);
    expect(cost).toBeGreaterThan(0.4 * plan.budget);
  });

  test("bits that are learned as fractions cost what they may, and differ", () => {
    const { measure } = answers.get("fracbits")!;
    expect(Math.abs(costOfBits(asked.plan, measure) / asked.plan.budget - 1)).toBeLessThan(0.02);
    expect(Math.max(...measure.values()) - Math.min(...measure.values())).toBeGreaterThan(0.02);
  });

  test("evolution is never worse than what it begins with", async () => {
    const net = await BitNet.open(asked.net, asked.plan, asked.images);
    const [found, seed] = ["evolution", "hawq"].map((name) => answers.get(name)!.bits);
    const { loss } = await net.evaluate(found);
    expect(loss).toBeLessThanOrEqual((await net.evaluate(seed)).loss);
  });
});

describe("zeroq", () => {
  const warned = async (asked: BitQuestion) => {
    const warnings: string[] = [];
    const onWarning = (text: string) => void warnings.push(text);
    return { answer: await zeroq.choose({ ...asked, onWarning }), warnings };
  };

  test("needs no labels; where it takes images it says so", async () => {
    const asked = question(lenet, budgets[0]);
    const { labels } = asked.images;
    if (labels.kind !== "class") throw new Error("expected classes");
    const wrong = { ...asked.images, labels: { ...labels, of: labels.of.map(() => 0) } };
    const { answer, warnings } = await warned({ ...asked, images: wrong });
    expect(answer).toEqual((await warned(asked)).answer);
    expect(warnings).toEqual([
      "the net has no batch norm to make images by; training images stand for them",
    ]);
  });

  test("makes images of its own for a net with batch norm", async () => {
    const resnet = await opened("resnet8", { epochs: 1, size: 8 });
    const { answer, warnings } = await warned(question(resnet, budgets[0]));
    await resnet.net.close();
    expect(answer!.bits.size).toBe(6);
    expect(warnings).toEqual([]);
  }, 60_000);
});
