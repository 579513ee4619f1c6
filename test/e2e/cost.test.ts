// `convoy cost` as a user types it.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { eyeriss } from "../../src/cost/index.js";
import { convoy, scratch } from "./convoy.js";

test("a model's layers are a table of 80 columns, and one object", async () => {
  const cwd = scratch();
  const { code, out } = await convoy(["cost", "resnet18", "--bits", "8"], { cwd });
  expect(code).toBe(0);
  expect(Math.max(...out.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
  expect(out).toMatch(/^stage2\.0\.shortcut\.conv +6\.42 +8,192 /m);
  expect(out).toContain("1,814,073,344 multiply-adds, 116 G bit operations");
  const flow = ["--dataflow", "output-stationary", "--batch", "2", "--size", "64", "--json"];
  const cost = JSON.parse(
    (await convoy(["cost", "resnet18", "--bits", "w4a8", ...flow], { cwd })).out,
  );
  expect(cost).toMatchObject({
    ...{ model: "resnet18", input: [3, 64, 64], batch: 2, dataflow: "output-stationary" },
    bits: { weights: 4, activations: 8 },
    totals: { params: 11_689_512, sizeBytes: 11_689_512 / 2 },
  });
  expect(cost.flows).toHaveLength(5);
});

test("of a run, with the parameters that are not 0", async () => {
  const cwd = scratch();
  const short = ["--steps", "2", "--threads", "1", "--out", "a"];
  await convoy(["train", "mnist", "--model", "lenet5", ...short], { cwd });
  const cost = JSON.parse((await convoy(["cost", "a", "--json"], { cwd })).out);
  expect(cost).toMatchObject({ model: "lenet5", input: [1, 28, 28], totals: { params: 61_706 } });
  expect(cost.totals.nonZeros).toBeGreaterThan(61_000);
  expect(cost.rows[0]).toMatchObject({ layer: "conv1", params: 156 });
  const file = await convoy(["cost", "a/weights/best.safetensors"], { cwd });
  expect(file.out).toContain("non-zero");
  expect((await convoy(["cost", "a", "--size", "32"], { cwd })).err).toContain(
    "--size has no effect on weights",
  );
});

describe("bad input", () => {
  const machines = {
    roofline: { name: "plain", macsPerSecond: 1e9, bytesPerSecond: 1e9 },
    small: { ...eyeriss, array: { ...eyeriss.array, bufferBytes: 10 } },
    lacks: { ...eyeriss, bytesPerSecond: undefined },
  };

  test.each([
    ["an unknown dataflow", ["--dataflow", "row-stationry"], /did you mean "row-stationary"\?/],
    ["no bits", ["--bits", "0"], /"0" are no bits\. Expected a whole number from 1 to 32/],
    ["too many bits", ["--bits", "w8a33"], /"w8a33" are no bits/],
    ["an unknown machine", ["--machine", "eyeris"], /unknown machine "eyeris" \(did you mean/],
    [
      "a file without a number",
      ["--machine", "lacks.json"],
      /lacks.json: bytesPerSecond is missing/,
    ],
    [
      "a layer larger than any buffer",
      ["--machine", "small.json"],
      /layer conv1: its smallest tile takes 204 bytes, found a buffer of 10 \(row-stationary\)/,
    ],
    [
      "a dataflow without an array",
      ["--machine", "roofline.json", "--dataflow", "row-stationary"],
      /machine plain has no array of processing elements/,
    ],
    ["bits of the machine at hand", ["--machine", "this", "--bits", "8"], /--bits has no effect/],
  ])("%s", async (_, options, message) => {
    const cwd = scratch();
    for (const [name, machine] of Object.entries(machines)) {
      writeFileSync(join(cwd, `${name}.json`), JSON.stringify(machine));
    }
    const { code, err } = await convoy(["cost", "lenet5", ...options], { cwd });
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });

  test("weights that are not there, and no model of a name", async () => {
    const cwd = scratch();
    expect((await convoy(["cost", "runs/none"], { cwd })).err).toContain("there is no such file");
    expect((await convoy(["cost", "lenet6"], { cwd })).err).toContain('did you mean "lenet5"?');
  });
});
