// `convoy compare` as a user meets it: methods are compared, an interrupted comparison goes on where it
// stopped, and bad input is told in one line and leaves nothing behind.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { convoy, scratch } from "./convoy.js";

const command = [
  ...["compare", "mnist", "--methods", "single,single:optimizer=adam:lr=0.002", "--train", "200"],
  ...["--epochs", "2", "--seeds", "2", "--threads", "1", "--out", "cmp"],
];

/** The rows of results.csv without their times. */
const results = (cwd: string) =>
  readFileSync(join(cwd, "cmp", "results.csv"), "utf8")
    .split("\n")
    .map((row) => row.split(",").toSpliced(13, 1));

test("methods are compared, and a finished comparison is only read", async () => {
  const cwd = scratch();
  const { code, out, err } = await convoy(command, { cwd });
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(/\[4\/4\] gradients single:optimizer=adam:lr=0.002, seed 2: test accuracy/);
  expect(out).toMatch(/single:optimizer=adam:lr=0.002 +1 x 2 +2 .* [+-]\d+\.\d\d to [+-]\d/);
  const again = await convoy([...command, "--json", "--quiet"], { cwd });
  const comparison = JSON.parse(again.out);
  expect(again.err).toBe("");
  expect(comparison).toMatchObject({ baseline: "single", seeds: 2, complete: true });
  expect(comparison.tables[0].rows[1].versus.pairs).toHaveLength(2);
  expect(readdirSync(join(cwd, "cmp")).sort()).toEqual([
    "gradients",
    "plan.json",
    "results.csv",
    "table.csv",
    "table.md",
    "table.svg",
  ]);
  const other = await convoy([...command, "--batch", "10"], { cwd });
  expect(other).toMatchObject({ code: 2, out: "" });
  expect(other.err).toContain("settings.batch was not set, now it is 10");
});

test("Ctrl-C saves the comparison, and the same command goes on", async () => {
  const [whole, parted] = [scratch(), scratch()];
  await convoy(command, { cwd: whole });
  const stopped = await convoy(command, { cwd: parted, signalAfter: "[1/4]" });
  expect(stopped.code).toBe(130);
  expect(stopped.err).toContain("the same command goes on where it stopped");
  expect(stopped.out).toContain("the rest may change everything");
  const { code, out } = await convoy(command, { cwd: parted });
  expect(code).toBe(0);
  expect(out).not.toContain("change everything");
  expect(results(parted)).toEqual(results(whole));
});

describe("bad input", () => {
  const rest = ["--out", "cmp"];
  test.each([
    [
      "an unknown method",
      ["--methods", "singel"],
      /unknown method "singel" \(did you mean "single"/,
    ],
    ["no method", [], /required option '--methods <names>' not specified/],
    [
      "an unknown baseline",
      ["--methods", "single", "--baseline", "pso"],
      /unknown baseline "pso"; known: single/,
    ],
    [
      "epochs that no swarm can share",
      ["--methods", "single,pso", "--epochs", "6"],
      /gradients of 6 epochs are no whole number of epochs for pso, which takes 4 a step; choose a multiple of 4/,
    ],
    ["a rate that is none", ["--methods", "single", "--lrs", "0.1,fast"], /"fast" is not a number/],
    [
      "runs that would stop early",
      ["--methods", "single:steps=5"],
      /method single:steps=5 sets steps, which the comparison decides/,
    ],
  ])("%s", async (_, args, message) => {
    const cwd = scratch();
    const { code, out, err } = await convoy(["compare", "mnist", ...args, ...rest], { cwd });
    expect(err).toMatch(message);
    expect(err.trim().split("\n")).toHaveLength(1);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(existsSync(join(cwd, "cmp"))).toBe(false);
  });
});
