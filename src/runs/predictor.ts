// What a net says of images.

import { type Dataset, fitMap, identity, readerOf, sizeAt, withChannels } from "../data/index.js";
import type { Engine, Vector } from "../engine/index.js";
import type { Model } from "../models/index.js";
import {
  type DecodeOptions,
  type Prediction,
  sizeOfInput,
  type Task,
  viewedGraph,
} from "../tasks/index.js";
import { Forward, type UseOutput } from "../train/forward.js";
import type { NetInfo } from "../train/weights.js";

/** Decodes what a net gives. */
export class Predictor {
  private readonly forward: Forward;

  constructor(
    engine: Engine,
    model: Model,
    private readonly task: Task,
    private readonly info: NetInfo,
    largest: number,
  ) {
    const { constants, views = [identity] } = info;
    const graphOf = (batch: number) =>
      viewedGraph({ model, task, constants }, batch, views.length).graph;
    this.forward = new Forward(engine, graphOf, info, largest);
  }

  /** A prediction with its places in pixels of an image. */
  private placed(prediction: Prediction, { images }: Dataset, at: number): Prediction {
    // What is read in pieces is told in the image's own pixels.
    if (this.info.segmenter) return prediction;
    const map = fitMap(this.info.fit, sizeAt(images, at), sizeOfInput(this.info));
    return this.task.placed?.(prediction, map) ?? prediction;
  }

  /** Compiles the program for so many images. */
  prepare(images: number): Promise<void> {
    return this.forward.prepare(images);
  }

  /** What the net with parameters `w` gives of each image, in order. */
  async outputs(w: Vector, dataset: Dataset, use: UseOutput): Promise<void> {
    await this.forward.run(w, dataset, use);
  }

  /** What the net with parameters `w` says of each image, places being in its pixels. */
  async predict(w: Vector, dataset: Dataset, options?: DecodeOptions): Promise<Prediction[]> {
    const found: Prediction[] = [];
    const size = sizeOfInput(this.info);
    const channels = this.info.input[0];
    const { images } = withChannels(dataset, channels);
    const reader = readerOf(images, channels);
    const imageAt = (at: number) => ({ ...sizeAt(images, at), channels, data: reader.read(at) });
    await this.outputs(w, dataset, (output, shape, first) => {
      const info = { ...this.info, shape, size, imageAt: (at: number) => imageAt(first + at) };
      const said = this.task.decode(output, info, options);
      found.push(...said.map((one, at) => this.placed(one, dataset, first + at)));
    });
    reader.close();
    return found;
  }
}
