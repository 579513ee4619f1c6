// A model as a table: what each layer makes, holds and costs.

import { graphFlops, nodeFlops } from "../graph/cost.js";
import { build, ownNodes, paramsRead } from "../nn/index.js";
import type { Shape } from "../tensor/shape.js";
import type { Model } from "./model.js";

/** One layer of a model. */
export interface SummaryRow {
  /** Where it stands in the net, as `stage1.0.conv1`. */
  readonly layer: string;
  /** Shape of what it makes for one image, without the batch. */
  readonly output: Shape;
  /** Trainable parameters of its own. */
  readonly params: number;
  /** Floating-point operations of inference on one image, a multiply-add counting two. */
  readonly flops: number;
}

/** A model's layers and their totals. */
export interface Summary {
  readonly model: string;
  readonly source: string;
  /** [channels, height, width]. */
  readonly input: Shape;
  readonly rows: readonly SummaryRow[];
  /** Trainable parameters. */
  readonly params: number;
  /** Numbers that are kept with the net but not trained: batch-norm statistics. */
  readonly statistics: number;
  /** Floating-point operations of inference on one image. */
  readonly flops: number;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/**
 * Summarises a model for one image. Layers that neither compute nor hold anything are left out.
 *
 * @example
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
 * const { params, rows } = summarise(model);
 * params; // 61706
 * rows[0]; // { layer: "conv1", output: [6, 28, 28], params: 156, flops: 235200 }
 */
export function summarise(model: Model): Summary {
  const net = build(model.layer, [1, ...model.input], { training: false });
  const rows = [...ownNodes(net)].map(([{ path, output }, nodes]) => ({
    layer: path,
    output: output.shape.slice(1),
    params: sum(paramsRead(nodes, net.layout).map(([start, end]) => end - start)),
    flops: sum(nodes.map(nodeFlops)),
  }));
  return {
    model: model.name,
    source: model.source,
    input: model.input,
    rows: rows.filter((row) => row.params > 0 || row.flops > 0),
    params: net.layout.trainable,
    statistics: net.layout.length - net.layout.trainable,
    flops: graphFlops(net.graph),
  };
}
