// Features of images: what a net's body makes of them, as rows of numbers.

import type { Dataset } from "../data/index.js";
import type { Engine, Vector } from "../engine/index.js";
import type { ParamLayout } from "../graph/index.js";
import { InputError } from "../inputError.js";
import { type Head, type Model, withHead } from "../models/index.js";
import { globalAvgPool, netOf } from "../nn/index.js";
import { predictionGraph } from "../tasks/index.js";
import { sizeOf } from "../tensor/shape.js";
import { Forward } from "../train/forward.js";
import type { NetInfo } from "../train/weights.js";

/** Rows of features. */
export interface Features {
  /** [images, width], f32. */
  readonly of: Float32Array;
  /** Numbers of each image: the channels of the body's result. */
  readonly width: number;
}

/** Features [n, c, h, w] as their means over the pixels [n, c]; rows stay as they are. */
const pooled: Head = (features, scope) =>
  features.shape.length === 4 ? scope.apply("pool", globalAvgPool(), features) : features;

/** The parameters of a layout, by name, out of a vector of another one that has them all. */
function extract(to: ParamLayout, from: ParamLayout, values: Float32Array): Float32Array {
  const offsets = new Map(from.params.map(({ name, offset }) => [name, offset]));
  const taken = new Float32Array(to.length);
  for (const { name, offset, shape } of to.params) {
    const start = offsets.get(name)!;
    taken.set(values.subarray(start, start + sizeOf(shape)), offset);
  }
  return taken;
}

/** Makes features of images. */
export class FeatureMaker {
  private constructor(
    private readonly forward: Forward,
    private readonly w: Vector,
  ) {}

  /**
   * @param w parameters of the whole model
   * @param largest images of the largest batch
   * @throws InputError for a model without a body, and for an ensemble.
   */
  static async create(
    engine: Engine,
    model: Model,
    info: NetInfo,
    w: Vector,
    largest: number,
  ): Promise<FeatureMaker> {
    if (info.members !== undefined) {
      throw new InputError(
        `an ensemble of ${info.members} nets has no features; expected one net: train with --deploy best, or have the ` +
          "ensemble teach one net (--teacher)",
      );
    }
    const bare = withHead(model, pooled, 1);
    const layoutOf = (of: Model) => netOf(of, 1, { training: false }).layout;
    const layout = layoutOf(bare);
    const own = engine.vector(layout.length);
    await own.write(extract(layout, layoutOf(model), await w.read()));
    const graphOf = (batch: number) => predictionGraph(bare, batch).graph;
    return new FeatureMaker(new Forward(engine, graphOf, info, largest), own);
  }

  /** The features of each image, in order. */
  async make(dataset: Dataset): Promise<Features> {
    let [of, width] = [new Float32Array(0), 0];
    await this.forward.run(this.w, dataset, (output, [size], first) => {
      if (width === 0) [of, width] = [new Float32Array(dataset.length * size), size];
      of.set(output, first * size);
    });
    return { of, width };
  }
}
