import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder, trainTiny } from "../../test/support/tinyRun.js";
import type { TrainEvent } from "../train/events.js";
import { runFiles } from "./runFiles.js";
import { askToStop, StopFile } from "./stopFile.js";

test("is looked for now and then, and stays found", () => {
  const folder = temporaryFolder();
  let time = 0;
  const file = new StopFile(join(folder, "stop"), () => time);
  expect(file.isThere).toBe(false);
  askToStop(folder);
  expect(file.isThere).toBe(false);
  time = 250;
  expect(file.isThere).toBe(true);
  file.remove();
  expect(existsSync(join(folder, "stop"))).toBe(false);
  time = 500;
  expect(file.isThere).toBe(true);
});

/** Asks at the end of the first epoch. */
const stopEarly = (out: string) => (event: TrainEvent) => {
  if (event.type === "epochEnd" && event.epoch === 1) askToStop(out);
};

const weights = (out: string) => readFileSync(join(out, runFiles.last));

test("a run that it ended goes on to the same bytes", async () => {
  const folder = temporaryFolder();
  const whole = join(folder, "whole");
  const out = join(folder, "stopped");
  // Enough steps that the file is looked for before the last one.
  const epochs = 60;
  await trainTiny({ out: whole, epochs });
  const { events } = await trainTiny({ out, epochs }, { listeners: [stopEarly(out)] });
  expect(events.at(-1)).toMatchObject({ type: "runEnd", reason: "aborted" });
  expect(existsSync(join(out, runFiles.stop))).toBe(false);
  expect(existsSync(join(out, runFiles.summary))).toBe(false);
  writeFileSync(join(out, runFiles.stop), "from another time");
  await trainTiny({ out }, { resume: true });
  expect(weights(out).equals(weights(whole))).toBe(true);
});

test("a run that is told so does not heed it", async () => {
  const out = join(temporaryFolder(), "run");
  const listeners = [stopEarly(out)];
  const { events } = await trainTiny({ out, epochs: 60 }, { listeners, stopFile: false });
  expect(events.at(-1)).toMatchObject({ type: "runEnd", reason: "finished" });
});
