// A search that is killed at any call that changes its folder goes on to the table of one that was left alone. Through the
// command line.

import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { idxFile } from "../fixtures/data.js";
import { convoy, root, scratch } from "./convoy.js";

const SIDE = 8;

/** Images whose brightness is their class. */
function writeData(folder: string): string {
  const data = join(folder, "data");
  mkdirSync(data);
  for (const [prefix, length] of [
    ["train", 20],
    ["t10k", 8],
  ] as const) {
    const labels = Array.from({ length }, (_, at) => at % 2);
    const pixels = labels.flatMap((label, image) =>
      Array.from({ length: SIDE ** 2 }, (_, at) => 100 * label + ((at * 31 + image * 17) % 90)),
    );
    writeFileSync(join(data, `${prefix}-images-idx3-ubyte`), idxFile([length, SIDE, SIDE], pixels));
    writeFileSync(join(data, `${prefix}-labels-idx1-ubyte`), idxFile([length], labels));
  }
  return data;
}

const search = (data: string, out: string) => [
  ...[
    "tune",
    data,
    "--model",
    "convnet-gn",
    "--epochs",
    "2",
    "--batch",
    "8",
    "--save-minutes",
    "0",
  ],
  ...["--search", "lr=log:1e-3:0.1,decay=log:1e-5:0.1", "--sampler", "asha:eta=2", "--trials", "3"],
  ...["--out", out, "--quiet"],
];

/** Runs it in a process of its own, which ends by `KILL_AT`. */
function runToDeath(args: readonly string[], out: string, env: Readonly<Record<string, string>>) {
  const program = [join(root, "bin", "convoy.mjs"), ...args];
  return spawnSync(
    process.execPath,
    ["--import", join(root, "test", "support", "killAt.mjs"), ...program],
    { env: { ...process.env, ...env, KILL_IN: out, POWER_CUT: "1" }, encoding: "utf8" },
  );
}

const filesOf = (out: string) =>
  ["trials.csv", "trials.json", "best.json", "study.svg"].map((name) =>
    readFileSync(join(out, name), "utf8"),
  );

test("a killed search goes on to the same table, and study tells it", async () => {
  const cwd = scratch();
  const data = writeData(cwd);
  const [whole, killed] = [join(cwd, "whole"), join(cwd, "killed")];
  const log = join(cwd, "calls");
  expect(runToDeath(search(data, whole), whole, { KILL_LOG: log })).toMatchObject({ status: 0 });
  const calls = readFileSync(log, "utf8").split("\n").length;
  // The signal first: it follows the first line of the first trial, when most of the search is still to come.
  const loud = search(data, killed).filter((word) => word !== "--quiet");
  const stopped = await convoy(loud, { cwd, signalAfter: "trial " });
  expect(stopped.err).toContain(`go on with: convoy tune --resume ${killed}`);
  expect(stopped.code).toBe(130);
  for (const share of [0.1, 0.2]) {
    const at = 1 + Math.floor(share * calls * (1 + Math.random()));
    expect(runToDeath(search(data, killed), killed, { KILL_AT: `${at}` }).signal).toBe("SIGKILL");
  }
  expect((await convoy(["tune", "--resume", killed, "--quiet"], { cwd })).code).toBe(0);
  expect(filesOf(killed)).toEqual(filesOf(whole));
  const left = readdirSync(killed, { recursive: true, encoding: "utf8" });
  expect(left.filter((name) => /\.(tmp|lock|copy)$/.test(name))).toEqual([]);

  const { out, code } = await convoy(["study", killed], { cwd });
  expect(code).toBe(0);
  expect(out).toMatch(/trial +epochs +lr +decay +accuracy/);
  expect(out).toContain(`convoy train --config ${join(killed, "best.json")}`);
  const told = await convoy(["study", killed, "--json"], { cwd });
  expect(JSON.parse(told.out)).toMatchObject({ complete: true, failed: 0, running: 0 });

  const other = await convoy(["tune", "--resume", killed, "--lr", "1"], { cwd });
  expect(other).toMatchObject({ code: 2, out: "" });
  expect(other.err).toContain("--lr: a study goes on with its own plan");
  const none = await convoy(["tune", data], { cwd });
  expect(none).toMatchObject({ code: 2 });
  expect(none.err).toContain("say what to search");
});

test("a search whose trials have all failed is bad input, and its table stays", async () => {
  const cwd = scratch();
  const words = search(writeData(cwd), join(cwd, "study"));
  const space = words.indexOf("--search");
  const all = [...words.slice(0, space), "--search", "lr=1e30|1e31", "--sampler", "grid"];
  const { code, out, err } = await convoy([...all, "--out", "study", "--quiet"], { cwd });
  expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining("all 2 trials") });
  expect(out).toContain("no trial has ended well");
  expect(
    readFileSync(join(cwd, "study", "trials.csv"), "utf8")
      .trim()
      .split("\n"),
  ).toHaveLength(3);
});
