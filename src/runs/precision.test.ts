// A run that multiplies bf16 is resumed bit for bit.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { relativeError } from "../../test/conformance/case.js";
import {
  stripeSplits,
  stripes,
  temporaryFolder,
  tinySettings,
  trainTiny,
} from "../../test/support/tinyRun.js";
import { runFiles } from "./runFiles.js";
import { train } from "./train.js";
import { type OpenTrainedOptions, openTrained } from "./trained.js";

test("a resumed run in bf16 is the one that was never interrupted, also when it asks for auto", async () => {
  const folder = temporaryFolder();
  const [whole, parted, f32] = ["whole", "parted", "f32"].map((name) => join(folder, name));
  const weights = (run: string) => readFileSync(join(run, runFiles.last));
  await trainTiny({ out: whole, precision: "bf16" });
  await trainTiny({ out: parted, precision: "bf16", steps: 14 });
  await trainTiny({ out: parted, precision: "auto", steps: 1000 }, { resume: true });
  expect(weights(parted).equals(weights(whole))).toBe(true);
  await trainTiny({ out: f32 });
  expect(weights(f32).equals(weights(whole))).toBe(false);
});

test("a net that is run in bf16 says nearly what it says in f32, to the bits of the reference engine's rounding", async () => {
  const out = join(temporaryFolder(), "run");
  const settings = { ...tinySettings, model: "convnet-gn", size: 12, epochs: 1, augment: "", out };
  await train(settings, { data: stripeSplits() });
  const images = stripes(9, 3);
  const said = async (options: OpenTrainedOptions) => {
    const net = await openTrained(out, options);
    try {
      const { loss } = await net.evaluate(images);
      const predictions = await net.predict(images);
      return { loss, features: (await net.features(images)).of, predictions };
    } finally {
      await net.close();
    }
  };
  const f32 = await said({ engine: "reference" });
  const bf16 = await said({ engine: "reference", precision: "bf16" });
  expect(bf16.loss).not.toBe(f32.loss);
  expect(Math.abs(bf16.loss - f32.loss)).toBeLessThan(0.02);
  expect(relativeError(bf16.features, f32.features)).toBeLessThan(2 ** -6);
  const native = await said({ precision: "bf16" });
  expect(Math.abs(native.loss - bf16.loss)).toBeLessThan(0.005);
  expect(await said({ engine: "reference", precision: "auto" })).toEqual(f32);
});
