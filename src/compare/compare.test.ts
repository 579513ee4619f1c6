import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stripeSplits, temporaryFolder, tinyModel } from "../../test/support/tinyRun.js";
import { createModel, type ModelInput } from "../models/index.js";
import { type CompareOptions, type CompareProgress, compare } from "./compare.js";
import { getMethod, type Method } from "./methods.js";
import type { CompareSettings } from "./plan.js";
import { compareFiles } from "./tables.js";

/** Learns nothing, so that the comparison has a clear loser. */
const idle: Method = { name: "idle", description: "hardly moves", settings: { lr: 1e-9 } };
const single = getMethod("single");

const shared = { data: "stripes", batch: 10, lr: 0.05, engine: "reference" } as const;

function compareTiny(settings: Partial<CompareSettings>, options: CompareOptions = {}) {
  const { settings: own, ...rest } = settings;
  return compare(
    {
      methods: [idle, single],
      seeds: 3,
      out: join(temporaryFolder(), "cmp"),
      ...rest,
      settings: { ...shared, epochs: 3, ...own },
    },
    { data: stripeSplits(), model: tinyModel, ...options },
  );
}

/** Aborts at an event of the comparison. */
function abortAt(when: (standing: CompareProgress) => boolean): CompareOptions {
  const controller = new AbortController();
  const watch = (standing: CompareProgress) => {
    if (when(standing)) controller.abort();
  };
  return { signal: controller.signal, watch };
}

const file = (out: string, name: string) => readFileSync(join(out, name), "utf8");

/** A CSV file without a column of times. */
function timeless(out: string, name: string): string[] {
  const [header, ...rows] = file(out, name).trim().split("\n");
  const at = header.split(",").indexOf("seconds");
  return [header, ...rows].map((row) => row.split(",").toSpliced(at, 1).join());
}

describe("a comparison", () => {
  test("pairs the runs of two methods by seed", async () => {
    const out = join(temporaryFolder(), "cmp");
    const found = await compareTiny({ out });
    const [baseline, method] = found.tables[0].rows;
    expect(found).toMatchObject({ baseline: "idle", complete: true, testImages: 33, notes: [] });
    expect(baseline).toMatchObject({ method: "idle", runs: 3, diverged: 0, versus: undefined });
    expect(method).toMatchObject({ method: "single", particles: 1, epochs: 3, runs: 3 });
    expect(method.versus).toMatchObject({ wins: 3, ties: 0, losses: 0 });
    const differences = method.values.map((value, at) => value - baseline.values[at]);
    expect(method.versus!.pairs).toEqual(
      [1, 2, 3].map((seed, at) => ({ seed, difference: differences[at] })),
    );
    expect(method.versus!.difference!.low).toBeLessThan(method.versus!.difference!.mean);
    expect(timeless(out, compareFiles.results)).toHaveLength(7);
    expect(file(out, compareFiles.tableMarkdown)).toContain("| 3/0/0 |");
    expect(file(out, compareFiles.chart)).toContain("gradients: deployed, %");
  });

  test.each([
    ["in a run", ({ event, done }: CompareProgress) => event?.type === "step" && done === 3],
    ["between two runs", ({ event, done }: CompareProgress) => !event && done === 2],
  ])("interrupted %s and begun again gives the same tables", async (_, when) => {
    const folder = temporaryFolder();
    const [whole, parted] = [join(folder, "whole"), join(folder, "parted")];
    await compareTiny({ out: whole });
    const partly = await compareTiny({ out: parted }, abortAt(when));
    expect(partly.complete).toBe(false);
    expect(partly.notes[0]).toMatch(/^[23] of 6 runs are over/);
    const again: CompareProgress[] = [];
    const found = await compareTiny({ out: parted }, { watch: (one) => void again.push(one) });
    expect(found.complete).toBe(true);
    const begun = again.filter(({ event }) => event?.type === "runStart");
    expect(begun.length).toBeLessThan(6);
    for (const name of [compareFiles.results, compareFiles.table]) {
      expect(timeless(parted, name)).toEqual(timeless(whole, name));
    }
  });

  test("of finished runs trains nothing, and may ask for another metric", async () => {
    const out = join(temporaryFolder(), "cmp");
    await compareTiny({ out, seeds: 1 });
    const again: CompareProgress[] = [];
    const watch = (one: CompareProgress) => void again.push(one);
    const found = await compareTiny({ out, seeds: 1 }, { metric: "spread", watch });
    expect(again.filter(({ event }) => event)).toEqual([]);
    expect(found.tables[0].rows[1]).toMatchObject({ values: [0], versus: { ties: 1 } });
    expect(found.notes).toEqual([expect.stringMatching(/^one seed: intervals are unknown/)]);
  });

  test("ends a method that finds its own steps when its budget is used up, and tunes no rate", async () => {
    const out = join(temporaryFolder(), "cmp");
    const plain = (input: ModelInput) => createModel("odenet-dense8", input);
    const method = { ...getMethod("tr-lsr1") };
    const settings = { hyper: { sample: 20 } };
    const methods = [single, { ...method, settings: { ...method.settings, ...settings } }];
    const budgets = ["gradients", "wall"] as const;
    const tried = { methods, lrs: [0.01, 0.1], tuneSeeds: 1, seeds: 1, budgets, seconds: 1 };
    const found = await compareTiny({ out, ...tried }, { model: plain });
    expect(found.complete).toBe(true);
    const paced = found.tables.map(({ rows }) => rows.find((row) => row.method === "tr-lsr1")!);
    expect(paced.map(({ lr, runs }) => [lr, runs])).toEqual([
      [undefined, 1],
      [undefined, 1],
    ]);
    const { gradients } = JSON.parse(file(out, "gradients/tr-lsr1/1/summary.json"));
    expect(gradients).toBeGreaterThanOrEqual(3);
    expect(gradients).toBeLessThan(6);
    expect(existsSync(join(out, "gradients/tr-lsr1/tuning"))).toBe(false);
  });

  test("chooses rates on the selection set, without the test set", async () => {
    const out = join(temporaryFolder(), "cmp");
    const adam: Method = { name: "adam", description: "Adam", settings: { optimizer: "adam" } };
    const lrs = [1e-9, 0.01, 1e-8];
    const found = await compareTiny({ out, methods: [single, adam], lrs, tuneSeeds: 1, seeds: 2 });
    expect(found.tables[0].rows.map(({ lr }) => lr)).toEqual([0.01, 0.01]);
    expect(found.notes).toEqual([
      "single: its rate 0.01 lies at the edge of those tried; try more beyond it",
      "adam: its rate 0.01 lies at the edge of those tried; try more beyond it",
    ]);
    const tuned = JSON.parse(file(out, "gradients/adam/tuning/0.01/1001/summary.json"));
    expect(tuned).not.toHaveProperty("test");
    expect(JSON.parse(file(out, "gradients/adam/1/config.json")).settings.lr).toBe(0.01);
  });

  test("gives a swarm's nets their share of the budget, and tells of each", async () => {
    const out = join(temporaryFolder(), "cmp");
    const swarms = [single, getMethod("independent"), getMethod("pso")];
    const settings = { data: "stripes", epochs: 4, particles: 2 };
    const found = await compareTiny({ out, methods: swarms, seeds: 1, settings });
    expect(found.tables[0].rows.map(({ particles, epochs }) => [particles, epochs])).toEqual([
      [1, 4],
      [2, 2],
      [2, 2],
    ]);
    for (const method of ["independent", "pso"]) {
      const { particles, test: deployed } = JSON.parse(
        file(out, `gradients/${method}/1/summary.json`),
      );
      const accuracies: number[] = particles.map((one: { accuracy: number }) => one.accuracy);
      const row = found.tables[0].rows.find((one) => one.method === method)!;
      expect(accuracies).toHaveLength(2);
      expect(row.scores).toEqual({
        deployed: deployed.accuracy,
        best: Math.max(...accuracies),
        mean: (accuracies[0] + accuracies[1]) / 2,
        worst: Math.min(...accuracies),
      });
    }
    const { settings: made } = JSON.parse(file(out, "gradients/pso/1/config.json"));
    expect(made).toMatchObject({ swarm: "pso", particles: 2, coupling: { dynamics: 1 } });
  });

  test("gives SAM as many gradients as its base has", async () => {
    const out = join(temporaryFolder(), "cmp");
    const settings = { optimizer: "sam(nesterov)" };
    const sam: Method = { name: "sam", description: "SAM", settings };
    const four = { data: "stripes", epochs: 4 };
    const found = await compareTiny({ out, methods: [single, sam], seeds: 1, settings: four });
    expect(found.tables[0].rows.map(({ epochs }) => epochs)).toEqual([4, 2]);
    const spent = ["single", "sam"].map(
      (method) => JSON.parse(file(out, `gradients/${method}/1/summary.json`)).gradients,
    );
    expect(spent).toEqual([4, 4]);
  });

  test("gives equal time when asked", async () => {
    const found = await compareTiny({ budgets: ["gradients", "wall"], seeds: 1 });
    const [gradients, wall] = found.tables;
    expect([gradients.budget, wall.budget]).toEqual(["gradients", "wall"]);
    for (const { epochs, runs } of wall.rows) {
      expect(epochs).toBeGreaterThanOrEqual(1);
      expect(runs).toBe(1);
    }
  });

  test("counts a run that diverged as lost", async () => {
    const wild: Method = { name: "wild", description: "diverges", settings: { lr: 1e30 } };
    const out = join(temporaryFolder(), "cmp");
    const ask = () => compareTiny({ out, methods: [single, wild], seeds: 2 });
    const found = await ask();
    expect(found.tables[0].rows[1]).toMatchObject({
      runs: 2,
      diverged: 2,
      values: [],
      versus: { pairs: [], wins: 0, ties: 0, losses: 2 },
    });
    expect(found.notes).toEqual([
      expect.stringMatching(/^wild: 2 of 2 runs diverged/),
      "wild: finished together with single for 0 of 2 seeds; an interval needs two",
    ]);
    expect(await ask()).toEqual(found);
  });
});

describe("refuses", () => {
  test("another plan in the same folder, with the first difference", async () => {
    const out = join(temporaryFolder(), "cmp");
    await compareTiny(
      { out, seeds: 1 },
      abortAt(() => true),
    );
    const other = compareTiny({ out, seeds: 1, settings: { batch: 20 } });
    await expect(other).rejects.toThrow("settings.batch was 10, now it is 20");
    await expect(compareTiny({ out, seeds: 2 })).rejects.toThrow(
      "seeds.1 was not set, now it is 2",
    );
    const { train, test: tested } = stripeSplits();
    const data = {
      train,
      test: { ...tested, labels: { ...tested.labels, of: tested.labels.of.toReversed() } },
    };
    await expect(compareTiny({ out, seeds: 1 }, { data })).rejects.toThrow("data.hash was");
  });

  test("a folder that holds something else", async () => {
    const out = temporaryFolder();
    writeFileSync(join(out, "notes.txt"), "");
    await expect(compareTiny({ out })).rejects.toThrow("is not empty (it holds notes.txt)");
  });

  test("a damaged summary, by its path", async () => {
    const out = join(temporaryFolder(), "cmp");
    await compareTiny({ out, seeds: 1 });
    writeFileSync(join(out, "gradients/idle/1/summary.json"), "{");
    await expect(compareTiny({ out, seeds: 1 })).rejects.toThrow(/summary\.json is damaged/);
  });

  test.each<[string, Partial<CompareSettings>, RegExp]>([
    [
      "a method's wrong name",
      { methods: [{ ...single, settings: { optimizer: "admx" } }] },
      /^method single: unknown optimizer "admx" \(did you mean "adam/,
    ],
    [
      "a swarm that cannot share the epochs",
      { methods: [getMethod("pso")] },
      /3 epochs are no whole number of epochs for pso, which takes 4 a step; .* multiple of 4/,
    ],
    [
      "a list of rates for one net",
      { methods: [single], settings: { data: "x", lr: "0.1,0.2" } },
      /^method single: .*a list of rates needs a swarm/,
    ],
    [
      "a list of rates of the wrong length",
      {
        methods: [getMethod("pso")],
        settings: { data: "x", lr: "0.1,0.2", epochs: 9, particles: 3 },
      },
      /^method pso: .*has 2 entries for 3 particles/,
    ],
    ["a method twice", { methods: [single, single] }, /single is there twice/],
    ["no method", { methods: [] }, /no method/],
    ["an unknown baseline", { baseline: "idel" }, /unknown baseline "idel" \(did you mean "idle"/],
    [
      "a method with a budget of its own",
      { methods: [{ ...single, settings: { epochs: 9 } }] },
      /method single sets epochs, which the comparison decides/,
    ],
    ["runs that stop early", { settings: { data: "x", patience: 1 } }, /sets patience/],
    ["a rate that is set and tuned", { lrs: [0.1] }, /method idle sets lr, which is to be tuned/],
    [
      "rates of a preset that are tuned",
      { methods: [getMethod("pso-paper")], lrs: [0.1] },
      /method pso-paper sets lr, which is to be tuned/,
    ],
    [
      "a preset for all, which would make a swarm of one net",
      { settings: { data: "x", preset: "paper" } },
      /the comparison sets preset, which the comparison decides/,
    ],
    ["a rate below 0", { methods: [single], lrs: [-1] }, /learning rate -1/],
    ["no seeds", { seeds: 0 }, /number of seeds is 0/],
    ["wall clock without a time", { budgets: ["wall"] }, /needs a number of seconds/],
    ["too many images", { settings: { train: 200 } }, /class top has 40 images left .* needs 67/],
  ])("%s, and writes nothing", async (_, settings, message) => {
    const out = join(temporaryFolder(), "cmp");
    await expect(compareTiny({ out, ...settings })).rejects.toThrow(message);
    expect(existsSync(out)).toBe(false);
  });

  test("data without a test set", async () => {
    const { train } = stripeSplits();
    await expect(compareTiny({}, { data: { train } })).rejects.toThrow("stripes has no test set");
  });
});
