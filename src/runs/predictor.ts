// What a net says of images: programs for batches of a few sizes, each compiled once.

import { type Dataset, fitMap, Loader, sizeAt } from "../data/index.js";
import type { Engine, Program, Vector } from "../engine/index.js";
import { WEIGHTS } from "../graph/index.js";
import type { Model } from "../models/index.js";
import { IMAGES } from "../nn/index.js";
import {
  type DecodeOptions,
  type Prediction,
  predictionGraph,
  sizeOfInput,
  type Task,
} from "../tasks/index.js";
import type { Shape } from "../tensor/shape.js";
import { sizeOf } from "../tensor/shape.js";
import { pipeline } from "../train/pipeline.js";
import type { NetInfo } from "../train/weights.js";

interface Compiled {
  readonly program: Program;
  /** Of one image's output. */
  readonly shape: Shape;
}

/** Compiles on demand, for batches of powers of two up to the largest. */
export class Predictor {
  private readonly programs = new Map<number, Promise<Compiled>>();

  constructor(
    private readonly engine: Engine,
    private readonly model: Model,
    private readonly task: Task,
    private readonly info: NetInfo,
    private readonly largest: number,
  ) {}

  private programOf(batch: number): Promise<Compiled> {
    let compiled = this.programs.get(batch);
    if (!compiled) this.programs.set(batch, (compiled = this.compile(batch)));
    return compiled;
  }

  private async compile(batch: number): Promise<Compiled> {
    const { graph } = predictionGraph(this.model, batch);
    const shape = graph.outputs.get("output")!.shape.slice(1);
    return { shape, program: await this.engine.compile(graph, { frozen: [WEIGHTS] }) };
  }

  /** A prediction with its places in pixels of an image. */
  private placed(prediction: Prediction, { images }: Dataset, at: number): Prediction {
    const map = fitMap(this.info.fit, sizeAt(images, at), sizeOfInput(this.info));
    return this.task.placed?.(prediction, map) ?? prediction;
  }

  /** What the net with parameters `w` says of each image, places being in its pixels. */
  async predict(w: Vector, dataset: Dataset, options?: DecodeOptions): Promise<Prediction[]> {
    if (dataset.length === 0) return [];
    const { engine, task, info, largest } = this;
    const batch = Math.min(largest, 2 ** Math.ceil(Math.log2(dataset.length)));
    const { program, shape } = await this.programOf(batch);
    const loader = new Loader(engine, dataset, { batch, seed: 0, shuffle: false, intake: info });
    const found: Prediction[] = [];
    await pipeline(
      loader,
      { epoch: 0, from: 0, to: loader.stepsPerEpoch },
      {
        start: ({ images }) =>
          program.run({ vectors: { [WEIGHTS]: w }, inputs: { [IMAGES]: images } }),
        finish: ({ output }, { size }) => {
          const own = output.subarray(0, size * sizeOf(shape)) as Float32Array;
          const said = task.decode(own, { ...info, shape }, options);
          found.push(...said.map((one, at) => this.placed(one, dataset, found.length + at)));
        },
      },
    );
    return found;
  }
}
