// Batch-norm statistics of a point that nobody trained at: after a move they are estimated anew, as
// means over batches of training images.

import { Loader } from "../data/index.js";
import type { Engine, Program, Vector } from "../engine/engine.js";
import { IMAGES, WEIGHTS } from "../nn/index.js";
import { statisticsGraph } from "../tasks/index.js";
import type { Prepared } from "./prepare.js";

/** Images that an estimate is made of, if there are as many. */
const ESTIMATE_IMAGES = 2048;

/** Renews the statistics of nets of one model; does nothing for nets without any. */
export class Statistics {
  private constructor(
    private readonly loader: Loader,
    private readonly program?: Program,
  ) {}

  static async open(engine: Engine, prepared: Prepared, batch: number): Promise<Statistics> {
    const { question, net, splits, config } = prepared;
    const { model } = question;
    const loader = new Loader(engine, splits.train, {
      batch,
      seed: config.seed,
      shuffle: true,
      intake: net,
    });
    const graph = statisticsGraph(model, batch);
    return new Statistics(loader, graph && (await engine.compile(graph)));
  }

  /** Estimates the statistics behind the trainable part of `w` anew. */
  async renew(w: Vector): Promise<void> {
    if (!this.program) return;
    const { batchSize, stepsPerEpoch } = this.loader;
    const batches = Math.min(Math.ceil(ESTIMATE_IMAGES / batchSize), stepsPerEpoch);
    for (let step = 0; step < batches; step++) {
      const { images } = await this.loader.batch(0, step);
      await this.program.run({
        vectors: { [WEIGHTS]: w },
        inputs: { [IMAGES]: images },
        scalars: { momentum: 1 / (step + 1) },
        key: { seed: 0, purpose: "dropout", step },
      });
    }
  }
}
