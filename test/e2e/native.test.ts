// The native engine over a long time and at its ends: memory and threads stay what they are, and no way
// for a process to end crashes or hangs. Each test is a Node of its own.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadAddon } from "../../src/engine/native/index.js";

function built(): boolean {
  try {
    return Boolean(loadAddon());
  } catch {
    return false;
  }
}

/** Runs a script of the folder `native`. */
function run(script: string, ...args: string[]) {
  const path = fileURLToPath(new URL(`native/${script}.mjs`, import.meta.url));
  // One heap for all threads: how the C library spreads its memory over several is not the question.
  const env = { ...process.env, MALLOC_ARENA_MAX: "1" };
  return spawnSync(process.execPath, ["--expose-gc", path, ...args], {
    encoding: "utf8",
    env,
    timeout: 110_000,
  });
}

function answer(script: string, ...args: string[]) {
  const { stdout, stderr } = run(script, ...args);
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

const MB = 1e6;

// Resident memory wavers by some megabytes. One program or vector that is kept takes as much, fifty take
// ten times the bound.
describe.skipIf(!built())("memory stays flat over", () => {
  it.each([
    ["4,000 training steps", ["steps", "2000", "6000"], 5 * MB],
    ["50 engines, opened and closed", ["engines", "30", "80"], 20 * MB],
  ])("%s", (_, args, bound) => {
    const { before, after } = answer("memory", ...args);
    expect(after.rss - before.rss).toBeLessThan(bound);
    expect(after.external - before.external).toBeLessThan(0.1 * MB);
    expect(after.heapUsed - before.heapUsed).toBeLessThan(1 * MB);
  });
});

it.skipIf(!built() || !existsSync("/proc/self/task"))("20 engines leave no threads", () => {
  const { before, during, after } = answer("threads");
  expect(during).toBeGreaterThanOrEqual(before + 20 * 3);
  expect(after).toBeLessThanOrEqual(before);
});

describe.skipIf(!built())("with work in flight", () => {
  it.each([
    ["a process exits", "exit", 0],
    ["a process fails", "error", 1],
    ["a process comes to its end", "end", 0],
    ["engines are garbage", "collected", 0],
    ["a worker is terminated", "worker", 0],
    ["workers are terminated in the middle of runs", "terminated", 0],
  ])("%s without a crash", (_, way, code) => {
    const { status, signal, stdout, stderr } = run("ending", way);
    expect({ status, signal, stdout }, stderr).toEqual({
      status: code,
      signal: null,
      stdout: "left\n",
    });
  });
});
