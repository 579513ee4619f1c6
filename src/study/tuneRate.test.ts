import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  stripeSplits,
  temporaryFolder,
  tinyModel,
  tinySettings,
} from "../../test/support/tinyRun.js";
import { runFiles } from "../runs/runFiles.js";
import { rateFiles } from "./rateReport.js";
import { type TuneOptions, type TunePlan, type TuneSettings, tuneRate } from "./tuneRate.js";

const { lr: _, ...settings } = { ...tinySettings, epochs: 4, selection: 0.3 };
const own = { data: stripeSplits(), model: tinyModel };

const tune = (tuned: Partial<TuneSettings>, options: TuneOptions = {}) =>
  tuneRate(
    {
      lrs: [1e-7, 1e-2, 1e30],
      seeds: 2,
      out: join(temporaryFolder(), "rates"),
      settings,
      ...tuned,
    },
    { ...own, ...options },
  );

test("names the rate that does well, and says what it tried", async () => {
  const out = join(temporaryFolder(), "rates");
  const plans: TunePlan[] = [];
  const found = await tune({ out }, { onPlan: (plan) => plans.push(plan) });
  expect(found).toMatchObject({ verdict: "named", lr: 0.01 });
  expect(found!.scale.constant).toBeCloseTo(1 / 3, 12);
  expect(found!.rates.map(({ scores, diverged }) => [scores.length, diverged])).toEqual([
    [4, false],
    [4, false],
    [0, true],
  ]);
  expect(plans).toMatchObject([
    { runs: 2 * (3 + 2 + 2), seeds: [1001, 1002], images: { train: 63, selection: 27, held: 30 } },
  ]);
  const table = readFileSync(join(out, rateFiles.table), "utf8").split("\n");
  expect(table[0]).toBe("lr,runs,mean,scores,diverged");
  expect(table[3]).toBe("1e+30,0,,,yes");
  expect(readFileSync(join(out, rateFiles.chart), "utf8")).not.toMatch(/NaN|Infinity|undefined/);
});

test("goes on where it was interrupted, to the same scores, and overwrites nothing", async () => {
  const out = join(temporaryFolder(), "rates");
  const whole = await tune({});
  const controller = new AbortController();
  let events = 0;
  const watch = ({ event, done }: { event?: unknown; done: number }) => {
    if (event) events++;
    else if (done === 3) controller.abort();
  };
  expect(await tune({ out }, { signal: controller.signal, watch })).toBeUndefined();
  expect(existsSync(join(out, rateFiles.table))).toBe(false);
  expect(await tune({ out })).toEqual(whole);
  events = 0;
  expect(await tune({ out }, { watch })).toEqual(whole);
  expect(events).toBe(0);
  await expect(tune({ out, settings: { ...settings, epochs: 1 } })).rejects.toThrow(
    "holds another study: settings.epochs was 4, now it is 1",
  );
});

test("keeps tables and summaries, but no weights, and holds its test images out of the training set", async () => {
  const out = join(temporaryFolder(), "rates");
  await tune({ out, seeds: 1 });
  const kept = readdirSync(join(out, "0.01", "1001"));
  expect(kept).toEqual(expect.arrayContaining([runFiles.summary, runFiles.results]));
  expect(kept).not.toContain("weights");
  expect(kept).not.toContain(runFiles.state);
  const config = JSON.parse(readFileSync(join(out, "0.01", "1001", runFiles.config), "utf8"));
  expect(config.data).toMatchObject({ train: 90, selection: 0, test: 30 });
});

test("tries rates beyond the grid when the best one lies at its end", async () => {
  const found = await tune({ lrs: [1e-5, 1e-2] });
  expect(found!.rates.map(({ lr }) => lr)).toContain(10);
  expect(found).toMatchObject({ verdict: "named" });
});

describe("names no rate", () => {
  test("when nothing is learned", async () => {
    const found = await tune({ lrs: [1e-12, 1e-11] });
    expect(found).toMatchObject({ verdict: "unlearned" });
    expect(found).not.toHaveProperty("lr");
    expect(found!.rates.map(({ scores }) => scores.length)).toEqual([2, 2]);
  });

  test("when all rates do alike", async () => {
    const found = await tune({ lrs: [0.01, 0.011] });
    expect(found).toMatchObject({ verdict: "alike" });
    expect(found).not.toHaveProperty("lr");
  });
});

describe("refuses", () => {
  test.each<[string, Partial<TuneSettings>, RegExp]>([
    ["a rate in the settings", { settings: { ...settings, lr: 1 } }, /setting lr: .*leave it out/],
    ["a clock", { settings: { ...settings, minutes: 1 } }, /setting minutes: /],
    ["a rate of 0", { lrs: [0.1, 0] }, /learning rate 0: expected positive numbers, each once/],
    ["a rate twice", { lrs: [0.1, 0.1] }, /learning rate 0.1: /],
    ["no rates", { lrs: [] }, /no learning rate to choose from/],
    ["no seeds", { seeds: 0 }, /number of seeds is 0/],
    [
      "an optimizer that finds its own steps",
      { settings: { ...settings, optimizer: "tr-lsr1" } },
      /setting optimizer: tr-lsr1 finds the lengths of its steps itself; it has no rate to tune/,
    ],
    ["an unknown schedule", { settings: { ...settings, schedule: "cosin" } }, /"cosin"/],
  ])("%s, and writes nothing", async (_, tuned, message) => {
    const out = join(temporaryFolder(), "rates");
    await expect(tune({ out, ...tuned })).rejects.toThrow(message);
    expect(existsSync(out)).toBe(false);
  });
});
