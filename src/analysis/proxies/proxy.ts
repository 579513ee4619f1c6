// Scores of nets that have not been trained, from one batch of images: a higher one promises a more accurate net. Each
// is a graph of its own over the net, compiled once.

import type { Engine } from "../../engine/index.js";
import {
  constant,
  gradients,
  input,
  mul,
  reduceSum,
  type Value,
  WEIGHTS,
} from "../../graph/index.js";
import type { Model } from "../../models/index.js";
import { type BuiltNet, build, IMAGES, initialise, softmaxCrossEntropy } from "../../nn/index.js";

/** A net that has not been trained, and a batch to look at it by. */
export interface Untrained {
  readonly model: Model;
  readonly engine: Engine;
  /** Its initial weights are those of this seed. */
  readonly seed: number;
  /** Normalised, [n, channels, height, width]. */
  readonly images: Float32Array;
  /** The class of each image. */
  readonly labels: ArrayLike<number>;
}

/** A way to score nets as data: a new one is a file with such a record and one line in the index. */
export interface ZeroCostProxy {
  readonly name: string;
  readonly description: string;
  readonly source: string;
  /** NaN or infinite where a net has no score; such nets come last. */
  score(net: Untrained): Promise<number>;
}

/** What a proxy's graph is made of. */
export interface Probe {
  /** As its layers have built it, with nothing joined. */
  readonly net: BuiltNet;
  /** Weights of convolutions and matrix products, no biases, scales and shifts. */
  readonly weights: readonly Value[];
  /** Mean cross-entropy of the batch. */
  loss(): Value;
}

/** How a net is probed. */
export interface ProbeOptions {
  /** Whether normalisation is by the batch's own statistics; default true. */
  readonly training?: boolean;
  /** Default all that there are. */
  readonly batch?: number;
  /** In place of the batch's. */
  readonly images?: Float32Array;
  /** What becomes of its initial weights before it is probed. */
  readonly changed?: (w: Float32Array) => Float32Array;
}

const sizeOfImage = ({ input: [channels, height, width] }: Model) => channels * height * width;

/** Images of a batch. */
export const batchOf = ({ model, images }: Untrained): number => images.length / sizeOfImage(model);

/** One row for each image, 1 at its class. */
function targetsOf(labels: ArrayLike<number>, batch: number, classes: number): Float32Array {
  const rows = new Float32Array(batch * classes);
  for (let at = 0; at < batch; at++) rows[at * classes + labels[at]] = 1;
  return rows;
}

function probeOf(net: BuiltNet): Probe {
  const { layout, params, output, graph } = net;
  const weights = layout.params.filter(({ kind }) => kind === "weight");
  return {
    net,
    weights: weights.map(({ name }) => params.get(name)!),
    loss() {
      const losses = softmaxCrossEntropy(output, input(graph, "targets", output.shape));
      return mul(reduceSum(losses), constant(graph, 1 / output.shape[0]));
    },
  };
}

/**
 * Values of a net that has not been trained.
 *
 * @param values graph values by name
 * @returns them by name
 */
export async function probe(
  untrained: Untrained,
  values: (probe: Probe) => Readonly<Record<string, Value>>,
  { training = true, batch = batchOf(untrained), images, changed = (w) => w }: ProbeOptions = {},
): Promise<Readonly<Record<string, ArrayLike<number>>>> {
  const { model, engine, seed, labels } = untrained;
  const net = build(model.layer, [batch, ...model.input], { training });
  const { graph } = net;
  for (const [name, value] of Object.entries(values(probeOf(net)))) graph.output(name, value);
  const program = await engine.compile(graph);
  const w = engine.vector(net.layout.length);
  await w.write(changed(initialise(net, seed)));
  const asksLabels = graph.nodes.some(({ attrs }) => attrs["name"] === "targets");
  const targets = targetsOf(labels, batch, model.outputs);
  const x = images ?? untrained.images.subarray(0, batch * sizeOfImage(model));
  const inputs = { [IMAGES]: x, ...(asksLabels && { targets }) };
  return program.run({ vectors: { [WEIGHTS]: w }, inputs });
}

/** Sum over weights of what is said of each and of the loss's gradient by it. */
export async function sumOverWeights(
  untrained: Untrained,
  of: (weight: Value, gradient: Value) => Value,
  loss: (probe: Probe) => Value = (probed) => probed.loss(),
  options: ProbeOptions = {},
): Promise<number> {
  const found = await probe(
    untrained,
    (probed) => {
      const slopes = gradients(loss(probed), probed.weights);
      return Object.fromEntries(
        probed.weights.map((weight, at) => [`${at}`, of(weight, slopes[at])]),
      );
    },
    options,
  );
  return Object.values(found).reduce((sum, values) => sum + values[0], 0);
}
