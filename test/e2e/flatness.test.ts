// `convoy flatness` on runs as a user has them.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { convoy, scratch } from "./convoy.js";

const read = (...path: string[]) => readFileSync(join(...path), "utf8");

test("measures several runs into one chart, and refuses what is none", async () => {
  const cwd = scratch();
  for (const optimizer of ["sgd", "entropy-sgd"]) {
    const settings = ["--steps", "20", "--optimizer", optimizer, "--out", optimizer, "--quiet"];
    const { code, err } = await convoy(["train", "mnist", ...settings], { cwd });
    expect(code, err).toBe(0);
  }
  const options = ["--sigmas", "0,0.5", "--draws", "3", "--images", "200"];
  const { code, out, err } = await convoy(
    ["flatness", "sgd", "entropy-sgd", ...options, "--json"],
    {
      cwd,
    },
  );
  expect(code, err).toBe(0);
  const { runs } = JSON.parse(out);
  expect(runs.map(({ run }: { run: string }) => run)).toEqual(["sgd", "entropy-sgd"]);
  for (const { run, error, points, images, draws } of runs) {
    expect({ images, draws }).toEqual({ images: 200, draws: 3 });
    expect(error).toBeGreaterThan(0);
    expect(points.map(({ sigma }: { sigma: number }) => sigma)).toEqual([0, 0.5]);
    expect(points[0]).toEqual({ sigma: 0, energy: 0, standardError: 0 });
    const [header, ...rows] = read(cwd, run, "flatness.csv").trim().split("\n");
    expect(header).toBe("sigma,energy,standardError");
    expect(rows).toHaveLength(2);
    const chart = read(cwd, run, "flatness.svg");
    for (const name of [">sgd<", ">entropy-sgd<"]) expect(chart).toContain(name);
  }

  const plain = await convoy(["flatness", "sgd", ...options], { cwd });
  expect(plain.out).toContain("growth of the training error in points");
  const nothing = await convoy(["flatness", "nowhere"], { cwd });
  expect([nothing.code, nothing.err]).toEqual([2, expect.stringContaining("nowhere holds no run")]);
});
