import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import {
  stripes,
  temporaryFolder,
  tinyModel,
  tinySettings,
} from "../../../test/support/tinyRun.js";
import { runFiles, train } from "../../runs/index.js";
import { readSearch } from "./report.js";
import type { SettingsSearch } from "./settle.js";
import {
  resumeSettings,
  type SearchOptions,
  type SearchProgress,
  searchFiles,
  tuneSettings,
} from "./tuneSettings.js";

const { lr: _, batch: __, ...settings } = { ...tinySettings, epochs: 2 };
const own = { data: { train: stripes(30, 1), test: stripes(12, 2) }, model: tinyModel };
const space = "lr=log:1e-6:0.3,batch=9|27";

const randomly = { settings, space, sampler: "random", trials: 4 } as const;
const staged: SettingsSearch = {
  settings: { ...settings, epochs: 4 },
  ...{ space, sampler: "asha", options: { eta: 2 }, trials: 4 },
};

const tune = (search: Partial<SettingsSearch> = {}, options: Partial<SearchOptions> = {}) =>
  tuneSettings(
    { ...randomly, ...search },
    { ...own, out: join(temporaryFolder(), "study"), ...options },
  );

const read = (out: string, name: string) => readFileSync(join(out, name), "utf8");
const table = (out: string) => read(out, searchFiles.table);
const rowsOf = (out: string) => table(out).trim().split("\n").slice(1);

/** Aborts at the event with a number. */
function abortAt(count: number) {
  const controller = new AbortController();
  let events = 0;
  const watch = () => {
    if (++events === count) controller.abort();
  };
  return { signal: controller.signal, watch };
}

test("tries settings, and leaves a table, a chart, and the settings of the best", async () => {
  const out = join(temporaryFolder(), "study");
  const { reason, report } = await tune({}, { out });
  expect(reason).toBe("done");
  expect(readdirSync(join(out, "trials"))).toEqual(["0000", "0001", "0002", "0003"]);
  const scores = report.trials.map(({ values }) => values!["accuracy"]!);
  expect(scores[report.best!.number]).toBe(Math.max(...scores));
  expect(report.order[0]).toBe(report.best!.number);
  expect(report.epochs).toBe(8);
  expect(rowsOf(out)).toHaveLength(4);
  expect(read(out, searchFiles.chart)).not.toMatch(/NaN|Infinity|undefined/);
  // A training by the best settings is the trial again.
  const best = JSON.parse(read(out, searchFiles.best));
  const { train: images } = own.data;
  const again = join(temporaryFolder(), "again");
  await train({ ...best, out: again }, { ...own, data: { train: images } });
  const trial = join(out, "trials", `000${report.best!.number}`);
  expect(read(again, runFiles.results).split("\n").length).toBe(
    read(trial, runFiles.results).split("\n").length,
  );
  expect(
    readFileSync(join(again, runFiles.last)).equals(readFileSync(join(trial, runFiles.last))),
  ).toBe(true);
});

test("keeps the weights of the best trial alone", async () => {
  for (const search of [randomly, staged]) {
    const out = join(temporaryFolder(), "study");
    const { report } = await tune(search, { out });
    const kept = report.trials.filter(({ run }) => existsSync(join(out, run, runFiles.last)));
    expect(kept.map(({ number }) => number)).toEqual([report.best!.number]);
  }
});

test("does not look at the test images", async () => {
  const out = join(temporaryFolder(), "study");
  await tune({ trials: 1 }, { out });
  const config = JSON.parse(read(join(out, "trials", "0000"), runFiles.config));
  expect(config.data).toMatchObject({ train: 30, test: 0 });
});

describe.each([
  ["random", randomly],
  ["tpe", { ...randomly, sampler: "tpe", options: { startup: 2 } }],
  ["asha", staged],
] as const)("a search by %s", (_, search) => {
  test("that is interrupted again and again gives the same table", async () => {
    const folder = temporaryFolder();
    const [whole, parted] = [join(folder, "whole"), join(folder, "parted")];
    await tune(search, { out: whole });
    let parts = 0;
    for (let reason = ""; reason !== "done"; parts++) {
      // By the plan in the folder, as soon as there is one.
      const options = { ...own, out: parted, ...abortAt(7 + 8 * parts) };
      const outcome = parts === 0 ? await tune(search, options) : await resumeSettings(options);
      reason = outcome.reason;
    }
    expect(parts).toBeGreaterThan(2);
    expect(table(parted)).toBe(table(whole));
    expect(read(parted, "trials.json")).toBe(read(whole, "trials.json"));
  });
});

test("a trial that goes on is a run that never stopped, bit for bit", async () => {
  const out = join(temporaryFolder(), "study");
  const { report } = await tune(staged, { out });
  const last = report.best!;
  expect(last.from).toBeDefined();
  const whole = join(temporaryFolder(), "whole");
  const data = { train: own.data.train };
  await train({ ...staged.settings, ...last.settings, out: whole }, { ...own, data });
  const [found, expected] = [join(out, last.run), whole].map((run) =>
    readFileSync(join(run, runFiles.last)),
  );
  expect(found.equals(expected)).toBe(true);
  // The run below stays what it was.
  const before = report.trials[last.from!];
  expect(rowsIn(join(out, before.run))).toBe(before.until);
  expect(report.epochs).toBe(
    report.trials.reduce(
      (sum, { until, from }) =>
        sum + until! - (from === undefined ? 0 : report.trials[from].until!),
      0,
    ),
  );
});

const rowsIn = (run: string) => read(run, runFiles.results).trim().split("\n").length - 1;

test("trials that diverge, or whose settings do not fit each other, are told as failed", async () => {
  const out = join(temporaryFolder(), "study");
  const { reason, report } = await tune(
    { space: "lr=0.01|1e30", sampler: "grid", trials: undefined },
    { out },
  );
  expect(reason).toBe("done");
  expect(report.trials.map(({ failed }) => failed !== undefined)).toEqual([false, true]);
  expect(report.trials[1].failed).toMatch(/diverged/);
  expect(report.best!.number).toBe(0);
  expect(rowsOf(out)[1]).toMatch(/^1,,,,1e\+30,,"?the loss/);
  // Each value is fine beside the first of the other.
  const unfit = await tune({
    space: "accumulate=1|3,batch=9|2",
    ...{ sampler: "grid", trials: undefined },
  });
  expect(unfit.report.trials.map(({ failed }) => failed)).toEqual([
    ...[undefined, undefined, undefined],
    "accumulate is 3; expected 1 to 2, the images of a step",
  ]);
});

test("several objectives have a front", async () => {
  const { report } = await tune({ metrics: ["accuracy", "macs", "params", "loss", "latency"] });
  expect(Object.keys(report.trials[0].values!).join()).toBe("accuracy,macs,params,loss,latency");
  expect(report.trials[0].values!["latency"]).toBeGreaterThan(0);
  // The net is the same in all trials: at 4 x 4 places 4 filters of 3 x 3, and 64 inputs of 3 outputs.
  expect(report.trials[0].values).toMatchObject({ macs: 16 * 36 + 64 * 3 });
  expect(report.front).toContain(report.best!.number);
});

test("when the time is over nothing more is proposed, and what ran is saved", async () => {
  const out = join(temporaryFolder(), "study");
  const whole = join(temporaryFolder(), "whole");
  await tune({}, { out: whole });
  const wait = ({ event }: SearchProgress) =>
    event?.type === "epochEnd" ? new Promise<void>((done) => setTimeout(done, 60)) : undefined;
  const { reason, report } = await tune({}, { out, seconds: 0.05, watch: wait });
  expect(reason).toBe("time");
  expect(report.complete).toBe(false);
  expect(report.trials.length).toBeLessThan(4);
  expect((await resumeSettings({ ...own, out })).reason).toBe("done");
  expect(table(out)).toBe(table(whole));
});

test("several trials at once come to what they do one by one, and all are saved", async () => {
  const folder = temporaryFolder();
  const [whole, beside] = [join(folder, "whole"), join(folder, "beside")];
  await tune({}, { out: whole });
  const first = await tune({}, { out: beside, workers: 3, ...abortAt(14) });
  expect(first.reason).toBe("interrupted");
  expect(first.report.running).toBeGreaterThan(1);
  await tune({}, { out: beside, workers: 2 });
  expect(table(beside)).toBe(table(whole));
});

test("is told of runs that were made before", async () => {
  const folder = temporaryFolder();
  const [out, run] = [join(folder, "study"), join(folder, "run")];
  const { augment, ...rest } = settings;
  const augmented = { settings: rest, space: `${space},augment=none|flip+mixup` };
  await train({ ...rest, augment, lr: 0.02, batch: 27, out: run }, own);
  const options = { out, imports: [run, run], seconds: 1e9 };
  const { report } = await tune({ ...augmented, trials: 1 }, options);
  expect(report.trials.map(({ imported }) => imported)).toEqual([true, undefined]);
  expect(report.trials[0]).toMatchObject({
    settings: { lr: 0.02, batch: 27, augment: "flip+mixup" },
    epochs: 2,
  });
  expect(report.epochs).toBe(2);
  await expect(tune({ space: "lr=log:0.1:0.3,batch=9|27" }, { imports: [run] })).rejects.toThrow(
    `${run}: lr is 0.02; expected a number from 0.1 to 0.3`,
  );
  await expect(tune({ settings: { ...settings, epochs: 3 } }, { imports: [run] })).rejects.toThrow(
    `${run}: epochs is 2, in the study it is 3`,
  );
  await expect(tune(staged, { imports: [run] })).rejects.toThrow(/asha stops trials early/);
});

test("a plan names policies by whole paths, so that a study goes on from anywhere", async () => {
  const file = join(temporaryFolder(), "mine.json");
  writeFileSync(file, JSON.stringify({ subPolicies: [[["identity", 1]]] }));
  const out = join(temporaryFolder(), "study");
  const augment = `${relative(".", file)},flip`;
  await tune({ settings: { ...settings, augment }, trials: 1 }, { out });
  expect(JSON.parse(read(out, "plan.json")).settings.augment).toBe(`${file},flip`);
  const searched = join(temporaryFolder(), "study");
  const { augment: __, ...rest } = settings;
  const choice = `augment=none|flip+${relative(".", file)},lr=log:1e-6:0.3?augment=none`;
  await tune({ settings: rest, space: choice, trials: 1 }, { out: searched });
  expect(JSON.parse(read(searched, "plan.json")).space).toBe(
    `augment=none|flip+${file},lr=log:0.000001:0.3?augment=none`,
  );
});

describe("refuses, and writes nothing", () => {
  test.each<[string, Partial<SettingsSearch>, RegExp]>([
    ["an empty space", { space: "" }, /space: there is no parameter to choose/],
    [
      "an unknown setting",
      { space: "lrr=log:0.1:1" },
      /space: lrr: there is no such setting \(did you mean "lr"\?\)/,
    ],
    ["what others call so", { space: "weightDecay=float:0:1" }, /did you mean "decay"\?/],
    [
      "a value out of range",
      { space: "batch=int:0:64" },
      /space: setting batch is 0: expected at least 1/,
    ],
    [
      "halves of whole numbers",
      { space: "batch=float:16:64" },
      /space: setting batch is .*whole number/,
    ],
    [
      "an unknown schedule",
      { space: "schedule=cosine|cosin" },
      /space: at schedule=cosin: .*"cosin"/,
    ],
    [
      "what is fixed too",
      { settings: { ...settings, lr: 1 } },
      /space: lr: it is fixed and searched at once/,
    ],
    ["what decides", { space: "seed=1|2" }, /space: seed: all trials of a search have the same/],
    ["a folder", { space: "out=a|b" }, /space: out: a search decides it/],
    [
      "the end of a schedule",
      { ...staged, space: "epochs=2|4" },
      /space: epochs: trials that stop early/,
    ],
    ["a whole record", { space: "hyper=1|2" }, /space: hyper: .*hyper\.momentum/],
    ["a part of a number", { space: "lr.x=1|2" }, /space: lr\.x: lr has no parts/],
    ["an unknown number", { space: "hyper.mass=float:0:1" }, /at hyper\.mass=0: .*mass/],
    [
      "an unknown metric",
      { metrics: ["acuracy"] },
      /unknown metric "acuracy" \(did you mean "accuracy"\?\)/,
    ],
    [
      "an unknown sampler",
      { sampler: "ashaa" },
      /unknown sampler "ashaa" \(did you mean "asha"\?\)/,
    ],
    ["an objective twice", { metrics: ["accuracy", "accuracy"] }, /metric accuracy is given twice/],
    ["stages of nothing", { least: 2 }, /random stops no trial early/],
    ["no end", { trials: undefined }, /the search has no end/],
    ["a clock in trials", { settings: { ...settings, minutes: 1 } }, /setting minutes/],
  ])("%s", async (_, search, message) => {
    const out = join(temporaryFolder(), "study");
    await expect(tune(search, { out })).rejects.toThrow(message);
    expect(existsSync(out)).toBe(false);
  });
});

test("goes on with its own plan and data alone", async () => {
  const folder = temporaryFolder();
  const out = join(folder, "study");
  await expect(resumeSettings({ ...own, out })).rejects.toThrow("there is no plan.json in it");
  await tune({ trials: 1 }, { out });
  await expect(tune({ trials: 2 }, { out })).rejects.toThrow(
    "holds another search: trials was 1, now it is 2",
  );
  const other = { ...own, data: { train: own.data.test } };
  await expect(resumeSettings({ ...other, out })).rejects.toThrow(
    "holds another search: data.train was 30, now it is 12",
  );
  expect((await readSearch(out)).report.complete).toBe(true);
  const another = join(folder, "another");
  cpSync(out, another, { recursive: true });
  writeFileSync(join(another, "plan.json"), JSON.stringify({ methods: [] }));
  await expect(readSearch(another)).rejects.toThrow(/expected the plan of a search/);
});

test("members of a population copy the best ones and go on with other settings", async () => {
  const out = join(temporaryFolder(), "study");
  const { report } = await tune(
    {
      settings: { ...settings, epochs: 3, schedule: "constant" },
      space: "lr=log:1e-6:0.3,batch=9|27,hyper.momentum=float:0:0.9",
      ...{ sampler: "population", trials: 4 },
    },
    { out },
  );
  expect(report.trials).toHaveLength(12);
  expect(report.failed).toBe(0);
  const copies = report.trials.filter(
    ({ from, settings }) =>
      from !== undefined && settings["lr"] !== report.trials[from].settings["lr"],
  );
  expect(copies.length).toBeGreaterThan(0);
  for (const { run, settings, until, from } of copies) {
    const [header, ...rows] = read(join(out, run), runFiles.results).trim().split("\n");
    const column = header.split(",").indexOf("lr");
    const rates = rows.map((row) => Number(row.split(",")[column]));
    const expected = [report.trials[from!].settings["lr"], settings["lr"]].map(Number);
    expect(rates).toHaveLength(until!);
    for (const [at, rate] of expected.entries()) {
      expect(rates.at(at - 2)! / rate).toBeCloseTo(1, 4);
    }
    const config = JSON.parse(read(join(out, run), runFiles.config));
    expect(config.settings).toMatchObject({ lr: settings["lr"], batch: settings["batch"] });
    expect(report.trials[from!].until).toBe(until! - 1);
  }
  await expect(
    tune({ space: "optimizer=sgd|adam", sampler: "population", trials: 2 }),
  ).rejects.toThrow(/space: optimizer: population changes settings of trainings on the way/);
});
