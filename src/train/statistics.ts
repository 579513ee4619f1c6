// Batch-norm statistics of a point whose running ones cannot be relied on: of one that nobody trained at, as after a
// move, and of one that few steps led to. They are estimated anew, as means over batches of training images.

import { Loader } from "../data/index.js";
import type { Engine, Program, Vector } from "../engine/engine.js";
import { WEIGHTS } from "../graph/index.js";
import { IMAGES } from "../nn/index.js";
import { statisticsGraph } from "../tasks/index.js";
import type { Prepared } from "./prepare.js";

/** Images that an estimate is made of, if there are as many. */
const ESTIMATE_IMAGES = 2048;

/** Steps behind which running statistics, of which a step replaces a tenth, know no more of what was before. */
export const RELIABLE_STEPS = 50;

/** What an estimate needs. */
interface Estimator {
  readonly loader: Loader;
  readonly program: Program;
}

/** Renews the statistics of nets of one model; does nothing for nets without any. */
export class Statistics {
  private opened?: Promise<Estimator | undefined>;

  constructor(
    private readonly engine: Engine,
    private readonly prepared: Prepared,
    private readonly batch: number,
  ) {}

  /** Estimates the statistics behind the trainable part of `w` anew. */
  async renew(w: Vector): Promise<void> {
    // Made when it is first needed: most runs never do.
    this.opened ??= this.open();
    const estimator = await this.opened;
    if (!estimator) return;
    const { loader, program } = estimator;
    const { batchSize, stepsPerEpoch } = loader;
    const batches = Math.min(Math.ceil(ESTIMATE_IMAGES / batchSize), stepsPerEpoch);
    for (let step = 0; step < batches; step++) {
      const { images } = await loader.batch(0, step);
      await program.run({
        vectors: { [WEIGHTS]: w },
        inputs: { [IMAGES]: images },
        scalars: { momentum: 1 / (step + 1) },
        key: { seed: 0, purpose: "dropout", step },
      });
    }
  }

  private async open(): Promise<Estimator | undefined> {
    const { engine, batch } = this;
    const { question, net, splits, config } = this.prepared;
    const graph = statisticsGraph(question.model, batch);
    if (!graph) return undefined;
    const options = { batch, seed: config.seed, shuffle: true, intake: net };
    return {
      loader: new Loader(engine, splits.train, options),
      program: await engine.compile(graph),
    };
  }
}
