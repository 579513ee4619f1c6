// A run of LeNet-5 on MNIST that is killed or interrupted at a random moment and resumed must end with
// the bytes of a run that was left alone. All of it through the command line, on the native engine.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngine } from "../../src/engine/index.js";
import { runFiles } from "../../src/runs/index.js";

const command = fileURLToPath(new URL("../../bin/convoy.mjs", import.meta.url));
const STEPS = 260;
/** 216 steps an epoch, so that the run crosses the end of one; checkpoints in between, too. */
const settings = [
  ...["--model", "lenet5", "--epochs", "4", "--batch", "250", "--steps", `${STEPS}`],
  ...["--augment", "shift", "--save-minutes", "0.005", "--engine", "native", "--quiet"],
];

const children: ChildProcess[] = [];

function start(...words: string[]): ChildProcess {
  const stdio = ["ignore", "ignore", "inherit"] as const;
  const child = spawn(process.execPath, [command, "train", ...words], { stdio: [...stdio] });
  children.push(child);
  return child;
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, "exit");
  return code;
}

/** Steps that a run has written down so far. */
function stepsOf(folder: string): number {
  const path = join(folder, runFiles.metrics);
  return existsSync(path) ? (readFileSync(path, "utf8").match(/"type":"step"/g)?.length ?? 0) : 0;
}

/** Starts a run and sends it a signal after some steps; returns its exit code. */
async function stopAfter(folder: string, steps: number, signal: NodeJS.Signals) {
  const child = start("mnist", ...settings, "--out", folder);
  const exit = exitCode(child);
  while (child.exitCode === null && stepsOf(folder) < steps) await wait(5);
  child.kill(signal);
  return exit;
}

async function isNativeHere(): Promise<boolean> {
  try {
    await (await createEngine({ engine: "native" })).close();
    return true;
  } catch {
    return false;
  }
}

const native = await isNativeHere();

describe.skipIf(!native)("resuming on the native engine (needs its build)", () => {
  const folder = mkdtempSync(join(tmpdir(), "convoy-resume-"));
  const whole = join(folder, "whole");
  const bytes = (run: string, name: "last" | "best") => readFileSync(join(run, runFiles[name]));

  beforeAll(async () => {
    expect(await exitCode(start("mnist", ...settings, "--out", whole))).toBe(0);
  }, 300_000);
  afterAll(() => {
    for (const child of children) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    ["SIGKILL", null],
    ["SIGINT", 130],
  ] as const)(
    "after %s at a random step gives the same bytes",
    async (signal, code) => {
      const parted = join(folder, signal);
      const step = 1 + Math.floor(Math.random() * (STEPS - 60));
      expect(await stopAfter(parted, step, signal), `${signal} after step ${step}`).toBe(code);
      expect(existsSync(join(parted, runFiles.summary))).toBe(false);
      expect(await exitCode(start("--resume", parted, "--quiet"))).toBe(0);
      expect(stepsOf(parted)).toBe(STEPS);
      for (const name of ["last", "best"] as const) {
        const same = bytes(parted, name).equals(bytes(whole, name));
        expect(same, `${name}, ${signal} after step ${step}`).toBe(true);
      }
    },
    300_000,
  );
});
