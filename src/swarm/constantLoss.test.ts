import { describe, expect, test } from "vitest";
import { datasetOf, taskCases } from "../../test/conformance/taskCases.js";
import { stripeSplits, tinyModel } from "../../test/support/tinyRun.js";
import { imagesOf, type Splits } from "../data/index.js";
import { createEngine } from "../engine/index.js";
import { createModel, type Model, type ModelInput } from "../models/index.js";
import { netOf } from "../nn/index.js";
import { Evaluator } from "../train/evaluator.js";
import type { TrainSettings } from "../train/index.js";
import { prepare } from "../train/prepare.js";
import { roundsBehind } from "./behind.js";
import { constantLoss } from "./constantLoss.js";

const common = { data: "any", batch: 16, engine: "reference" } as const;

/** The loss of the best constant answer in a run. */
async function lossIn(
  data: Splits,
  settings: Partial<TrainSettings> = {},
  model: (input: ModelInput) => Model = tinyModel,
) {
  const prepared = await prepare({ ...common, ...settings }, { data, model });
  const engine = await createEngine(prepared.config);
  const loss = await constantLoss(engine, prepared);
  await engine.close();
  return loss;
}

/** Tags of 320 images: one in 32, one in 4. */
function rareTags(): Splits {
  const length = 320;
  const images = imagesOf(new Uint8Array(length * 36), { height: 6, width: 6, channels: 1 });
  const of = Uint8Array.from({ length: 2 * length }, (_, at) => {
    const [image, tag] = [Math.floor(at / 2), at % 2];
    return image % [32, 4][tag] === 0 ? 1 : 0;
  });
  const labels = { kind: "tags", of, classes: ["rare", "usual"] } as const;
  return { train: { name: "rare", length, channels: 1, images, labels } };
}

const entropy = (p: number) => -p * Math.log(p) - (1 - p) * Math.log(1 - p);

describe("the loss of the best constant answer", () => {
  test("is that of base rates, of which a net that says no more is seen as behind", async () => {
    const constant = await lossIn(rareTags());
    const baseRates = (entropy(1 / 32) + entropy(1 / 4)) / 2;
    expect(Math.abs(constant - baseRates)).toBeLessThan(0.03);
    const snapshots = [baseRates, 0.8 * baseRates, 0.82 * baseRates].map((epochLoss, particle) => ({
      particle,
      healthy: true,
      lr: 0.1,
      epochLoss,
    }));
    expect(roundsBehind(snapshots, constant)).toEqual([1, 0, 0]);
    expect(roundsBehind(snapshots, Math.log(2))).toEqual([0, 0, 0]);
  });

  test("is the logarithm of the classes where they are as many", async () => {
    expect(Math.abs((await lossIn(stripeSplits())) - Math.log(3))).toBeLessThan(0.03);
  });

  test("is that of the loss that trains", async () => {
    const focal = await lossIn(stripeSplits(), { focal: 2 });
    expect(Math.abs(focal - (2 / 3) ** 2 * Math.log(3))).toBeLessThan(0.03);
  });

  test.each(taskCases.map((one) => [one.task.name, one] as const))(
    "of task %s is no worse than that of zeros",
    async (_, one) => {
      const data = { train: datasetOf(one, 96, 1), test: datasetOf(one, 24, 2) };
      const model = ({ channels, height, width, outputs }: Parameters<typeof tinyModel>[0]) => ({
        ...{ name: "case", source: "a test", outputs, layer: one.layer(outputs) },
        input: [channels, height, width] as const,
      });
      const prepared = await prepare({ ...common, task: one.task.name }, { data, model });
      const { config, question, net, splits } = prepared;
      const engine = await createEngine(config);
      const constant = await constantLoss(engine, prepared);
      const evaluator = await Evaluator.create(engine, question, 16, net);
      const { loss: ofZeros } = await evaluator.evaluate(
        engine.vector(netOf(question.model, 1, { training: false }).layout.length),
        evaluator.loader(splits.train),
      );
      await engine.close();
      expect(constant).toBeGreaterThan(0);
      expect(constant).toBeLessThan(1.02 * ofZeros);
    },
  );

  const coded = (input: ModelInput) => createModel("dense-autoencoder", input);
  // Units of normalised images: always saying their mean has an error of 1.
  test.each([
    ["autoencoder", 1, coded],
    ["denoising", 1, coded],
    ["sparse", 1, coded],
    ["contractive", 1, coded],
    ["instance", Math.log(108), tinyModel],
    ["local-aggregation", Math.log(108), tinyModel],
    ["deepcluster", Math.log(3), tinyModel],
    ["simclr", Math.log(31), tinyModel],
    ["rotation", Math.log(4), tinyModel],
  ])("of task %s, which has no labels, is that of saying nothing", async (task, known, model) => {
    const loss = await lossIn(stripeSplits(), { task, augment: "none" }, model);
    expect(loss).toBeGreaterThan(0.7 * known);
    expect(loss).toBeLessThan(1.05 * known);
  });

  test("leaves out a penalty on layers that an answer has not", async () => {
    const loss = await lossIn(stripeSplits(), { penalty: "ole=0.25" });
    expect(Math.abs(loss - Math.log(3))).toBeLessThan(0.03);
  });
});
