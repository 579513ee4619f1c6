// Files of a study and of runs that somebody else has written: what they say is checked before anything is written or deleted.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  stripes,
  temporaryFolder,
  tinyModel,
  tinySettings,
} from "../../../test/support/tinyRun.js";
import { runFiles, train } from "../../runs/index.js";
import { readSearch } from "./report.js";
import type { TrialRecord } from "./trials.js";
import { resumeSettings, tuneSettings } from "./tuneSettings.js";

const { lr: _, ...settings } = { ...tinySettings, epochs: 1 };
const own = { data: { train: stripes(30, 1) }, model: tinyModel };
const search = { settings, space: "lr=0.01|0.02|0.03", sampler: "random", trials: 2 } as const;

const write = (path: string, value: object) => writeFileSync(path, JSON.stringify(value));
const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));

/** A study of two trials, and a run beside it. */
async function made() {
  const folder = temporaryFolder();
  const [out, victim] = [join(folder, "study"), join(folder, "victim")];
  await tuneSettings(search, { ...own, out });
  await train({ ...settings, lr: 0.03, out: victim }, own);
  return { folder, out, victim };
}

test("no weights outside of the study are deleted, and no run there goes on", async () => {
  const { out, victim } = await made();
  const trialsFile = join(out, "trials.json");
  const weights = join(victim, runFiles.last);
  const { trials }: { trials: readonly TrialRecord[] } = read(trialsFile);
  const { values: _, epochs: __, ...running } = trials[1];
  const forged: [object, RegExp][] = [
    [
      { ...trials[1], run: "../victim" },
      /trial 1: its run is "\.\.\/victim"; expected "trials\/0001"/,
    ],
    [{ ...trials[1], run: victim }, /expected "trials\/0001"/],
    [{ ...trials[1], run: "trials/0000" }, /expected "trials\/0001"/],
    [{ ...running, run: "../victim", imported: true }, /made before the search, so it has values/],
    [{ ...trials[1], from: 1 }, /trial 1: continues trial 1; expected one before it/],
    [{ ...trials[1], values: {} }, /trial 1: has values of nothing; expected accuracy/],
    [{ ...trials[1], values: { accuracy: 1, loss: 0 } }, /has values of accuracy, loss; expected/],
  ];
  const before = readFileSync(weights);
  for (const [trial, message] of forged) {
    write(trialsFile, { trials: [trials[0], trial] });
    await expect(resumeSettings({ ...own, out })).rejects.toThrow(message);
    await expect(readSearch(out)).rejects.toThrow(message);
  }
  // What was made before is only read.
  const imported = { ...trials[1], run: victim, imported: true };
  write(trialsFile, { trials: [{ ...trials[0], values: { accuracy: 1 } }, imported] });
  await resumeSettings({ ...own, out });
  expect(readFileSync(weights).equals(before)).toBe(true);
});

test("a plan without settings or data is refused by its file", async () => {
  const out = join(temporaryFolder(), "study");
  await tuneSettings({ ...search, trials: 1 }, { ...own, out });
  const plan = read(join(out, "plan.json"));
  for (const name of ["settings", "data"]) {
    for (const value of [null, []]) {
      write(join(out, "plan.json"), { ...plan, [name]: value });
      const message = `${name} is ${JSON.stringify(value)}: expected values by name`;
      await expect(readSearch(out)).rejects.toThrow(message);
      await expect(resumeSettings({ ...own, out })).rejects.toThrow(message);
    }
  }
});

test("a summary with a share above 1 is no trial", async () => {
  const { folder, victim } = await made();
  const summary = join(victim, runFiles.summary);
  const saved = read(summary);
  const options = { ...own, out: join(folder, "new"), imports: [victim] };
  for (const accuracy of [1e9, -0.5]) {
    write(summary, { ...saved, best: { ...saved.best, accuracy } });
    await expect(tuneSettings(search, options)).rejects.toThrow(
      `${summary}: best.accuracy is ${accuracy}; expected a share from 0 to 1`,
    );
    expect(existsSync(options.out)).toBe(false);
  }
  write(summary, saved);
  expect((await tuneSettings({ ...search, trials: 1 }, options)).report.best!.values).toBeDefined();
});
