// A run as a user takes it elsewhere and back: ONNX checked by onnxruntime, a bundle used by Node.js, a file trained on.

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { digitsFile } from "../support/digitsFile.js";
import { convoy, root, scratch } from "./convoy.js";

const threads = ["--threads", "1"];

/** A program as the bundle's README has it. */
const program = (pixels: string) => `
import * as runtime from ${JSON.stringify(pathToFileURL(join(root, "node_modules/onnxruntime-node/dist/index.js")).href)};
import { open } from "./predict.js";
const net = await open(runtime);
const data = Uint8Array.from(${pixels});
console.log(JSON.stringify(await net.predict({ data, width: 14, height: 28 })));
`;

test("from a run to an ONNX file, a bundle and a run again", async () => {
  const cwd = scratch();
  const data = await digitsFile(cwd, 300);
  const settings = [
    "--model",
    "lenet5",
    "--epochs",
    "2",
    "--batch",
    "16",
    "--seed",
    "1",
    ...threads,
  ];
  const trained = await convoy(["train", data, ...settings, "--out", "run"], { cwd });
  expect(trained.code, trained.err).toBe(0);

  const written = await convoy(["export", "run", "--out", "net.onnx", ...threads], { cwd });
  expect(written.err).toBe("");
  expect(written.out).toMatch(/^net.onnx: lenet5 for task classify, 24\d\.\d KB$/m);
  expect(written.out).toMatch(/^opset 17, 14 nodes, any number of images at once$/m);
  const checked =
    /checked with onnxruntime \S+ on (\d+) images of the run: largest difference (\S+) of outputs up to \S+; it says the same of \1$/m;
  expect(Number(checked.exec(written.out)?.[2])).toBeLessThan(1e-4);

  const bundled = await convoy(
    ["export", "run", "--format", "bundle", "--out", "bundle", ...threads],
    { cwd },
  );
  expect(bundled.code, bundled.err).toBe(0);
  const files = [
    "README.md",
    "decode.d.ts",
    "decode.js",
    "model.json",
    "model.onnx",
    "package.json",
    "predict.d.ts",
    "predict.js",
  ];
  expect(readdirSync(join(cwd, "bundle")).sort()).toEqual(files);
  writeFileSync(
    join(cwd, "bundle", "use.mjs"),
    program("{ length: 14 * 28 * 4 }, (_, at) => at % 256"),
  );
  const said = JSON.parse(
    execFileSync(process.execPath, ["use.mjs"], { cwd: join(cwd, "bundle"), encoding: "utf8" }),
  );
  expect(said.classes).toHaveLength(10);
  expect(said.class).toMatch(/^\d$/);

  const again = [
    "train",
    data,
    "--pretrained",
    "net.onnx",
    "--epochs",
    "1",
    "--lr",
    "0.001",
    ...threads,
  ];
  const tuned = await convoy([...again, "--out", "again"], { cwd });
  expect(tuned.code, tuned.err).toBe(0);
  expect(tuned.out).toContain("onnx:net: 61,706 parameters");
  const back = await convoy(
    ["export", "again", "--out", "again.onnx", "--samples", "0", "--json"],
    { cwd },
  );
  expect(JSON.parse(back.out)).toMatchObject({
    model: "onnx:net",
    task: "classify",
    freeBatch: true,
  });
});

test("what cannot be exported is refused before anything is written", async () => {
  const cwd = scratch();
  const none = await convoy(["export", "nowhere", "--out", "net.onnx"], { cwd });
  expect([none.code, none.err]).toEqual([2, expect.stringContaining("nowhere holds no run")]);
  const format = await convoy(["export", "run", "--out", "net.onnx", "--format", "onyx"], { cwd });
  expect(format.err).toMatch(/onyx.* (onnx, safetensors, bundle|Did you mean)/s);
  expect(existsSync(join(cwd, "net.onnx"))).toBe(false);
});
