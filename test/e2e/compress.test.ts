// `convoy compress` as a user types it: a run, its int8, and everything that runs are asked.

import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readSafetensors } from "../../src/tensor/safetensors.js";
import { convoy, scratch } from "./convoy.js";

const own = ["--threads", "1"];

test("a run becomes int8, which is evaluated, predicts, gives features and is no start for training", async () => {
  const cwd = scratch();
  const short = ["--model", "lenet5", "--train", "1000", "--steps", "60", "--out", "a"];
  await convoy(["train", "mnist", ...short, ...own], { cwd });
  const made = await convoy(
    ["compress", "a", "--int8", "--calibrate", "100", "--keep", "fc3", "--out", "b", ...own],
    { cwd },
  );
  expect([made.code, made.err]).toEqual([0, ""]);
  const lines = made.out.split("\n");
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
  expect(lines[0]).toMatch(/^of \d+ selection images +f32 +int8$/);
  expect(made.out).toMatch(/^weights on disk +247\.8 KB +\d\d(\.\d)? KB$/m);
  expect(made.out).toMatch(/^fc3 +asked for$/m);
  expect(made.out).toContain("4 of 5 layers in int8, calibrated on 100 training images");
  expect(made.out).toMatch(/^accuracy lost -?[\d.]+ points; run b$/m);

  const file = join(cwd, "b/weights/best.safetensors");
  const { tensors } = readSafetensors(readFileSync(file));
  expect(tensors.get("conv1.weight")?.dtype).toBe("i8");
  expect(tensors.get("conv1.bias")?.dtype).toBe("i32");
  expect(tensors.get("fc3.weight")?.dtype).toBe("f32");
  expect(statSync(file).size).toBeLessThan(75_000);

  const scoreOf = async (run: string) => {
    const { out } = await convoy(["eval", run, "--json", ...own], { cwd });
    return JSON.parse(out);
  };
  const [float, int8] = [await scoreOf("a"), await scoreOf("b")];
  expect(int8).toMatchObject({ model: "lenet5", set: "test", images: 10_000 });
  expect(Math.abs(int8.metrics.accuracy - float.metrics.accuracy)).toBeLessThan(0.01);
  const features = await convoy(["features", "b", "mnist", "--out", "f.npz", ...own], { cwd });
  expect(features.out).toContain("test_features f32 [10,000, 84]");
  const more = await convoy(["train", "--resume", "b"], { cwd });
  expect([more.code, more.err]).toEqual([
    2,
    "convoy: b holds a net after pass integers, which cannot be trained; expected the net before: it is in a\n",
  ]);
});

test.each([
  ["no way to compress", [], /say how; there are --int8, --prune, --share, --bits and --distil$/m],
  [
    "what has no effect on the way",
    ["--int8", "--target-size", "25%"],
    /--target-size has no effect on --int8; leave it out/,
  ],
  ["no images", ["--int8", "--calibrate", "0"], /Expected a whole number of at least 1/],
  ["an unknown rule", ["--int8", "--rule", "mean"], /rule is "mean": expected "min-max"/],
  ["no run", ["--int8"], /a holds no run/],
])("%s is refused in words", async (_, args, message) => {
  const cwd = scratch();
  const { code, err } = await convoy(["compress", "a", "--out", "b", ...args], { cwd });
  expect(code).toBe(2);
  expect(err).toMatch(message);
  expect(existsSync(join(cwd, "b"))).toBe(false);
});

test("weights are pruned and share numbers, and the file is small; the run teaches another one", async () => {
  const cwd = scratch();
  const command = (...args: string[]) => convoy([...args, ...own], { cwd });
  const short = ["--model", "lenet5", "--train", "1000", "--steps", "60", "--out", "a"];
  await command("train", "mnist", ...short);
  const rounds = ["--prune", "magnitude=0.9", "--rounds", "2", "--finetune", "1", "--out", "b"];
  const { err } = await command("compress", "a", ...rounds);
  expect(err.match(/^run .*$/gm)).toEqual([
    "run b, round 1 of 2",
    expect.stringMatching(/^run b, round 1 of 2, \d/),
    "run b",
    expect.stringMatching(/^run b, \d/),
  ]);
  const shared = await command("compress", "b", "--share", "4bit", "--out", "c");
  expect(shared.out).toMatch(/^fc1\.weight +48,000 +4,800 +1\d$/m);
  expect(shared.out).toMatch(/^weights on disk +2\d\.\d KB +9\.\d KB +9\.\d KB$/m);
  const cost = await convoy(["cost", "c"], { cwd });
  expect(cost.out).toMatch(
    /^61,\d{3} parameters, 6,\d{3} of them not zero: .* KB, 9\.\d KB on disk$/m,
  );
  const student = ["--distil", "lenet5", "--epochs", "1", "--lr", "0.01", "--out", "d"];
  const taught = await command("compress", "c", ...student);
  expect(taught.out).toMatch(/^of \d+ selection images +teacher +student$/m);
  expect(taught.out).toMatch(/^accuracy lost -?[\d.]+ points; run d$/m);
  const bits = ["--bits", "mixed", "--target-size", "9%", "--finetune", "1", "--out", "m"];
  await command("compress", "a", ...bits);
  const grown = await command("compress", "m", "--int8", "--calibrate", "50", "--out", "n");
  expect(grown.out).toContain("the file became larger");
  const refused = async (...args: string[]) => (await command("compress", ...args)).err;
  expect(await refused("a", "--prune", "filters=0.001", "--out", "e")).toContain(
    "prune filters: at a share of 0.001 nothing goes",
  );
  expect(await refused("a", "--share", "9bit", "--out", "e")).toContain("1 to 8, as 4bit");
});
