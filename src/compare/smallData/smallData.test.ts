import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stripes, temporaryFolder, tinyModel } from "../../../test/support/tinyRun.js";
import { runFiles } from "../../runs/index.js";
import { getSmallDataMethod } from "./methods.js";
import type { SmallDataSettings } from "./plan.js";
import { resumeSmallData, type SmallDataOptions, smallData } from "./smallData.js";
import { smallDataFiles } from "./tables.js";

const own = { data: { train: stripes(60, 1), test: stripes(12, 2) }, model: tinyModel };
const benchmark: SmallDataSettings = {
  methods: [],
  settings: { data: "stripes", epochs: 2, engine: "reference" },
  ...{ perClass: 5, splits: 1, seeds: 2, trials: 2, space: "lr=log:1e-4:0.3" },
};

const run = (given: Partial<SmallDataSettings> = {}, options: Partial<SmallDataOptions> = {}) =>
  smallData(
    { ...benchmark, ...given },
    { ...own, out: join(temporaryFolder(), "study"), ...options },
  );

const tables = (out: string) =>
  Object.values(smallDataFiles).map((name) => readFileSync(join(out, name), "utf8"));

test("a benchmark that is stopped again and again gives the same tables", async () => {
  const folder = temporaryFolder();
  const [whole, parted] = [join(folder, "whole"), join(folder, "parted")];
  const report = await run({}, { out: whole });
  expect(report!.complete).toBe(true);
  expect(report!.rows.map(({ method }) => method)).toEqual(["ce", "ce-defaults"]);
  for (const { results, value } of report!.rows) {
    expect(results.map(({ runs }) => runs.length)).toEqual([2]);
    expect(value!.mean).toBeGreaterThan(0);
  }
  let parts = 0;
  for (let found: unknown; !found; parts++) {
    const controller = new AbortController();
    let events = 0;
    const watch = () => {
      if (++events === 2 + 2 * parts) controller.abort();
    };
    const options = { ...own, out: parted, signal: controller.signal, watch };
    found = await (parts === 0 ? run({}, options) : resumeSmallData(options));
  }
  expect(parts).toBeGreaterThan(2);
  expect(tables(parted)).toEqual(tables(whole));
});

test("searches see the images of a split alone, and trainings learn from both parts and the test set", async () => {
  const out = join(temporaryFolder(), "study");
  await run({ seeds: 1 }, { out });
  const imagesOf = (folder: string) =>
    JSON.parse(readFileSync(join(out, folder, runFiles.config), "utf8")).data;
  for (const trial of readdirSync(join(out, "ce", "0", "search", "trials"))) {
    const data = imagesOf(join("ce", "0", "search", "trials", trial));
    expect(data).toMatchObject({ train: 9, selection: 6, test: 0 });
  }
  expect(imagesOf(join("ce", "0", "1"))).toMatchObject({ train: 15, selection: 0, test: 12 });
  const { best, epochs } = JSON.parse(
    readFileSync(join(out, "ce", "0", "1", runFiles.summary), "utf8"),
  );
  expect([best.epoch, epochs]).toEqual([2, 2]);
});

test.each<[string, Partial<SmallDataSettings>, string]>([
  [
    "too few images",
    { perClass: 11, splits: 2 },
    "stripes: class top has 20 images to learn from; expected 22: 2 splits of 11",
  ],
  [
    "a score that there is not",
    { settings: { ...benchmark.settings, score: "balancedAcuracy" } },
    'method ce: unknown metric of classify "balancedAcuracy" (did you mean "balancedAccuracy"?)',
  ],
  [
    "a setting that is decided",
    { settings: { ...benchmark.settings, selection: 0.2 } },
    "setting selection: the small-data benchmark decides it",
  ],
  [
    "a method that comes twice",
    { methods: [getSmallDataMethod("cosine"), getSmallDataMethod("cosine")] },
    "method cosine is given twice",
  ],
  [
    "a space with a setting of the method",
    { methods: [getSmallDataMethod("cosine")], space: "loss=cosine|cross-entropy" },
    "method cosine: space: loss: it is fixed and searched at once",
  ],
  ["no trial", { trials: 0 }, "the number of trials is 0; expected a whole number from 1"],
])("%s is refused before anything is written", async (_, given, message) => {
  const out = join(temporaryFolder(), "study");
  await expect(run(given, { out })).rejects.toThrow(message);
  expect(existsSync(out)).toBe(false);
});

test("a set without test images, and one without classes, are refused", async () => {
  const { train } = own.data;
  await expect(run({}, { data: { train } })).rejects.toThrow("stripes has no test set");
  const labels = { kind: "values", names: ["a"], of: new Float32Array(60) } as const;
  const data = { train: { ...train, labels }, test: { ...train, labels } };
  await expect(run({}, { data })).rejects.toThrow("needs one class per image");
});
