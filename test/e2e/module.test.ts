// Models, tasks, optimizers and couplings of a user's own file, by name in every command.

import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import sharp from "sharp";
import { expect, test } from "vitest";
import { convoy, root, scratch } from "./convoy.js";

const from = (name: string) => pathToFileURL(join(root, "dist", name, "index.js")).href;

const source = `
import { flatten, linear, sequential } from "${from("nn")}";
import { getOptimizer } from "${from("optim")}";
import { independent } from "${from("swarm")}";
import { classification } from "${from("tasks")}";

export const models = [
  {
    name: "softmax",
    source: "logistic regression",
    smallest: 1,
    create: ({ outputs }) => ({ layer: sequential({ flatten: flatten(), fc: linear(outputs) }) }),
  },
];
export const tasks = [
  {
    ...classification,
    name: "digits",
    decode: (output, info) =>
      classification.decode(output, info).map((found) => ({ ...found, even: found.class % 2 === 0 })),
    row: (found) => [...classification.row(found), ["even", String(found.even)]],
  },
];
export const optimizers = [{ ...getOptimizer("sgd"), name: "plain" }];
export const couplings = [{ name: "apart", settings: {}, make: () => independent() }];
`;

const own = ["--module", "mine.mjs", "--model", "softmax", "--optimizer", "plain"];
const small = ["mnist", "--train", "200", "--epochs", "2", "--threads", "1", ...own];

function folder(): string {
  const cwd = scratch();
  writeFileSync(join(cwd, "mine.mjs"), source);
  return cwd;
}

/** A grey image. */
const blank = { create: { width: 28, height: 28, channels: 3, background: "grey" } } as const;

const settingsOf = (cwd: string, run: string) =>
  JSON.parse(readFileSync(join(cwd, run, "config.json"), "utf8"));

test("a run finds its module again, wherever it is resumed and used from", async () => {
  const cwd = folder();
  const train = ["train", ...small, "--out", "run", "--steps", "4", "--quiet"];
  expect(await convoy(train, { cwd })).toMatchObject({ code: 0, err: "" });
  const { module, settings } = settingsOf(cwd, "run");
  expect(module).toEqual({
    path: join(cwd, "mine.mjs"),
    sha256: expect.stringMatching(/^\w{64}$/),
  });
  expect(settings).toMatchObject({ module: module.path, model: "softmax", optimizer: "plain" });
  const elsewhere = scratch();
  const resume = ["train", "--resume", join(cwd, "run"), "--steps", "6", "--quiet"];
  expect(await convoy(resume, { cwd: elsewhere })).toMatchObject({ code: 0, err: "" });
  const evaluated = await convoy(["eval", join(cwd, "run")], { cwd: elsewhere });
  expect(evaluated.out).toContain("softmax of ");
  appendFileSync(join(cwd, "mine.mjs"), "// another one");
  for (const args of [resume, ["eval", join(cwd, "run")]]) {
    const { code, err } = await convoy(args, { cwd: elsewhere });
    expect(code).toBe(2);
    expect(err).toMatch(/mine\.mjs was changed: its SHA-256 was .* bring the old file back/);
  }
});

test("own models, optimizers and couplings are rows of a comparison", async () => {
  const cwd = folder();
  const methods = "single,single:optimizer=sam(plain),single:model=lenet5,independent:swarm=apart";
  const command = [
    ...["compare", ...small, "--methods", methods, "--particles", "2"],
    ...["--seeds", "1", "--out", "cmp", "--json", "--quiet"],
  ];
  const { code, out, err } = await convoy(command, { cwd });
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const rows = JSON.parse(out).tables[0].rows as { method: string; epochs: number }[];
  expect(rows.map(({ method, epochs }) => [method, epochs])).toEqual([
    ["single", 2],
    ["single:optimizer=sam(plain)", 1],
    ["single:model=lenet5", 2],
    ["independent:swarm=apart", 1],
  ]);
  expect(settingsOf(cwd, "cmp/gradients/independent-swarm=apart/1").settings.swarm).toBe("apart");
  appendFileSync(join(cwd, "mine.mjs"), "// another one");
  const changed = await convoy(command, { cwd });
  expect(changed).toMatchObject({ code: 2 });
  expect(changed.err).toContain("cmp holds another comparison: module.sha256 was");
});

test("an own task is asked by its name, in a run, of its net and in a comparison", async () => {
  const cwd = folder();
  const digits = [...small, "--task", "digits"];
  const train = ["train", ...digits, "--out", "run", "--steps", "4"];
  expect(await convoy([...train, "--quiet"], { cwd })).toMatchObject({ code: 0, err: "" });
  expect(settingsOf(cwd, "run").net.task).toBe("digits");
  const resumed = await convoy(["train", "--resume", "run", "--steps", "6"], { cwd });
  expect(resumed).toMatchObject({ code: 0 });
  expect(resumed.out).toContain("test accuracy");
  const evaluated = await convoy(["eval", "run", "--json"], { cwd });
  expect(JSON.parse(evaluated.out)).toMatchObject({ task: "digits" });
  await writeFile(join(cwd, "digit.png"), await sharp(blank).png().toBuffer());
  const said = await convoy(["predict", "run", "digit.png", "--json"], { cwd });
  expect(JSON.parse(said.out)).toEqual(expect.objectContaining({ even: expect.any(Boolean) }));
  const compare = ["compare", ...digits, "--methods", "single", "--seeds", "1", "--out", "cmp"];
  expect(await convoy([...compare, "--quiet"], { cwd })).toMatchObject({ code: 0, err: "" });
  expect(settingsOf(cwd, "cmp/gradients/single/1").net.task).toBe("digits");
  const { code, err } = await convoy(["train", ...small, "--task", "digit"], { cwd });
  expect({ code, err }).toEqual({
    code: 2,
    err: expect.stringContaining('unknown task "digit" (did you mean "digits"?)'),
  });
});

test("an own model is summed up", async () => {
  const cwd = folder();
  const summary = ["summary", "softmax", "--module", "mine.mjs"];
  const size = ["--channels", "1", "--size", "28", "--classes", "10"];
  const { out } = await convoy([...summary, ...size, "--json"], { cwd });
  expect(JSON.parse(out)).toMatchObject({ model: "softmax", params: 7850 });
  expect((await convoy(summary, { cwd })).err).toContain(
    "model softmax does not say what images it is for; give --channels, --size and --classes",
  );
});

test("a rate is tuned for an own model, into a folder of its own each time", async () => {
  const cwd = folder();
  const command = ["tune", "lr", ...small, "--lrs", "0.000001,0.1", "--seeds", "1"];
  const { code, out, err } = await convoy(command, { cwd });
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toContain("up to 5 trainings of 2 epochs on 200 images");
  expect(out).toMatch(/--lr \d+(\.\d+)?: \d\d\.\d\d %, standard error \d+\.\d\d %/);
  expect(out).toContain("runs/mnist-tune-lr-1");
  const again = await convoy([...command, "--json", "--quiet"], { cwd });
  expect(JSON.parse(again.out)).toMatchObject({ out: "runs/mnist-tune-lr-2", verdict: "named" });
});

test("a module that is gone is missed by name", async () => {
  const cwd = folder();
  mkdirSync(join(cwd, "away"));
  const train = ["train", ...small, "--out", "run", "--steps", "2", "--quiet"];
  expect(await convoy(train, { cwd })).toMatchObject({ code: 0 });
  renameSync(join(cwd, "mine.mjs"), join(cwd, "away", "mine.mjs"));
  const { code, err } = await convoy(["eval", "run"], { cwd });
  expect(code).toBe(2);
  expect(err).toContain(`module ${join(cwd, "mine.mjs")}: there is no such file`);
});
