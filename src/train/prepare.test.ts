import { join } from "node:path";
import { expect, test } from "vitest";
import { bytesOf, folderOf } from "../../test/fixtures/data.js";
import {
  stripeSplits,
  temporaryFolder,
  tinyModel,
  tinySettings,
} from "../../test/support/tinyRun.js";
import { normalisationOf } from "../data/index.js";
import { ragged } from "../data/ragged.js";
import { createModel } from "../models/index.js";
import { netOf } from "../nn/index.js";
import { train } from "../runs/index.js";
import { classification } from "../tasks/index.js";
import type { TrainSettings } from "./config.js";
import { prepare } from "./prepare.js";
import { tensorsOf } from "./weights.js";

test("mean and std are those of the images to learn from, not of those to choose by", async () => {
  const data = stripeSplits();
  const { net, splits } = await prepare(tinySettings, { data, model: tinyModel });
  const { mean, std } = normalisationOf(splits.train);
  expect(splits.train.length + splits.selection.length).toBe(data.train.length);
  expect([net.mean, net.std]).toEqual([mean, std]);
  expect(normalisationOf(data.train).mean).not.toEqual(mean);
});

test("nor are they those of a selection set that comes with the data", async () => {
  const { train, test: selection } = stripeSplits();
  const bytes = bytesOf(selection!).fill(255);
  const bright = { ...selection!, images: { ...selection!.images, bytes } };
  const data = { train, selection: bright };
  const { net } = await prepare(tinySettings, { data, model: tinyModel });
  expect(net.mean).toEqual(normalisationOf(train).mean);
});

test.each<[string, Partial<TrainSettings>]>([
  ["particles", { particles: 4 }],
  ["selection", { selection: 0.3 }],
  ["schedule", { optimizer: "tr-lsr1", schedule: "cosine", lr: undefined }],
])("setting %s is refused where it would do nothing", async (name, settings) => {
  const { train, test: selection } = stripeSplits();
  const own = { data: { train, selection }, model: tinyModel };
  await expect(prepare({ ...tinySettings, ...settings }, own)).rejects.toThrow(
    new RegExp(`^setting ${name}`),
  );
});

test("constants that no file can hold are refused", async () => {
  const constants = () => ({ scale: [1, Number.NaN] });
  const own = { data: stripeSplits(), model: tinyModel, task: { ...classification, constants } };
  await expect(prepare(tinySettings, own)).rejects.toThrow(
    "task classify: constant scale holds NaN; expected finite numbers",
  );
});

test("where no model is named it is one for the images, or that of the weights", async () => {
  const data = stripeSplits();
  const settings = { data: "stripes", size: 16 };
  const { config, net } = await prepare(settings, { data });
  expect([net.model, config.model]).toEqual(["lenet5", "lenet5"]);
  const model = createModel("convnet-gn", { channels: 1, height: 16, width: 16, outputs: 3 });
  const { layout } = netOf(model, 1, { training: false });
  const tensors = new Map(tensorsOf(layout, new Float32Array(layout.length)));
  const weights = { info: { ...net, model: model.name }, tensors };
  const started = await prepare(settings, { data, weights });
  expect(started.net.model).toBe("convnet-gn");
});

test("a missing file of weights and a model that cannot do the task are refused before data are read", async () => {
  const data = "no-such-data";
  await expect(prepare({ data, pretrained: "no.safetensors" }, {})).rejects.toThrow(
    "no.safetensors: there is no such file",
  );
  await expect(prepare({ data, task: "segment", model: "resnet20" }, {})).rejects.toThrow(
    "model resnet20 gives [1, 10]; task segment needs a number for each pixel",
  );
  await expect(prepare({ data, model: "resnet21" }, {})).rejects.toThrow(
    'unknown model "resnet21"',
  );
});

/** Tagged images of which none can be decoded: whoever reads them says so. */
const unreadable = async () =>
  join(await folderOf({ "a.png": "none", "set.csv": "image,tags\na.png,red blue\n" }), "set.csv");

test("settings that labels or weights cannot follow are refused before images are decoded", async () => {
  const data = await unreadable();
  const refused = (settings: Partial<TrainSettings>) =>
    expect(prepare({ data, ...settings }, {})).rejects;
  await refused({}).toThrow("cannot be used");
  await refused({ dice: 0.5 }).toThrow("task tags has no masks that could overlap");
  await refused({ oneOf: "red,bleu" }).toThrow('unknown tag in setting oneOf "bleu"');
  await refused({ model: "squeezenet1.1" }).toThrow("gives no number below 0, which task tags");
  await refused({ freeze: "body" }).toThrow("there are no weights that could stay");
  const run = join(temporaryFolder(), "run");
  await train(
    { data: "tiny", model: "convnet-gn", size: 8, steps: 1, threads: 1, out: run },
    { data: stripeSplits() },
  );
  await refused({ pretrained: run, freeze: "bodi" }).toThrow(
    'unknown part of convnet-gn "bodi" (did you mean "body"?)',
  );
});

test("where no model is named it is the task's, before it is one for the images", async () => {
  const { train } = stripeSplits();
  const of = ragged(
    new Float32Array(0),
    Array.from({ length: train.length }, () => [1, 1, 0]),
  );
  const labels = { kind: "points", of, classes: ["dot"] } as const;
  const { net, config } = await prepare(
    { data: "dots", size: 16 },
    { data: { train: { ...train, labels } } },
  );
  expect(net.model).toBe("unet-8");
  expect([config.optimizer, config.lr]).toEqual(["adam", 0.003]);
});
