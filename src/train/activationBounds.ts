// The bounds of compressed activations, chosen anew while a net trains: the controller of COMET (Jin et al.
// 2021, arXiv 2111.09562). A bound is such that the error that it makes in a layer's weight gradient has a
// standard deviation of a small share of the mean magnitude of that layer's momentum.
//
// The error of a number is about uniform within the bound, so the error of one weight's gradient, a sum of
// such errors times gradients of the output, is about normal: sigma = bound / sqrt(3) * |g| * sqrt(R), |g|
// the Euclidean norm of the gradient of one output channel, and R the share of the window's inputs that are
// not 0, as zeros and padding have no error. The paper's own form, sigma = a * L * sqrt(N R) * bound with L the mean magnitude of
// that gradient and N the images, has an `a` that depends on the size of the images.

import { z } from "zod";
import type { Engine, Vector } from "../engine/engine.js";
import type { ParamLayout } from "../graph/index.js";
import {
  BOUNDS,
  type CompressedGraph,
  type CompressedValue,
  type Consumer,
  REPORT,
} from "../graph/passes/compressSaved.js";
import { InputError } from "../inputError.js";
import { parseSettings } from "../settings.js";

const schema = z.strictObject({
  mode: z.enum(["exact", "paper", "fixed"]).default("exact"),
  eta: z.number().positive().default(0.01),
  share: z.number().gt(0).max(1).default(0.125),
  bound: z.number().positive().optional(),
});

/** How activations are compressed. */
export type CometSettings = z.output<typeof schema>;

/** What a user says of it. */
export type CometConfig = Readonly<Record<string, number | string>>;

/**
 * Checks the settings of compression and fills in defaults.
 *
 * @throws InputError naming what is wrong.
 * @example
 * cometSettings({ eta: 0.02 }); // { mode: "exact", eta: 0.02, share: 0.125 }
 */
export function cometSettings(config: CometConfig = {}): CometSettings {
  const settings = parseSettings(schema, config, "comet");
  if ((settings.mode === "fixed") !== (settings.bound !== undefined)) {
    throw new InputError("comet: a bound goes with mode fixed only, as mode=fixed,bound=0.01");
  }
  return settings;
}

/** How one layer's input was kept in the last step. */
export interface LayerCompression {
  /** Name of the weights that it is for; the first ones of several. */
  readonly layer: string;
  /** Bytes as f32, those of its slot, and those of the slot in use. */
  readonly plainBytes: number;
  readonly slotBytes: number;
  readonly usedBytes: number;
  /** The bound that held, and how often the wanted one was doubled to make the numbers fit. */
  readonly bound: number;
  readonly doublings: number;
  /** Standard deviation of the error that this should make in the gradient of one of the weights. */
  readonly sigma: number;
}

/** What compressed training programs have in common. */
export interface CompressionPlan {
  readonly compressed: Omit<CompressedGraph, "graph">;
  readonly settings: CometSettings;
  readonly layout: ParamLayout;
  /** Images of a program's batch, and passes through it in a step. */
  readonly images: number;
  readonly passes: number;
  /** Factor that all gradients of the report have. */
  readonly lossScale: number;
}

/** Factors `a` of the paper's form, one for each weight gradient; 0 where it is not known yet. */
const FACTORS = "compression.factors";

/** State vectors of optimizers that hold a momentum, the likeliest first. */
const MOMENTA = ["velocity", "first"];

/** Steps between two choices of the bounds, after those from the first step's numbers. */
export const refreshEvery = (stepsPerEpoch: number): number =>
  Math.min(1000, Math.max(10, Math.floor(stepsPerEpoch / 2)));

/** Whether bounds are chosen before a step, counted from 0 over the whole run. */
export const refreshDue = (step: number, stepsPerEpoch: number): boolean =>
  step === 1 || (step > 0 && step % refreshEvery(stepsPerEpoch) === 0);

const meanMagnitude = (numbers: Float32Array): number =>
  numbers.reduce((sum, value) => sum + Math.abs(value), 0) / numbers.length;

/** The bounds of one net's compressed activations. */
export class Compression {
  /** What a training program reads and writes, by name. */
  readonly bound: Readonly<Record<typeof BOUNDS | typeof REPORT, Vector>>;
  /** All that a checkpoint holds of it, by name. */
  readonly vectors: Readonly<Record<string, Vector>>;

  constructor(
    engine: Engine,
    private readonly plan: CompressionPlan,
  ) {
    const { values, reportLength } = plan.compressed;
    const consumers = values.flatMap((value) => value.consumers);
    this.bound = {
      [BOUNDS]: engine.vector(values.length),
      [REPORT]: engine.vector(reportLength),
    };
    this.vectors = { ...this.bound, [FACTORS]: engine.vector(consumers.length) };
  }

  /** Bounds of a run's start: the given one, or the smallest that fit. */
  async begin(): Promise<void> {
    const { compressed, settings } = this.plan;
    await this.bound[BOUNDS].write(compressed.values.map(() => settings.bound ?? 0));
  }

  /** Chooses the bounds anew, by the numbers of the last step. Joins the engine's queue at once. */
  async refresh(state: Readonly<Record<string, Vector>>): Promise<void> {
    const { compressed, settings } = this.plan;
    if (settings.mode === "fixed") return;
    const momentum = MOMENTA.map((name) => state[name]).find((vector) => vector !== undefined);
    const [report, bounds, factors, velocity] = await Promise.all([
      this.bound[REPORT].read(),
      this.bound[BOUNDS].read(),
      this.vectors[FACTORS].read(),
      momentum?.read(),
    ]);
    let consumer = 0;
    for (const [at, value] of compressed.values.entries()) {
      const wanted = value.consumers.map((each) => {
        const aim = settings.eta * this.momentumOf(each, report, velocity);
        return aim / this.sigmaPerBound(value, each, report, factors, consumer++);
      });
      const least = Math.min(...wanted);
      // Where nothing was fed back, the bound stays; where that cannot be told, it is the smallest that fits.
      if (least !== Number.POSITIVE_INFINITY) bounds[at] = Number.isNaN(least) ? 0 : least;
    }
    await Promise.all([this.bound[BOUNDS].write(bounds), this.vectors[FACTORS].write(factors)]);
  }

  /** How each layer's input was kept in the last step. */
  async layers(): Promise<LayerCompression[]> {
    const { compressed, layout } = this.plan;
    const [report, factors] = await Promise.all([
      this.bound[REPORT].read(),
      this.vectors[FACTORS].read(),
    ]);
    let consumer = 0;
    return compressed.values.map((value) => {
      const { plainBytes, capacity, report: at, consumers } = value;
      const [bound, doublings, usedBytes] = report.subarray(at, at + 3);
      const weights = layout.params.find(({ offset }) => offset === consumers[0].offset);
      const layer = weights?.name.replace(/\.weight$/, "") ?? "";
      const sigma = bound * this.sigmaPerBound(value, consumers[0], report, factors, consumer);
      consumer += consumers.length;
      return { layer, plainBytes, slotBytes: capacity, usedBytes, bound, doublings, sigma };
    });
  }

  /** Mean magnitude of a layer's momentum; of its gradient where the optimizer keeps none. */
  private momentumOf(
    { offset, length, report: at }: Consumer,
    report: Float32Array,
    velocity: Float32Array | undefined,
  ): number {
    if (!velocity) return report[at + 2] / (length * this.plan.lossScale);
    return meanMagnitude(velocity.subarray(offset, offset + length));
  }

  /** Standard deviation of a weight gradient's error, for a bound of 1; see the top of this file. */
  private sigmaPerBound(
    { elements, report: of }: CompressedValue,
    { channels, pixels, coverage, report: at }: Consumer,
    report: Float32Array,
    factors: Float32Array,
    consumer: number,
  ): number {
    const { settings, images, passes, lossScale } = this.plan;
    const nonzeros = (coverage * report[of + 3]) / elements;
    // Errors of several passes are independent, and each counts as one of so many.
    const each = 1 / (lossScale * Math.sqrt(passes));
    const exact = Math.sqrt((report[at + 1] / channels) * (nonzeros / 3));
    if (settings.mode === "exact") return each * exact;
    const paper = (report[at] / (channels * pixels)) * Math.sqrt(images * nonzeros);
    if (!(factors[consumer] > 0)) factors[consumer] = exact / paper;
    return each * factors[consumer] * paper;
  }
}
