// Time of each layer that multiplies and adds, beside what the machine's roofline allows. A layer runs alone, in a program
// of its own, with its bias and activation and with statistics folded into it, as a trained net predicts.

import { type Machine, operands, rooflineOf, workOf } from "../cost/index.js";
import { createEngine, type Engine } from "../engine/index.js";
import { loadAddon } from "../engine/native/index.js";
import {
  Graph,
  input,
  macsOf,
  type Node,
  type ParamLayout,
  read,
  type Value,
  WEIGHTS,
  write,
} from "../graph/index.js";
import type { Model } from "../models/index.js";
import { compact, IMAGES, initialise, netOf } from "../nn/index.js";
import { rankCorrelation } from "../tensor/rankCorrelation.js";
import { sizeOf } from "../tensor/shape.js";
import { asDone } from "./asDone.js";
import { nearCacheBytes } from "./machine.js";
import { quantile } from "./measure.js";

/** A layer's time, measured and foretold. */
export interface LayerTime {
  readonly layer: string;
  readonly macs: number;
  /** Not below, by the roofline of the machine. */
  readonly rooflineMs: number;
  readonly bound: "compute" | "memory";
  /** The same roofline of what the engine does in the layer's place, see asDone.ts. */
  readonly expectedMs: number;
  /** The fastest of some rounds in turn. */
  readonly fastestMs: number;
}

/** Spearman's rank correlations with the fastest rounds. */
export interface Agreement {
  readonly roofline: number;
  readonly expected: number;
}

/** The layers of a model. */
export interface LayerTimes {
  readonly model: string;
  readonly batch: number;
  readonly rows: readonly LayerTime[];
  readonly agreement: Agreement;
}

/** Many short rounds: some of them meet a machine that does nothing else. */
const ROUNDS = 40;
/** Seconds that a round of one layer should take. */
const ROUND_SECONDS = 0.004;
const BYTES = 4;

/** The parameter behind a value, through changes of its shape. */
function paramOf({ node }: Value, { params }: ParamLayout): string | undefined {
  if (node.op.name === "reshape") return paramOf(node.inputs[0], { params } as ParamLayout);
  if (node.op.name !== "read") return undefined;
  return params.find(({ offset }) => offset === node.attrs["offset"])?.name;
}

/** A layer alone: seconds of so many runs. */
type Timed = (runs: number) => Promise<number>;

/** Fills an array with numbers that are neither equal nor 0. */
function fill(numbers: Float32Array): Float32Array {
  for (let at = 0; at < numbers.length; at++) numbers[at] = ((at * 7919) % 1013) / 1013 - 0.49;
  return numbers;
}

async function open(engine: Engine, node: Node): Promise<Timed> {
  const graph = new Graph();
  const [x, ...weights] = node.inputs;
  let offset = 0;
  const images = input(graph, IMAGES, x.shape);
  // What is added behind a bias is another layer's.
  const operands = weights.slice(0, 2).map(({ shape }) => {
    const value = read(graph, WEIGHTS, shape, offset);
    offset += sizeOf(shape);
    return value;
  });
  const [y] = graph.apply(node.op, [images, ...operands], node.attrs);
  write("y", y);
  const program = await engine.compile(graph, { frozen: [WEIGHTS] });
  const vectors = { [WEIGHTS]: engine.vector(offset), y: engine.vector(sizeOf(y.shape)) };
  const inputs = { [IMAGES]: fill(engine.buffer(sizeOf(x.shape))) };
  await vectors[WEIGHTS].write(fill(new Float32Array(offset)));
  return async (runs) => {
    const start = performance.now();
    for (let at = 0; at < runs; at++) await program.run({ vectors, inputs });
    return (performance.now() - start) / 1000;
  };
}

async function fastest(layers: readonly Timed[]): Promise<number[]> {
  const runs: number[] = [];
  for (const layer of layers) {
    await layer(2);
    runs.push(Math.max(1, Math.round(ROUND_SECONDS / (await layer(1)))));
  }
  const times: number[][] = layers.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, layer] of layers.entries()) {
      times[at].push((await layer(runs[at])) / runs[at]);
    }
  }
  return times.map((seconds) => quantile(seconds, 0));
}

/** How well what is foretold orders layers. */
export function agreement(rows: readonly LayerTime[]): Agreement {
  const times = rows.map(({ fastestMs }) => fastestMs);
  const orderBy = (of: (row: LayerTime) => number) => rankCorrelation(rows.map(of), times);
  return {
    roofline: orderBy(({ rooflineMs }) => rooflineMs),
    expected: orderBy(({ expectedMs }) => expectedMs),
  };
}

/** Measures every layer of a model on a batch of noise, beside a machine's roofline. */
export async function layerTimes(
  model: Model,
  batch: number,
  machine: Machine,
  threads: number,
): Promise<LayerTimes> {
  const net = netOf(model, batch, { training: false });
  const { net: small } = compact(net, initialise(net, 1));
  const nodes = small.graph.nodes.filter((node) => workOf(node) !== undefined);
  const engine = await createEngine({ engine: "native", threads });
  const doing = { wide: loadAddon().describe().wide, cacheBytes: nearCacheBytes() };
  try {
    const opened: Timed[] = [];
    for (const node of nodes) opened.push(await open(engine, node));
    const seconds = await fastest(opened);
    const rows = nodes.map((node, at): LayerTime => {
      const work = workOf(node)!;
      const bytes = BYTES * operands.reduce((sum, operand) => sum + work.numbers[operand], 0);
      const macs = macsOf(work.loops);
      const done = asDone(node, work, doing);
      const { seconds: least, bound } = rooflineOf(machine, macs, bytes);
      const name = paramOf(node.inputs[1], small.layout) ?? `${node.op.name}#${node.id}`;
      return {
        layer: name.split(".").slice(0, -1).join(".") || name,
        macs,
        ...{ rooflineMs: 1e3 * least, bound },
        expectedMs: 1e3 * rooflineOf(machine, done.macs, done.bytes).seconds,
        fastestMs: 1e3 * seconds[at],
      };
    });
    return { model: model.name, batch, rows, agreement: agreement(rows) };
  } finally {
    await engine.close();
  }
}
