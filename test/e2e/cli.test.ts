// The command line as a user meets it: bad input is told in one line, with exit code 2, and leaves
// nothing behind; a run can be trained, interrupted, resumed, evaluated and used.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { openDataset } from "../../src/data/index.js";
import { openNpz } from "../../src/tensor/index.js";
import { version } from "../../src/version.js";
import { bytesOf } from "../fixtures/data.js";
import { convoy, root, scratch } from "./convoy.js";

/** Settings of a run that takes a moment. */
const short = ["--steps", "20", "--threads", "1"];

describe("bad input", () => {
  test.each([
    ["an unknown verb", ["trian"], /unknown verb "trian" \(did you mean "train"\?\)/],
    [
      "an unknown option",
      ["train", "mnist", "--epoch", "2"],
      /'--epoch' \(did you mean --epochs\?\)/,
    ],
    [
      "what others call an option",
      ["train", "mnist", "--batch-size", "32"],
      /'--batch-size' \(did you mean --batch\?\)/,
    ],
    [
      "an unknown model",
      ["train", "mnist", "--model", "lenet6"],
      /"lenet6" \(did you mean "lenet5"\?\)/,
    ],
    ["an unknown optimizer", ["train", "mnist", "--optimizer", "adamx"], /did you mean "adam/],
    ["an unknown schedule", ["train", "mnist", "--schedule", "cosin"], /did you mean "cosine"\?/],
    ["an unknown augmentation", ["train", "mnist", "--augment", "corp"], /did you mean "crop"\?/],
    ["an unknown data set", ["train", "minst"], /no data set "minst" \(did you mean "mnist"\?\)/],
    ["a missing folder", ["train", "./no/such/folder"], /no data set ".\/no\/such\/folder"/],
    ["no data set", ["train"], /no data set; type: convoy train mnist/],
    ["a setting out of range", ["train", "mnist", "--epochs", "0"], /setting epochs is 0/],
    ["a word that a terminal obeys", ["train", "mnist", "--lr", "\u001b[2J"], /"\\u001b\[2J"/],
    ["a number that is none", ["train", "mnist", "--lr", "fast"], /lr.*"fast" is not a number/],
    [
      "a net too large for its images",
      ["train", "mnist", "--model", "vgg11"],
      /too small|smallest|at least/,
    ],
    [
      "a swarm where one net is measured",
      ["tune", "batch", "mnist", "--preset", "paper"],
      /unknown option '--preset'/,
    ],
    ["resuming nothing", ["train", "--resume", "nothing"], /nothing holds no run/],
    ["evaluating nothing", ["eval", "nothing"], /nothing holds no run/],
    ["deciding nothing", ["tune", "decision", "nothing"], /nothing holds no run/],
    ["images to draw nowhere", ["eval", "run", "--worst", "3"], /--worst has no effect without/],
    [
      "two folders",
      ["train", "--resume", "a", "--out", "b"],
      /--out and --resume exclude each other/,
    ],
    [
      "settings that are missing",
      ["train", "mnist", "--config", "c.json"],
      /--config c.json: there is no such file/,
    ],
    ["an unknown peer", ["bench", "step", "--peers", "torch"], /unknown peer "torch"/],
  ])("%s", async (_, args, message) => {
    const cwd = scratch();
    const { code, out, err } = await convoy(args, { cwd });
    expect(err).toMatch(message);
    expect(err.trim().split("\n")).toHaveLength(1);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(readdirSync(cwd)).toEqual([]);
  });

  test("a folder that holds another run stays as it is", async () => {
    const cwd = scratch();
    expect((await convoy(["train", "mnist", ...short, "--out", "a"], { cwd })).code).toBe(0);
    const before = readFileSync(join(cwd, "a", "weights", "last.safetensors"));
    const { code, err } = await convoy(["train", "mnist", ...short, "--out", "a"], { cwd });
    expect(err).toContain("a holds another run; resume it with --resume a");
    expect(code).toBe(2);
    expect(readFileSync(join(cwd, "a", "weights", "last.safetensors"))).toEqual(before);
  });

  test("resuming with another model is refused", async () => {
    const cwd = scratch();
    await convoy(["train", "mnist", ...short, "--out", "a"], { cwd });
    const args = ["train", "--resume", "a", "--model", "resnet20"];
    const { code, err } = await convoy(args, { cwd });
    expect(err).toContain('the run was made with model "lenet5", not "resnet20"');
    expect(code).toBe(2);
  });

  test("a folder of images with a broken one is named", async () => {
    const cwd = scratch();
    const image = sharp({ create: { width: 32, height: 32, channels: 3, background: "red" } });
    for (const name of ["cat", "dog"]) {
      mkdirSync(join(cwd, "photos", name), { recursive: true });
      await image.jpeg().toFile(join(cwd, "photos", name, "a.jpg"));
    }
    writeFileSync(join(cwd, "photos", "dog", "b.jpg"), "");
    const checked = await convoy(["data", "check", "photos"], { cwd });
    expect(checked.out).toMatch(/photos\/dog\/b\.jpg: the file is empty/);
    expect(checked.code).toBe(2);
    const trained = await convoy(["train", "photos", "--out", "a"], { cwd });
    expect(trained.err).toMatch(/photos\/dog\/b\.jpg: the file is empty/);
    expect(trained.code).toBe(2);
    expect(readdirSync(cwd)).toEqual(["photos"]);
  });
});

test("--version and --help", async () => {
  const cwd = scratch();
  expect(await convoy(["--version"], { cwd })).toEqual({ code: 0, out: `${version}\n`, err: "" });
  const asked = await convoy(["train", "--help"], { cwd });
  expect(asked).toMatchObject({ code: 0, err: "" });
  expect(asked.out).toContain("--label-smoothing <number>");
  expect(await convoy(["help", "train"], { cwd })).toEqual(asked);
});

test.skipIf(!existsSync("/dev/full"))(
  "output that cannot be written is told; a reader that has gone is not (needs /dev/full)",
  () => {
    const sh = (command: string) =>
      spawnSync("sh", ["-c", command], { cwd: root, encoding: "utf8" });
    const summary = `${process.execPath} bin/convoy.mjs summary resnet20`;
    const full = sh(`${summary} > /dev/full`);
    expect(full.status).toBe(2);
    expect(full.stderr).toMatch(/^convoy: standard output cannot be written \(ENOSPC/);
    const gone = sh(`{ ${summary}; echo $? >&2; } | true`);
    expect(gone.stderr).toBe("0\n");
  },
);

test("a run is trained, evaluated and used; --json prints one object", async () => {
  const cwd = scratch();
  const trained = await convoy(
    ["train", "mnist", ...short, "--seed", "3", "--out", "a", "--json"],
    { cwd },
  );
  expect(trained.code).toBe(0);
  const summary = JSON.parse(trained.out);
  expect(summary).toMatchObject({
    run: "a",
    task: "classify",
    model: "lenet5",
    parameters: 61706,
    seed: 3,
  });
  expect(Object.keys(summary)).toEqual([
    ...["run", "task", "model", "parameters", "epochs", "seed", "score", "best", "test"],
    ...["imagesPerSecond", "gradients", "memory", "seconds"],
  ]);
  const evaluated = JSON.parse((await convoy(["eval", "a", "--json"], { cwd })).out);
  expect(Object.keys(evaluated)).toEqual([
    ...["run", "data", "task", "model", "set", "images", "metrics", "classes"],
    ...["imagesPerSecond", "seconds", "memory"],
  ]);
  expect(evaluated).toMatchObject({ run: "a", data: "mnist (test)", set: "test", images: 10_000 });
  expect(evaluated.metrics).toEqual(summary.test);
  expect(evaluated.classes.map(({ name }: { name: string }) => name)).toEqual([..."0123456789"]);

  const { test: images } = await openDataset("mnist");
  const digit = bytesOf(images!).subarray(0, 784);
  const raw = { width: 28, height: 28, channels: 1 as const };
  await sharp(digit, { raw }).png().toFile(join(cwd, "digit.png"));
  const { code, out } = await convoy(["predict", "a", "digit.png", "--json"], { cwd });
  expect(code).toBe(0);
  const { file, class: likeliest, confidence, classes } = JSON.parse(out);
  expect(file).toBe("digit.png");
  expect(classes).toHaveLength(3);
  expect(classes[0]).toEqual({ class: likeliest, probability: confidence });
  expect(classes[0].probability).toBeGreaterThanOrEqual(classes[1].probability);

  const predict = (...args: string[]) => convoy(["predict", "a", ...args], { cwd });
  const kept = readFileSync(join(cwd, "digit.png"));
  const onto = await predict("digit.png", "--out", "./digit.png");
  expect(onto).toMatchObject({ code: 2, err: expect.stringContaining("is one of the images") });
  expect(readFileSync(join(cwd, "digit.png"))).toEqual(kept);
  expect((await predict("digit.png", "--out", "said.csv")).code).toBe(0);
  const said = readFileSync(join(cwd, "said.csv"), "utf8");
  expect(said).toMatch(/^file,class,confidence.*\ndigit\.png,\d,0\.\d+.*\n$/);
  expect((await predict("gone.png", "--out", "said.csv")).code).toBe(2);
  expect(readFileSync(join(cwd, "said.csv"), "utf8")).toBe(said);

  expect(await predict("digit.png", "--draw", ".")).toMatchObject({ code: 2 });
  expect(readFileSync(join(cwd, "digit.png"))).toEqual(kept);
  const drawn = await predict("digit.png", "./digit.png", "--draw", "drawn");
  expect([drawn.code, drawn.out]).toEqual([0, expect.stringMatching(/\n2 drawings in drawn\n$/)]);
  expect(readdirSync(join(cwd, "drawn"))).toEqual(["digit-2.png", "digit.png"]);

  const made = await convoy(["features", "a", "mnist", "--out", "f.npz"], { cwd });
  expect(made.out).toMatch(
    /^train_features f32 \[60,000, 84\]\ntrain_labels i32 \[60,000\]\ntest_features/,
  );
  const arrays = openNpz(readFileSync(join(cwd, "f.npz")));
  expect(arrays.texts("classes").data).toEqual([..."0123456789"]);
  expect(arrays.read("test_features").shape).toEqual([10_000, 84]);
});

test("a run's config.json gives another run its settings, those too that it had no use for", async () => {
  const cwd = scratch();
  const settings = ["--quiet", "--train", "20", "--steps", "1", "--threads", "1"];
  expect((await convoy(["train", "mnist", ...settings, "--out", "a"], { cwd })).code).toBe(0);
  const args = ["train", "--config", join("a", "config.json"), "--out", "b", "--quiet"];
  expect(await convoy(args, { cwd })).toMatchObject({ code: 0, err: "" });
  expect(readFileSync(join(cwd, "b", "weights", "last.safetensors"))).toEqual(
    readFileSync(join(cwd, "a", "weights", "last.safetensors")),
  );
});

test("Ctrl-C saves, exits with 130 and says how to go on; the resumed run ends like an unbroken one", async () => {
  const cwd = scratch();
  const settings = ["mnist", "--batch", "500", "--epochs", "2", "--threads", "1"];
  const stop = await convoy(["train", ...settings, "--out", "a"], {
    cwd,
    signalAfter: "epoch 1/2",
  });
  expect(stop.code).toBe(130);
  expect(stop.err).toContain("saved; go on with: convoy train --resume a");
  expect((await convoy(["train", "--resume", "a"], { cwd })).code).toBe(0);
  expect((await convoy(["train", ...settings, "--out", "b"], { cwd })).code).toBe(0);
  const last = (run: string) => readFileSync(join(cwd, run, "weights", "last.safetensors"));
  expect(last("a").equals(last("b"))).toBe(true);
});
