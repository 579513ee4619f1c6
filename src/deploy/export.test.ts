// Runs as files for other programs.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as runtime from "onnxruntime-node";
import { expect, test } from "vitest";
import { onnxBytes, smallOnnx } from "../../test/support/onnxNet.js";
import { stripeSplits, temporaryFolder } from "../../test/support/tinyRun.js";
import { imagesOf, ragged } from "../data/index.js";
import { openTrained, train } from "../runs/index.js";
import { type ModelProto, modelSchema } from "../tensor/onnx/schema.js";
import { decodeMessage } from "../tensor/protobuf.js";
import { readSafetensors } from "../tensor/safetensors.js";
import { openNet, type Runtime } from "./bundle/predict.js";
import { exportRun } from "./index.js";

const threads = 1;

/** A short run on stripes, seen in images of 8x8. */
async function tinyRun(settings: object = {}): Promise<string> {
  const out = join(temporaryFolder(), "run");
  const own = {
    data: "stripes",
    model: "convnet-gn",
    size: 8,
    fit: "stretch",
    ...settings,
  } as const;
  await train({ ...own, epochs: 2, batch: 16, lr: 0.01, threads, out }, { data: stripeSplits() });
  return out;
}

test("an ONNX file has readable names, the decoder's state and a free batch", async () => {
  const run = await tinyRun();
  const out = join(temporaryFolder(), "net.onnx");
  const report = await exportRun(run, { format: "onnx", out, threads });
  expect(report).toMatchObject({ model: "convnet-gn", task: "classify", freeBatch: true });
  // Data in memory are nowhere to be found again.
  expect(report.unchecked).toMatch(/the images of the run cannot be read: .*stripes/);
  const { graph, metadata_props, opset_import } = decodeMessage<ModelProto>(
    modelSchema,
    readFileSync(out),
    out,
  );
  expect(opset_import).toEqual([{ domain: "", version: 17 }]);
  expect(graph!.output![0].name).toBe("classify");
  expect(graph!.input![0].type!.tensor_type!.shape!.dim).toEqual([
    { dim_param: "batch" },
    { dim_value: 1 },
    { dim_value: 8 },
    { dim_value: 8 },
  ]);
  const names = graph!.initializer!.map(({ name }) => name);
  expect(names).toContain("fc.weight");
  const metadata = Object.fromEntries(metadata_props!.map(({ key, value }) => [key, value]));
  expect(metadata).toMatchObject({ task: "classify", fit: "stretch", input: "[1,8,8]" });
  expect(JSON.parse(metadata.names!)).toEqual(["top", "middle", "bottom"]);
});

test("a safetensors file has weights by their names and what they belong to", async () => {
  const run = await tinyRun();
  const out = join(temporaryFolder(), "net.safetensors");
  await exportRun(run, { format: "safetensors", out, threads });
  const { tensors, metadata } = readSafetensors(readFileSync(out));
  expect(tensors.get("fc.bias")!.shape).toEqual([3]);
  expect(metadata.model).toBe("convnet-gn");
});

/** A bundle of a run, opened. */
async function bundleOf(run: string) {
  const out = join(temporaryFolder(), "bundle");
  const { bytes } = await exportRun(run, { format: "bundle", out, threads, samples: 0 });
  const info = JSON.parse(readFileSync(join(out, "model.json"), "utf8"));
  const model = new Uint8Array(readFileSync(join(out, "model.onnx")));
  expect(bytes).toBeGreaterThan(model.length);
  await expect(exportRun(run, { format: "bundle", out, samples: 0 })).rejects.toThrow(out);
  return openNet(runtime as unknown as Runtime, model, info);
}

/** Bytes without a pattern. */
const noisyBytes = (length: number) => Uint8Array.from({ length }, (_, at) => (at * 7919) % 256);

/** Sizes that are enlarged, made smaller, and cut or padded along either axis. */
const sizes = [
  { height: 6, width: 6 },
  { height: 5, width: 19 },
  { height: 21, width: 4 },
  { height: 8, width: 11 },
];

test.each(["stretch", "crop", "pad", "line"])(
  "a bundle brings images to the net as the run does: %s",
  async (fit) => {
    const run = await tinyRun({ fit });
    const bundle = await bundleOf(run);
    const net = await openTrained(run, { threads });
    for (const size of sizes) {
      const data = noisyBytes(size.height * size.width);
      const images = imagesOf(data, { ...size, channels: 1 });
      const labels = { kind: "none" } as const;
      const [own] = await net.predict({ name: "one", length: 1, channels: 1, images, labels });
      const grey = await bundle.predict({ data, ...size });
      const rgba = [...data].flatMap((byte) => [byte, byte, byte, 255]);
      const colour = await bundle.predict({ data: rgba, ...size });
      for (const words of [grey, colour]) {
        expect(words.class).toBe(own.class);
        expect(words.confidence).toBeCloseTo(own.confidence as number, 4);
      }
    }
    await net.close();
    await expect(bundle.predict({ data: [1, 2, 3], width: 2, height: 2 })).rejects.toThrow(
      "expected 1, 3 or 4",
    );
  },
);

test("a bundle makes grey of colours for a net that sees grey", async () => {
  const bundle = await bundleOf(await tinyRun());
  const size = { height: 8, width: 8 };
  const data = noisyBytes(3 * 64);
  const grey = Uint8Array.from({ length: 64 }, (_, at) =>
    Math.round(0.299 * data[3 * at] + 0.587 * data[3 * at + 1] + 0.114 * data[3 * at + 2]),
  );
  expect(await bundle.predict({ data, ...size })).toEqual(
    await bundle.predict({ data: grey, ...size }),
  );
});

test("places that a bundle tells are in pixels of the image", async () => {
  const { train: all, test: held } = stripeSplits();
  const pointed = (dataset: typeof all) => {
    const lists = [...dataset.labels.of].map((of) => [3, 2 * of + 1, 0]);
    const labels = {
      kind: "points",
      of: ragged(new Float32Array(0), lists),
      classes: ["bar"],
    } as const;
    return { ...dataset, labels };
  };
  const out = join(temporaryFolder(), "run");
  const settings = {
    data: "stripes",
    task: "points",
    model: "unet-8",
    size: 16,
    fit: "pad",
  } as const;
  const data = { train: pointed(all), test: pointed(held) };
  await train({ ...settings, epochs: 1, batch: 16, threads, out }, { data });
  const [bundle, net] = [await bundleOf(out), await openTrained(out, { threads })];
  const images = imagesOf(noisyBytes(40 * 24), { height: 24, width: 40, channels: 1 });
  const labels = { kind: "none" } as const;
  const [own] = await net.predict({ name: "one", length: 1, channels: 1, images, labels });
  await net.close();
  const found = await bundle.predict({ data: noisyBytes(40 * 24), height: 24, width: 40 });
  const rounded = (points: unknown) =>
    (points as { x: number; y: number }[]).map(({ x, y }) => [x.toFixed(3), y.toFixed(3)]);
  expect(rounded(own.points).length).toBeGreaterThan(0);
  expect(rounded(found.points)).toEqual(rounded(own.points));
});

test("bundles refuse what they cannot do to images", async () => {
  const run = await tinyRun({ fit: "ink" });
  const options = { format: "bundle", out: join(temporaryFolder(), "bundle"), samples: 0 } as const;
  await expect(exportRun(run, options)).rejects.toThrow("fits images by ink");
});

test("a file of ours predicts and is evaluated as its run; one of another program says too little", async () => {
  const run = await tinyRun();
  const out = join(temporaryFolder(), "net.onnx");
  await exportRun(run, { format: "onnx", out, threads, samples: 0 });
  const { test: held } = stripeSplits();
  const [own, file] = [await openTrained(run, { threads }), await openTrained(out, { threads })];
  const [said, again] = [await own.predict(held), await file.predict(held)];
  for (const [at, { class: name, confidence }] of said.entries()) {
    expect(again[at].class).toBe(name);
    expect(again[at].confidence).toBeCloseTo(confidence as number, 5);
  }
  const { metrics } = await file.evaluate(held);
  expect(metrics).toEqual((await own.evaluate(held)).metrics);
  await Promise.all([own.close(), file.close()]);
  const foreign = join(temporaryFolder(), "foreign.onnx");
  writeFileSync(foreign, onnxBytes(smallOnnx()));
  await expect(openTrained(foreign)).rejects.toThrow(`convoy train DATA --pretrained ${foreign}`);
});
