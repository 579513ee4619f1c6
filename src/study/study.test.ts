import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  stripeSplits,
  temporaryFolder,
  tinyModel,
  tinySettings,
} from "../../test/support/tinyRun.js";
import { runFiles } from "../runs/runFiles.js";
import type { RunOutcome } from "./run.js";
import {
  type Course,
  inOrder,
  runStudy,
  type StudyOptions,
  type StudyProgress,
  type StudyRun,
} from "./study.js";

const own = { data: stripeSplits(), model: tinyModel };

const runOf = (lr: number): StudyRun => ({
  folder: `${lr}`,
  settings: { ...tinySettings, epochs: 2, lr },
  own,
});

const accuracyOf = ({ finished }: RunOutcome) => finished?.summary.best?.score ?? 0;

/** Two rates, then ten times the better one. */
function* climb(): Course<StudyRun, number> {
  const scores = [accuracyOf(yield runOf(1e-6)), accuracyOf(yield runOf(0.01))];
  const better = scores[1] > scores[0] ? 0.01 : 1e-6;
  yield runOf(10 * better);
  return better;
}

const optionsOf = (out: string, more: Partial<StudyOptions<StudyRun>> = {}) => ({
  ...{ out, plan: { rates: [1e-6, 0.01] }, kind: "climb" },
  ...more,
});

/** Aborts where a study stands so. */
function abortWhen(when: (progress: StudyProgress<StudyRun>) => boolean) {
  const controller = new AbortController();
  const watch = (progress: StudyProgress<StudyRun>) => {
    if (when(progress)) controller.abort();
  };
  return { signal: controller.signal, watch };
}

const weights = (out: string, run: string) => readFileSync(join(out, run, runFiles.last));

test("what a study asks for next depends on how its runs ended", async () => {
  const out = join(temporaryFolder(), "study");
  expect(await runStudy(climb(), optionsOf(out))).toBe(0.01);
  expect(readdirSync(out).sort()).toEqual(["0.000001", "0.01", "0.1", "plan.json"]);
});

test.each([
  [
    "in a run",
    ({ run, event }: StudyProgress<StudyRun>) => run.folder === "0.01" && event?.type === "step",
  ],
  [
    "behind a run",
    ({ outcome, done }: StudyProgress<StudyRun>) => outcome !== undefined && done === 2,
  ],
] as const)("interrupted %s it goes on to the same bytes, and repeats no run", async (_, when) => {
  const folder = temporaryFolder();
  const [whole, parted] = [join(folder, "whole"), join(folder, "parted")];
  await runStudy(climb(), optionsOf(whole));
  expect(await runStudy(climb(), optionsOf(parted, abortWhen(when)))).toBeUndefined();
  const begun: string[] = [];
  const watch = ({ run, event }: StudyProgress<StudyRun>) => {
    if (event?.type === "runStart") begun.push(run.folder);
  };
  expect(await runStudy(climb(), optionsOf(parted, { watch }))).toBe(0.01);
  expect(begun).not.toContain("0.000001");
  for (const run of ["0.01", "0.1"]) {
    expect(weights(parted, run).equals(weights(whole, run)), run).toBe(true);
  }
});

test("a list is done in its order; a run that diverged is an outcome, and is not tried again", async () => {
  const out = join(temporaryFolder(), "study");
  const wild = { ...runOf(1e30), folder: "wild" };
  for (const attempt of ["new", "again"]) {
    const ends: (readonly [string, boolean])[] = [];
    const events: string[] = [];
    const watch = ({ run, event, outcome }: StudyProgress<StudyRun>) => {
      if (event) events.push(event.type);
      if (outcome) ends.push([run.folder, outcome.finished !== undefined]);
    };
    await runStudy(inOrder([wild, runOf(0.01)]), optionsOf(out, { watch }));
    expect(ends).toEqual([
      ["wild", false],
      ["0.01", true],
    ]);
    expect(events.length > 0, attempt).toBe(attempt === "new");
  }
});

test("a run that was killed before its settings were written begins anew", async () => {
  const out = join(temporaryFolder(), "study");
  await runStudy(inOrder([]), optionsOf(out));
  mkdirSync(join(out, "0.01", "weights"), { recursive: true });
  writeFileSync(join(out, "0.01", runFiles.state), "of weights that the run was to start from");
  await runStudy(inOrder([runOf(0.01)]), optionsOf(out));
  expect(readdirSync(join(out, "0.01"))).toContain(runFiles.summary);
});

test("another plan is refused, with its first difference, and so is a folder of something else", async () => {
  const out = join(temporaryFolder(), "study");
  await runStudy(inOrder([]), optionsOf(out));
  const other = runStudy(inOrder([]), optionsOf(out, { plan: { rates: [1e-6, 0.02] } }));
  await expect(other).rejects.toThrow(
    `${out} holds another climb: rates.1 was 0.01, now it is 0.02`,
  );
  const occupied = temporaryFolder();
  writeFileSync(join(occupied, "notes.txt"), "");
  await expect(runStudy(inOrder([]), optionsOf(occupied))).rejects.toThrow("(it holds notes.txt)");
});
