import { join } from "node:path";
import { expect, test } from "vitest";
import { stripes, temporaryFolder, trainTiny } from "../../test/support/tinyRun.js";
import type { Dataset } from "../data/index.js";
import { train } from "../runs/index.js";
import type { TrainSettings } from "./config.js";

const { labels: _, ...bare } = stripes(20, 1);
const values: Dataset = {
  ...bare,
  labels: { kind: "values", of: Float32Array.from({ length: 20 }, (_, at) => at), names: ["v"] },
};
const points: Dataset = {
  ...bare,
  labels: {
    kind: "points",
    of: {
      data: Float32Array.from({ length: 60 }, (_, at) => [1, 1, 0][at % 3]),
      offsets: Float64Array.from({ length: 21 }, (_, at) => 3 * at),
    },
    classes: ["thing"],
  },
};

const masks: Dataset = {
  ...values,
  labels: {
    kind: "mask",
    of: {
      data: Uint8Array.from({ length: 20 * 36 }, (_, at) => at % 2),
      offsets: Float64Array.from({ length: 21 }, (_, at) => 36 * at),
    },
    classes: ["left", "right"],
  },
};

const attempt = (data: Dataset, settings: Partial<TrainSettings>) =>
  train(
    {
      ...{ data: "tiny", model: "convnet-gn", size: 8, epochs: 1, threads: 1 },
      ...settings,
      out: join(temporaryFolder(), "run"),
    },
    { data: { train: data } },
  );

test.each<[Dataset, Partial<TrainSettings>, string]>([
  [values, { labelSmoothing: 0.1 }, "setting labelSmoothing is 0.1: task values has no classes"],
  [values, { dice: 0.5 }, "setting dice is 0.5: task values has no masks that could overlap"],
  [
    masks,
    { dice: 1, focal: 2, model: "unet-8", size: 16 },
    "setting focal is 2: with dice 1 there is no cross-entropy that it could change",
  ],
  [
    masks,
    { swarm: "pso", deploy: "ensemble", model: "unet-8", size: 16 },
    "setting deploy is ensemble: task segment, so what several nets say has no mean; take best",
  ],
  [
    points,
    { augment: "flip,mixup", model: "unet-8", size: 16, task: "points" },
    "task points learns from points, of which two cannot become one; leave mixup out",
  ],
])("%# a setting that the task cannot follow is refused", async (data, settings, message) => {
  await expect(attempt(data, settings)).rejects.toThrow(message);
});

test("a score that these data do not tell is refused before anything is trained", async () => {
  const out = join(temporaryFolder(), "run");
  await expect(trainTiny({ out, score: "top5" })).rejects.toThrow(
    "setting score is top5: it is not told of these data; task classify has accuracy, balancedAccuracy, macroF1",
  );
});
