// MobileNetV2 as TensorFlow Lite publishes it, quantised to bytes, on photographs.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Loader, openDataset } from "../../src/data/index.js";
import { createEngine } from "../../src/engine/index.js";
import { openWeights } from "../../src/runs/index.js";
import { countTopK } from "../../src/tasks/classification/confusion.js";
import { classesOf } from "../support/questions.js";
import { root } from "./convoy.js";

const shared = join(root, "../shared/data");
const photos = join(shared, "imagenette224-subset");
const weights = join(shared, "imagenet-weights", "mobilenet_v2_1.0_224_quant.tflite");
const missing = [photos, weights].filter((path) => !existsSync(path));
const SIZE = 224;
const BATCH = 25;

/** ImageNet's number of each class of the photographs, in the order of their folders, behind that of the background. */
const numbers = [0, 217, 482, 491, 497, 566, 569, 571, 574, 701].map((one) => one + 1);

describe.skipIf(missing.length > 0)(
  `MobileNetV2 of TensorFlow Lite (${missing.join(", ") || "all files there"})`,
  () => {
    // With zeros on every side of images instead, as PyTorch pads, it knows 177 and 228.
    test("knows 73.6 % of the photographs at once, 91.6 % within five guesses", async () => {
      const { selection } = await openDataset(photos, { size: SIZE });
      const net = await openWeights(weights, { input: [3, SIZE, SIZE] });
      expect(net.model.name).toBe("mobilenetv2-same");
      const engine = await createEngine();
      const loader = new Loader(engine, selection!, {
        ...{ batch: BATCH, seed: 0, shuffle: false },
        intake: { ...net.info, input: [3, SIZE, SIZE] },
      });
      const rows: number[] = [];
      for (let step = 0; step < loader.stepsPerEpoch; step++) {
        rows.push(...(await net.logits((await loader.batch(0, step)).images)));
      }
      await Promise.all([engine.close(), net.close()]);
      const truth = classesOf(selection!).map((label) => numbers[label]);
      const found = [1, 5].map((k) => countTopK(rows, truth, 1001, k));
      expect(found).toEqual([184, 229]);
    });
  },
);
