// The gradient noise scale (McCandlish, Kaplan, Amodei et al. 2018, arXiv 1812.06162): the batch size at which the
// noise of a batch's gradient is as large as the gradient itself, tr(S) / |G|^2. Much smaller batches waste
// steps, much larger ones waste images. Both parts are estimated without bias from the squared
// lengths of gradients on small batches and of their mean.

import type { Vector } from "../engine/engine.js";
import { InputError } from "../inputError.js";
import { openLoader, type TrainSettings } from "../train/index.js";
import type { OwnParts } from "../train/prepare.js";
import { learnSteps, type Trial, withTrial } from "./trial.js";

/** Settings of {@link noiseScale}. */
export interface NoiseOptions extends OwnParts {
  /** Steps of training; default 300. */
  readonly steps?: number;
  /** How often it is measured, at equal distances, at the start and at the end too; at least 2, default 4. */
  readonly looks?: number;
  /** Batches that a measurement is made of; at least 2, default 32. */
  readonly batches?: number;
}

/** A measurement. */
export interface NoiseScale {
  /** Steps of training before it. */
  readonly step: number;
  /** Mean over its batches. */
  readonly loss: number;
  /** Squared length of the true gradient, and the trace of the covariance of one image's; estimates. */
  readonly signal: number;
  readonly noise: number;
  /** noise / signal, in images; infinite when no gradient can be told from the noise. */
  readonly scale: number;
}

/** Squared lengths as two batch sizes have them, to the two parts that they are made of. */
export function partsOf(
  small: { readonly size: number; readonly square: number },
  large: { readonly size: number; readonly square: number },
): Pick<NoiseScale, "signal" | "noise" | "scale"> {
  const signal =
    (large.size * large.square - small.size * small.square) / (large.size - small.size);
  const noise = (small.square - large.square) / (1 / small.size - 1 / large.size);
  return { signal, noise, scale: signal > 0 ? noise / signal : Number.POSITIVE_INFINITY };
}

const squareOf = (values: Float32Array | Float64Array): number => {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
};

/** Opens what measures at the net's weights and leaves them, and their statistics, alone. */
function openMeter({ engine, prepared, programs, learner }: Trial, batches: number) {
  const { seed } = prepared.config;
  const objective = programs.training.objective({ seed });
  const { length, trainable } = learner.layout;
  const [point, grad]: Vector[] = [engine.vector(length), engine.vector(trainable)];
  // Images in an order that training does not have.
  const loader = openLoader(engine, prepared, { particle: 1 });
  return async (step: number): Promise<NoiseScale> => {
    await point.write(await learner.w.read());
    const sum = new Float64Array(trainable);
    let [square, loss] = [0, 0];
    for (let at = 0; at < batches; at++) {
      const moment = {
        epoch: Math.floor(at / loader.stepsPerEpoch),
        step: at % loader.stepsPerEpoch,
      };
      const batch = await loader.batch(moment.epoch, moment.step);
      const evaluated = await objective.evaluate(point, batch, { grad }, moment);
      const slope = await grad.read();
      square += squareOf(slope) / batches;
      loss += evaluated.loss / batches;
      for (const [i, value] of slope.entries()) sum[i] += value / batches;
    }
    const size = loader.batchSize;
    return {
      step,
      loss,
      ...partsOf({ size, square }, { size: size * batches, square: squareOf(sum) }),
    };
  };
}

function checkOptions(options: Readonly<Record<string, readonly [number, number]>>): void {
  for (const [name, [value, least]] of Object.entries(options)) {
    if (Number.isInteger(value) && value >= least) continue;
    throw new InputError(
      `noise scale: ${name} is ${value}; expected a whole number from ${least} on`,
    );
  }
}

/**
 * Trains a net for some steps and measures the gradient noise scale on the way: it grows as the loss falls.
 * Batch norm and dropout are as in training; the learning rate stays the same unless settings say otherwise.
 *
 * @throws InputError for numbers that are too small; as the trainer does for settings and data.
 * @example
 * const settings = { data: "mnist", model: "lenet5", batch: 32 };
 * const scales = await noiseScale(settings, { steps: 20, looks: 2, batches: 8 });
 * scales.map(({ step }) => step); // [0, 20]
 */
export async function noiseScale(
  settings: Partial<TrainSettings>,
  { steps = 300, looks = 4, batches = 32, ...own }: NoiseOptions = {},
): Promise<NoiseScale[]> {
  checkOptions({ steps: [steps, 1], looks: [looks, 2], batches: [batches, 2] });
  return withTrial({ schedule: "constant", ...settings }, own, async (trial) => {
    const measure = openMeter(trial, batches);
    const found = [await measure(0)];
    for (let look = 1; look < looks; look++) {
      const [from, to] = [look - 1, look].map((at) => Math.round((steps * at) / (looks - 1)));
      await learnSteps(trial.learner, from, to, () => undefined);
      found.push(await measure(to));
    }
    return found;
  });
}
