import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stripes, temporaryFolder, tinySettings } from "../../../test/support/tinyRun.js";
import { costOf } from "../../cost/index.js";
import { InputError } from "../../inputError.js";
import { createModel } from "../../models/index.js";
import { runFiles, train } from "../../runs/index.js";
import { createSearch, parseSpace, type Trial } from "../../search/index.js";
import { geneParameters, genesIn, modelWith } from "./genes.js";
import { LATENCIES, openTable } from "./latencyTable.js";
import type { SettingsSearch } from "./settle.js";
import { resumeSettings, type SearchOptions, searchFiles, tuneSettings } from "./tuneSettings.js";

const { engine: _, ...rest } = tinySettings;
const settings = { ...rest, model: "mobile", epochs: 1, threads: 1 };
const data = { train: stripes(30, 1), test: stripes(12, 2) };
const input = { channels: 1, height: 6, width: 6, outputs: 3 };

/** Nets of the space that take no time. */
const small = parseSpace(
  [
    "model.resolution=16",
    ...[1, 2, 3].flatMap((at) => [
      `model.stage${at}.block=conv|dwsep|res`,
      `model.stage${at}.kernel=3`,
      `model.stage${at}.width=8|16`,
      `model.stage${at}.depth=1`,
    ]),
  ].join(","),
);

const search: SettingsSearch = {
  ...{ settings, space: small, trials: 3, sampler: "evolution" },
  options: { population: 2, sample: 2 },
  ...{ budget: { macs: 400_000, bytes: 40_000 }, watched: ["macs", "bytes"] },
};

const tune = (other: Partial<SettingsSearch> = {}, options: Partial<SearchOptions> = {}) =>
  tuneSettings(
    { ...search, ...other },
    { data, out: join(temporaryFolder(), "study"), ...options },
  );

const read = (out: string, name: string) => readFileSync(join(out, name), "utf8");

test("nets within a budget are trained; the best one's file names a model as any other", async () => {
  const folder = temporaryFolder();
  const out = join(folder, "study");
  const { report } = await tune({}, { out });
  const nets = read(out, searchFiles.table)
    .trim()
    .split("\n")
    .slice(1)
    .map((row) => row.split(",")[4]);
  expect(nets).toHaveLength(3);
  for (const [at, name] of nets.entries()) {
    const { macs, sizeBytes } = costOf(createModel(name, input)).totals;
    expect(report.trials[at].values).toMatchObject({ macs, bytes: sizeBytes });
    expect([macs <= 400_000, sizeBytes <= 40_000]).toEqual([true, true]);
  }
  expect(report.front).toContain(report.best!.number);
  const run = join(folder, "run");
  const { data: __, ...own } = { ...settings, model: join(out, "best") };
  await train({ ...own, data: "stripes", steps: 1, out: run }, { data });
  expect(JSON.parse(read(run, runFiles.config)).settings.model).toBe(nets[report.best!.number]);
  await train({ out: run }, { data, resume: true });
});

test("interrupted again and again it gives the same table, screened by a proxy too", async () => {
  const screened = { screen: { proxy: "macs", candidates: 8 }, trials: 2, budget: undefined };
  const folder = temporaryFolder();
  const [whole, parted] = [join(folder, "whole"), join(folder, "parted")];
  const { report } = await tune(screened, { out: whole });
  // Of eight nets that are drawn, the largest.
  const { space, sampler, options: own } = search;
  const drawn = createSearch({ space, sampler, options: own, seed: 1 });
  const macs = Array.from({ length: 8 }, (_, draw) => {
    const { settings: found } = drawn.next([], draw) as Trial;
    return costOf(createModel(modelWith("mobile", genesIn(found)!), input)).totals.macs;
  });
  expect(report.trials[0].values!["macs"]).toBe(Math.max(...macs));
  let parts = 0;
  for (let reason = ""; reason !== "done"; parts++) {
    const controller = new AbortController();
    let events = 0;
    const watch = () => {
      if (++events === 5 + 5 * parts) controller.abort();
    };
    const options = { data, out: parted, watch, signal: controller.signal };
    const outcome = await (parts === 0 ? tune(screened, options) : resumeSettings(options));
    reason = outcome.reason;
  }
  expect(parts).toBeGreaterThan(1);
  expect(read(parted, searchFiles.table)).toBe(read(whole, searchFiles.table));
});

const wrong: readonly [string, Partial<SettingsSearch>, RegExp][] = [
  [
    "nothing can meet",
    { budget: { macs: 1000 } },
    /nearest, mobile:16-dwsep.3.8.1-.*, has macs [\d,]+$/,
  ],
  [
    "is of an unknown cost",
    { budget: { mac: 1e6 } },
    /unknown cost "mac" \(did you mean "macs"\?\)/,
  ],
  [
    "has an unknown proxy",
    { screen: { proxy: "synflw", candidates: 2 } },
    /did you mean "synflow"/,
  ],
  ["lacks a gene", { space: small.slice(1) }, /model.resolution is missing; expected 16\|24\|32/],
  [
    "has a strange gene",
    { space: [...small, { name: "model.stage4.width", kind: "choice", of: [8] }] },
    /stage4/,
  ],
  [
    "has a strange value",
    { space: [{ name: "model.resolution", kind: "choice", of: [17] }, ...small.slice(1)] },
    /resolution: expected some of 16\|24\|32/,
  ],
  [
    "is of no space",
    { settings: { ...settings, model: "resnet20" } },
    /unknown space of architectures "resnet20"/,
  ],
];

test.each(wrong)(
  "a search that %s is refused before anything is written",
  async (_, other, why) => {
    const found = tune(other);
    await expect(found).rejects.toThrow(InputError);
    await expect(found).rejects.toThrow(why);
  },
);

test("all genes of a space may be searched", () => {
  expect(geneParameters("nasbench201").map(({ name }) => name)).toContain("model.node3.2");
  expect(() => geneParameters("mobil")).toThrow(/did you mean "mobile"/);
});

test("layers are measured once, and a net's latency is the sum of its layers", async () => {
  const folder = temporaryFolder();
  const table = await openTable(folder);
  await table.keep(folder);
  const net = createModel("mobile:16-conv.3.8.2-conv.3.8.1-dwsep.3.8.1", input);
  const latency = await table.with(() => table.of(net));
  const { layers } = JSON.parse(read(folder, LATENCIES));
  // Both blocks of the first stage are the same layer.
  expect(Object.keys(layers)).toHaveLength(6);
  const again = await openTable(folder);
  expect(again.of(net)).toBe(latency);
  const other = join(folder, "other.json");
  const ones = Object.fromEntries(Object.keys(layers).map((key) => [key, 1]));
  writeFileSync(other, JSON.stringify({ layers: ones }));
  expect((await openTable(join(folder, "new"), other)).of(net)).toBe(7);
  writeFileSync(other, JSON.stringify({ layers: { some: "slow" } }));
  await expect(openTable(join(folder, "new"), other)).rejects.toThrow(/other\.json/);
});
