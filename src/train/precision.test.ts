// Training with multiplications in bf16: what it needs, what it gives, and who may have it.

import { afterAll, describe, expect, test } from "vitest";
import { addonIfBuilt } from "../../test/support/addon.js";
import { classify, targetInputs } from "../../test/support/questions.js";
import { createEngine, type Engine } from "../engine/index.js";
import { createModel } from "../models/index.js";
import { initialise } from "../nn/index.js";
import { Random } from "../tensor/philox.js";
import { compileTraining } from "./objective.js";
import { withPrecision } from "./precision.js";

const tiles = addonIfBuilt()?.describe().tiles;

const BATCH = 16;
const question = (name: string) =>
  classify(createModel(name, { channels: 3, height: 32, width: 32, outputs: 10 }));

/** Loss and gradient of random images. */
async function evaluated(engine: Engine, name: string, precision: "f32" | "bf16") {
  const training = await compileTraining(engine, question(name), { batch: BATCH, precision });
  const { layout } = training;
  const [w, grad] = [engine.vector(layout.length), engine.vector(layout.trainable)];
  await w.write(initialise(training, 1));
  const random = new Random({ seed: 2, purpose: "init" });
  const images = engine.buffer(BATCH * 3 * 32 * 32);
  for (let at = 0; at < images.length; at++) images[at] = random.uniform() - 0.5;
  const ones = Float32Array.from({ length: BATCH * 10 }, (_, at) => (at % 11 === 0 ? 1 : 0));
  const batch = { images, targets: targetInputs(ones, 10) };
  const moment = { epoch: 0, step: 0 };
  const { loss } = await training.objective({ seed: 1 }).evaluate(w, batch, { grad }, moment);
  return { loss, gradient: await grad.read() };
}

const norm = (numbers: Float32Array) =>
  Math.sqrt(numbers.reduce((sum, value) => sum + value * value, 0));

describe.skipIf(tiles === undefined)("a step in bf16", () => {
  const engines = [1, 2, 3].map((threads) => createEngine({ engine: "native", threads }));
  afterAll(async () => {
    for (const engine of engines) await (await engine).close();
  });

  test.each(["resnet20", "lenet5", "convnet-gn"])(
    "of %s is near that in f32, and not it",
    async (name) => {
      const engine = await engines[0];
      const [half, whole] = [
        await evaluated(engine, name, "bf16"),
        await evaluated(engine, name, "f32"),
      ];
      expect(Math.abs(half.loss / whole.loss - 1)).toBeLessThan(0.02);
      const difference = half.gradient.map((value, at) => value - whole.gradient[at]);
      const share = norm(difference) / norm(whole.gradient);
      expect(share).toBeGreaterThan(1e-4);
      expect(share).toBeLessThan(0.25);
    },
  );

  // Kernels on tiles add up in an order of their own; those of f32, which stand in elsewhere, by parts of the batch.
  test("gives the same bits again, and with tiles with any number of threads", async () => {
    const all = await Promise.all(
      engines.map(async (engine) => evaluated(await engine, "resnet20", "bf16")),
    );
    const again = await evaluated(await engines[1], "resnet20", "bf16");
    expect(again).toEqual(all[1]);
    for (const other of all) {
      if (tiles) expect(other).toEqual(all[0]);
      const difference = other.gradient.map((value, at) => value - all[0].gradient[at]);
      expect(norm(difference)).toBeLessThan(1e-6 * norm(all[0].gradient));
    }
  });

  test.skipIf(!tiles).each(["resnet20", "wrn-16-4"])(
    "needs AMX: of %s takes at most 0.65 of the memory",
    async (name) => {
      const engine = await engines[0];
      const bytes = async (precision: "f32" | "bf16") => {
        const { memory } = await compileTraining(engine, question(name), { batch: 64, precision });
        return memory.peakBytes;
      };
      expect(await bytes("bf16")).toBeLessThan(0.65 * (await bytes("f32")));
    },
  );
});

const images = { channels: 3, height: 32, width: 32, outputs: 10 };
const plain = createModel("resnet20", images);

describe("precision auto", () => {
  test("is f32 for a net with depthwise convolutions, which have no kernels of bf16", async () => {
    const config = { precision: "auto", engine: "native", keep: undefined } as const;
    const thin = createModel("mobilenetv2-0.5", images);
    expect(await withPrecision(config, thin)).toMatchObject({ precision: "f32" });
  });

  test("is f32 for the reference engine", async () => {
    const config = { precision: "auto", engine: "reference" } as const;
    expect(await withPrecision({ ...config, keep: undefined }, plain)).toMatchObject({
      precision: "f32",
    });
  });

  test.skipIf(tiles === undefined)("is bf16 where there are tiles", async () => {
    const config = { precision: "auto", engine: "native", keep: undefined } as const;
    const { precision } = await withPrecision(config, plain);
    expect(precision).toBe(tiles ? "bf16" : "f32");
  });

  test("is f32 where images are to be kept in a format", async () => {
    const config = { precision: "auto", engine: "native", keep: "comet" } as const;
    expect(await withPrecision(config, plain)).toMatchObject({ precision: "f32" });
  });
});

test("bf16 images are kept in no other format", async () => {
  const config = { precision: "bf16", engine: "native", keep: "f32" } as const;
  await expect(withPrecision(config, plain)).rejects.toThrow(
    /setting keep is f32: .*leave keep out/,
  );
});
