// How flat the minimum is in which a net ended: its local energy (Pittorino et al. 2020, arXiv
// 2006.07897), the growth of the training error when every weight is multiplied by noise of its own,
//
//   dE(sigma) = E_z[ E(w + sigma z * w) ] - E(w),   z ~ N(0, I).
//
// Since the noise goes with each weight, the profile does not change when a layer is made larger and the
// next one smaller. Batch statistics stay as they are.

import type { Dataset } from "../data/index.js";
import type { Program, Vector } from "../engine/engine.js";
import { add, constant, Graph, mul, normal, read, scalar, write } from "../graph/index.js";
import { InputError } from "../inputError.js";
import { netOf } from "../nn/index.js";
import type { Trained } from "../runs/index.js";
import { Evaluator } from "../train/index.js";

/** Settings of {@link flatness}. */
export interface FlatnessOptions {
  /** Strengths of the noise; default 0, 0.05, ... 0.5. */
  readonly sigmas?: readonly number[];
  /** Draws of the noise for each strength, at least 2; default 20. */
  readonly draws?: number;
  /** Of the noise; default 1. The same draws serve all strengths, and all nets of one layout. */
  readonly seed?: number;
  /** Called after each draw. */
  readonly onDraw?: (done: number, total: number) => void;
}

/** The local energy at one strength. */
export interface FlatnessPoint {
  readonly sigma: number;
  /** Mean growth of the error. */
  readonly energy: number;
  /** Standard error of that mean, over the draws. */
  readonly standardError: number;
}

/** A local energy profile. */
export interface Flatness {
  /** Error of the net as it is: 1 less its score, or the score where less is better. */
  readonly error: number;
  readonly images: number;
  readonly draws: number;
  readonly points: readonly FlatnessPoint[];
}

/** Default strengths: 0 to 0.5 in steps of 0.05. */
export const defaultSigmas: readonly number[] = Array.from({ length: 11 }, (_, at) => at / 20);

/** The graph of `moved = w * (1 + sigma z)` over the trainable elements. */
export function perturbationGraph(trainable: number): Graph {
  const graph = new Graph();
  const noise = mul(scalar(graph, "sigma"), normal(graph, [trainable], 0));
  write("moved", mul(read(graph, "w", [trainable]), add(constant(graph, 1), noise)));
  return graph;
}

function checkOptions(sigmas: readonly number[], draws: number): void {
  const wrong = sigmas.find((sigma) => !(Number.isFinite(sigma) && sigma >= 0));
  if (wrong !== undefined || sigmas.length === 0) {
    throw new InputError(`flatness: sigma is ${wrong}; expected numbers from 0 on, at least one`);
  }
  if (!(Number.isInteger(draws) && draws >= 2)) {
    throw new InputError(`flatness: draws is ${draws}; expected a whole number of at least 2`);
  }
}

/** Mean of some growths of the error, and its standard error. */
function point(sigma: number, growths: readonly number[]): FlatnessPoint {
  const { length } = growths;
  const energy = growths.reduce((sum, each) => sum + each, 0) / length;
  const squares = growths.reduce((sum, each) => sum + (each - energy) ** 2, 0);
  return { sigma, energy, standardError: Math.sqrt(squares / (length - 1) / length) };
}

/** What a profile is measured with. */
interface Probe {
  readonly program: Program;
  readonly w: Vector;
  readonly moved: Vector;
  readonly seed: number;
  error(w: Vector): Promise<number>;
}

async function openProbe(net: Trained, images: Dataset, seed: number): Promise<Probe> {
  const { engine, model, w, info, config } = net;
  const { metric, better } = net.score;
  const { layout } = netOf(model, 1, { training: false });
  const moved = engine.vector(layout.length);
  await moved.write(await w.read());
  const batch = Math.min(config.settings.batch, images.length);
  const evaluator = await Evaluator.create(engine, net.question(images.labels), batch, info);
  const loader = evaluator.loader(images);
  return {
    program: await engine.compile(perturbationGraph(layout.trainable)),
    ...{ w, moved, seed },
    error: async (weights) => {
      const { metrics } = await evaluator.evaluate(weights, loader);
      return better === "higher" ? 1 - metrics[metric] : metrics[metric];
    },
  };
}

async function errorAt({ program, w, moved, seed, error }: Probe, sigma: number, draw: number) {
  const key = { seed, purpose: "noise", step: draw } as const;
  await program.run({ vectors: { w, moved }, scalars: { sigma }, key });
  return error(moved);
}

/**
 * Measures the local energy profile of a trained net on images, which should be training images
 * (see `trainingImages`). Costs strengths x draws passes over them.
 *
 * @throws InputError for strengths or a number of draws that cannot be used; InputError for images that
 * do not fit the net.
 * @example
 * const net = await openTrained("runs/a");
 * const { train } = await openDataset("mnist");
 * const images = subset(train, [0, 1, 2, 3, 4, 5, 6, 7]);
 * const { points } = await flatness(net, images, { sigmas: [0, 0.3], draws: 2 });
 * [points[0].energy, points[1].sigma]; // [0, 0.3]
 * await net.close();
 */
export async function flatness(
  net: Trained,
  images: Dataset,
  options: FlatnessOptions = {},
): Promise<Flatness> {
  const { sigmas = defaultSigmas, draws = 20, seed = 1, onDraw } = options;
  checkOptions(sigmas, draws);
  net.expectFitting(images);
  const probe = await openProbe(net, images, seed);
  const error = await probe.error(net.w);
  const points: FlatnessPoint[] = [];
  for (const sigma of sigmas) {
    const growths: number[] = [];
    for (let draw = 0; draw < draws; draw++) {
      growths.push((await errorAt(probe, sigma, draw)) - error);
      onDraw?.(points.length * draws + draw + 1, sigmas.length * draws);
    }
    points.push(point(sigma, growths));
  }
  return { error, images: images.length, draws, points };
}
