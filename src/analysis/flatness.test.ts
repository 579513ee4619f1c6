import { describe, expect, test } from "vitest";
import { classLabels } from "../../test/support/questions.js";
import { stripes, tinyModel } from "../../test/support/tinyRun.js";
import { type Dataset, imagesOf, namesOf } from "../data/index.js";
import { createEngine, type Engine } from "../engine/index.js";
import { referenceEngine } from "../engine/reference/index.js";
import type { Model } from "../models/index.js";
import { build, flatten, initialise, linear, sequential } from "../nn/index.js";
import { type RunConfig, Trained } from "../runs/index.js";
import { classification } from "../tasks/index.js";
import { parseConfig } from "../train/index.js";
import { flatness, perturbationGraph } from "./flatness.js";

/** A model with its weights, as if a run had ended with them. */
async function trained(engine: Engine, model: Model, values: ArrayLike<number>, data: Dataset) {
  const names = namesOf(data.labels);
  const net = {
    ...{ model: model.name, task: classification.name, names, constants: {} },
    input: model.input,
    fit: "crop" as const,
    mean: [0],
    std: [1],
  };
  const config: RunConfig = {
    versions: { convoy: "test", node: process.version },
    settings: parseConfig({ data: data.name, batch: 8 }),
    data: {
      ...{ name: data.name, train: data.length, selection: 0, test: 0, hash: "" },
      ...{ shape: [data.channels, 6, 6], labels: data.labels.kind, names },
    },
    net,
    parameters: values.length,
  };
  const w = engine.vector(values.length);
  await w.write(values);
  return new Trained(config, net, model, classification, engine, w);
}

/** Images of one white pixel, all of the first of two classes. */
const white: Dataset = {
  ...{ name: "white", length: 5, channels: 1 },
  images: imagesOf(new Uint8Array(5).fill(1), { height: 1, width: 1, channels: 1 }),
  labels: { kind: "class", of: new Int32Array(5), classes: ["a", "b"] },
};

/** Two logits, each a weight times the pixel. */
const twoWeights: Model = {
  ...{ name: "two-weights", source: "for tests", input: [1, 1, 1], outputs: 2 },
  layer: sequential({ flatten: flatten(), fc: linear(2) }),
};

/** The weights 1 and -1, no biases, in the order of the layout. */
function plusMinus(): Float32Array {
  const { layout } = build(twoWeights.layer, [1, 1, 1, 1], { training: false });
  const values = new Float32Array(layout.length);
  const weight = layout.params.find(({ kind }) => kind === "weight")!;
  values.set([1, -1], weight.offset);
  return values;
}

describe("local energy", () => {
  test("is what the normal distribution says where that can be worked out", async () => {
    // Wrong when (1 + sigma z1) < -(1 + sigma z2): z1 + z2 < -2 / sigma.
    const net = await trained(referenceEngine(), twoWeights, plusMinus(), white);
    const { error, points, draws, images } = await flatness(net, white, {
      sigmas: [0, 1, 2],
      draws: 600,
    });
    expect({ error, draws, images }).toEqual({ error: 0, draws: 600, images: 5 });
    expect(points[0]).toEqual({ sigma: 0, energy: 0, standardError: 0 });
    for (const [at, probability] of [
      [1, 0.0786496],
      [2, 0.2397501],
    ]) {
      const standardError = Math.sqrt((probability * (1 - probability)) / draws);
      expect(Math.abs(points[at].energy - probability)).toBeLessThan(4 * standardError);
      expect(Math.abs(points[at].standardError / standardError - 1)).toBeLessThan(0.2);
    }
  });

  test("does not change when a layer grows and the next one shrinks", async () => {
    const images = stripes(60, 3);
    const model: Model = {
      ...{ name: "deep", source: "for tests", input: [1, 6, 6], outputs: 3 },
      layer: sequential({ flatten: flatten(), one: linear(4), two: linear(3) }),
    };
    const net = build(model.layer, [1, ...model.input], { training: false });
    const values = initialise(net, 1);
    const scaled = values.slice();
    for (const { name, offset, shape } of net.layout.params) {
      const factor = name.startsWith("one") ? 8 : name === "two.weight" ? 1 / 8 : 1;
      const end = offset + shape.reduce((size, side) => size * side, 1);
      for (let at = offset; at < end; at++) scaled[at] *= factor;
    }
    const options = { sigmas: [0.5], draws: 10 };
    const engine = referenceEngine();
    const profile = await flatness(await trained(engine, model, values, images), images, options);
    const other = await flatness(await trained(engine, model, scaled, images), images, options);
    expect(other.points[0].energy).toBeCloseTo(profile.points[0].energy, 12);
    expect(profile.points[0].standardError).toBeGreaterThan(0);
  });

  test("leaves the net as it was, and gives the same profile again", async () => {
    const images = stripes(30, 4);
    const model = tinyModel({ channels: 1, height: 6, width: 6, outputs: 3 });
    const net = build(model.layer, [1, ...model.input], { training: false });
    const values = initialise(net, 2);
    const own = await trained(await createEngine(), model, values, images);
    const options = { sigmas: [0, 0.5], draws: 4 };
    const first = await flatness(own, images, options);
    expect(await own.w.read()).toEqual(values);
    expect(await flatness(own, images, options)).toEqual(first);
    expect(first.points[0].energy).toBe(0);
    await own.close();
  });

  test.each([
    [{ sigmas: [0.1, -1] }, "flatness: sigma is -1; expected numbers from 0 on"],
    [{ sigmas: [] }, "expected numbers from 0 on, at least one"],
    [{ draws: 1 }, "flatness: draws is 1; expected a whole number of at least 2"],
  ])("refuses %j", async (options, message) => {
    const net = await trained(referenceEngine(), twoWeights, plusMinus(), white);
    await expect(flatness(net, white, options)).rejects.toThrow(message);
  });

  test("refuses images of other classes", async () => {
    const net = await trained(referenceEngine(), twoWeights, plusMinus(), white);
    await expect(
      flatness(net, { ...white, labels: classLabels([0, 0, 0, 0, 0], 2) }),
    ).rejects.toThrow(/white has "0".*known are a, b/);
  });
});

describe("perturbation", () => {
  const TRAINABLE = 40_000;

  /** Weights of 2 after a draw, with a statistic of 7 behind them. */
  async function shaken(sigma: number, step = 0): Promise<Float32Array> {
    const engine = await createEngine();
    const program = await engine.compile(perturbationGraph(TRAINABLE));
    const [w, moved] = [engine.vector(TRAINABLE + 1), engine.vector(TRAINABLE + 1)];
    await w.write(new Float32Array(TRAINABLE).fill(2));
    await moved.write([7], TRAINABLE);
    const key = { seed: 1, purpose: "noise", step } as const;
    await program.run({ vectors: { w, moved }, scalars: { sigma }, key });
    const values = await moved.read();
    await engine.close();
    return values;
  }

  test("multiplies each weight by 1 + sigma z, and spares the statistics", async () => {
    const values = await shaken(0.25);
    expect(values[TRAINABLE]).toBe(7);
    const weights = values.subarray(0, TRAINABLE);
    const mean = weights.reduce((sum, x) => sum + x, 0) / TRAINABLE;
    const variance = weights.reduce((sum, x) => sum + (x - mean) ** 2, 0) / TRAINABLE;
    // Five standard errors each.
    expect(Math.abs(mean - 2)).toBeLessThan((5 * 0.5) / Math.sqrt(TRAINABLE));
    expect(Math.abs(variance / 0.25 - 1)).toBeLessThan(5 * Math.sqrt(2 / TRAINABLE));
  });

  test("a strength of 0 changes no bit, another draw all", async () => {
    expect((await shaken(0)).subarray(0, TRAINABLE).every((x) => x === 2)).toBe(true);
    const [one, other] = [await shaken(0.25), await shaken(0.25, 1)];
    const equal = one.subarray(0, TRAINABLE).filter((x, at) => x === other[at]).length;
    expect(equal / TRAINABLE).toBeLessThan(0.001);
  });
});
