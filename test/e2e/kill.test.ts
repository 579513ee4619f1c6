// A run that is killed at any call that changes its folder, as by a power cut, can always be gone on with, and
// ends with the files of a run that was left alone. Through the command line.

import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runFiles } from "../../src/runs/runFiles.js";
import { train } from "../../src/runs/train.js";
import type { OutputForm } from "../../src/tasks/index.js";
import type { TrainSettings } from "../../src/train/config.js";
import { datasetOf, taskCases } from "../conformance/taskCases.js";
import { idxFile } from "../fixtures/data.js";
import { archiveOf } from "../support/archive.js";
import { root } from "./convoy.js";

const folder = mkdtempSync(join(tmpdir(), "convoy-kill-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const data = join(folder, "data");
const SIDE = 8;

/** Images whose brightness is their class. */
function writeSplit(prefix: string, length: number): void {
  const labels = Array.from({ length }, (_, at) => at % 2);
  const pixels = labels.flatMap((label, image) =>
    Array.from({ length: SIDE ** 2 }, (_, at) => 100 * label + ((at * 31 + image * 17) % 90)),
  );
  writeFileSync(join(data, `${prefix}-images-idx3-ubyte`), idxFile([length, SIDE, SIDE], pixels));
  writeFileSync(join(data, `${prefix}-labels-idx1-ubyte`), idxFile([length], labels));
}

/** A short run with a checkpoint at every look at the clock. */
const brief = { model: "convnet-gn", epochs: 2, batch: 8, saveMinutes: 0 } as const;
const one = { ...brief, data } as const;

/** Nets of tasks that want more than numbers of an image. */
const nets: Readonly<Record<OutputForm, Partial<TrainSettings>>> = {
  vector: {},
  map: { model: "unet-8" },
  cells: { model: "detector-s", size: 32 },
  frames: { model: "line-s" },
  pieces: { model: "lenet5", task: "pieces", augment: "none" },
};

/** What is trained: a net, a swarm, and a net on each task. */
const settings: Readonly<Record<string, Partial<TrainSettings>>> = {
  net: one,
  swarm: { ...one, swarm: "pso", particles: 2 },
  ...Object.fromEntries(
    taskCases.map(({ task }) => [
      task.name,
      {
        ...brief,
        ...{ data: join(folder, `${task.name}.npz`), size: 16, augment: "flip" },
        ...nets[task.output],
      },
    ]),
  ),
};

/** Runs it in a process of its own, which ends by `KILL_AT`. */
function runToDeath(kind: string, out: string, env: Readonly<Record<string, string>>) {
  const config = join(folder, `${kind}.json`);
  writeFileSync(config, JSON.stringify(settings[kind]));
  const program = [join(root, "bin", "convoy.mjs"), "train", "--config", config, "--quiet"];
  const { status, signal, stderr } = spawnSync(
    process.execPath,
    ["--import", join(root, "test", "support", "killAt.mjs"), ...program, "--out", out],
    { env: { ...process.env, ...env, KILL_IN: out, POWER_CUT: "1" }, encoding: "utf8" },
  );
  return { status, signal, stderr };
}

/** Goes on with a run, or begins it anew where it had not begun. */
const goOn = (kind: string, out: string) =>
  existsSync(join(out, runFiles.config))
    ? train({ out }, { resume: true })
    : train({ ...settings[kind], out });

/** A text without what depends on the clock. */
function timeless(file: string, text: string): string {
  if (file === runFiles.results) {
    const rows = text.split("\n").map((line) => line.split(","));
    const times = ["seconds", "imagesPerSecond"].map((name) => rows[0].indexOf(name));
    return rows.map((row) => row.filter((_, at) => !times.includes(at)).join(",")).join("\n");
  }
  return text.replace(/"(seconds|imagesPerSecond)":[^,}]*/g, '"$1":0');
}

const compared = [
  ...[runFiles.best, runFiles.last, runFiles.results, runFiles.metrics, runFiles.particles],
  ...[runFiles.swarm, runFiles.distances, runFiles.confusionTable],
];

/** All that a run leaves and that depends on the seed alone. */
const filesOf = (out: string) =>
  compared.map((file) => {
    const path = join(out, file);
    return [file, existsSync(path) ? timeless(file, readFileSync(path, "latin1")) : undefined];
  });

beforeAll(() => {
  mkdirSync(data);
  writeSplit("train", 20);
  writeSplit("t10k", 8);
  for (const one of taskCases) {
    const parts = { train: datasetOf(one, 24, 1), test: datasetOf(one, 8, 2) };
    writeFileSync(join(folder, `${one.task.name}.npz`), archiveOf(parts));
  }
});

/** Calls to be killed at: a run's first ones, up to its configuration, and some of the others; KILL_ALL: all. */
function chosen(calls: readonly string[], kind: string): number[] {
  const all = Array.from({ length: calls.length }, (_, at) => at + 1);
  if (process.env.KILL_ALL) return all;
  const configured = calls.findIndex((call) => /^rename .*\.config\.json/.test(call)) + 2;
  const some = Array.from(
    { length: kind === "net" || kind === "swarm" ? 3 : 1 },
    () => configured + 1 + Math.floor(Math.random() * (calls.length - configured)),
  );
  return kind === "net" ? [...all.slice(0, configured), ...some] : some;
}

describe.each(Object.keys(settings))("a killed run: %s", (kind) => {
  test("goes on, or begins anew where it had not begun", async () => {
    const whole = join(folder, `${kind}-whole`);
    const log = join(folder, `${kind}-calls`);
    expect(runToDeath(kind, whole, { KILL_LOG: log })).toMatchObject({ status: 0, stderr: "" });
    const expected = filesOf(whole);
    const calls = readFileSync(log, "utf8").split("\n");
    for (const at of chosen(calls, kind)) {
      const where = `killed at call ${at} of ${calls.length}: ${calls[at - 1]}`;
      const out = join(folder, `${kind}-${at}`);
      expect(runToDeath(kind, out, { KILL_AT: `${at}` }).signal, where).toBe("SIGKILL");
      await goOn(kind, out);
      expect(filesOf(out), where).toEqual(expected);
      const left = readdirSync(out, { recursive: true, encoding: "utf8" });
      expect(
        left.filter((name) => /\.(tmp|lock)$/.test(name)),
        where,
      ).toEqual([]);
      rmSync(out, { recursive: true });
    }
  }, 1_800_000);
});
