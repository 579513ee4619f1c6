// A net's forward pass over images: programs for batches of a few sizes, each compiled once.

import { checkStored, type Dataset, type Intake, Loader } from "../data/index.js";
import type { Engine, Program, Vector } from "../engine/index.js";
import { type Graph, WEIGHTS } from "../graph/index.js";
import { IMAGES } from "../nn/index.js";
import { type Shape, sizeOf } from "../tensor/shape.js";
import { pipeline } from "./pipeline.js";

interface Compiled {
  readonly program: Program;
  /** Of one image's output. */
  readonly shape: Shape;
}

/** Is given the outputs of some images [images, ...], of which each has a shape, from the number of the first on. */
export type UseOutput = (output: Float32Array, shape: Shape, first: number) => void;

/** Arrays of an engine that are used again: to make one for each of many small batches takes longer than to fill it. */
class SpareArrays {
  private readonly spare = new Map<number, Float32Array[]>();

  constructor(private readonly engine: Engine) {}

  /** Lends arrays by length until they are given back. */
  borrow(): [buffer: (length: number) => Float32Array, giveBack: () => void] {
    const lent: Float32Array[] = [];
    const buffer = (length: number) => {
      const array = this.spare.get(length)?.pop() ?? this.engine.buffer(length);
      lent.push(array);
      return array;
    };
    const giveBack = () => {
      for (const array of lent.splice(0)) {
        const list = this.spare.get(array.length);
        if (list) list.push(array);
        else this.spare.set(array.length, [array]);
      }
    };
    return [buffer, giveBack];
  }
}

/** Compiles on demand, for batches of powers of two up to the largest. */
export class Forward {
  private readonly programs = new Map<number, Promise<Compiled>>();
  private readonly arrays: SpareArrays;

  /**
   * @param graphOf the graph for a batch: input `x`, output `output` [batch, ...]
   * @param largest images of the largest batch
   */
  constructor(
    private readonly engine: Engine,
    private readonly graphOf: (batch: number) => Graph,
    private readonly intake: Intake,
    private readonly largest: number,
  ) {
    this.arrays = new SpareArrays(engine);
  }

  private programOf(batch: number): Promise<Compiled> {
    let compiled = this.programs.get(batch);
    if (!compiled) this.programs.set(batch, (compiled = this.compile(batch)));
    return compiled;
  }

  private async compile(batch: number): Promise<Compiled> {
    const graph = this.graphOf(batch);
    const shape = graph.outputs.get("output")!.shape.slice(1);
    return { shape, program: await this.engine.compile(graph, { frozen: [WEIGHTS] }) };
  }

  /** Images of the batches in which so many images are run. */
  private batchFor(images: number): number {
    return Math.min(this.largest, 2 ** Math.ceil(Math.log2(images)));
  }

  /** Compiles the program for so many images, where it is not there yet. */
  async prepare(images: number): Promise<void> {
    await this.programOf(this.batchFor(images));
  }

  /**
   * Runs all images through the net with parameters `w`, in order.
   *
   * @param proceed asked before each batch whether to go on; default always
   * @returns whether all went through
   * @throws InputError for images that do not belong together.
   */
  async run(
    w: Vector,
    dataset: Dataset,
    use: UseOutput,
    proceed?: () => boolean,
  ): Promise<boolean> {
    if (dataset.length === 0) return true;
    checkStored(dataset);
    const { engine, intake } = this;
    const batch = this.batchFor(dataset.length);
    const { program, shape } = await this.programOf(batch);
    // What comes in one batch needs no room for the next.
    const slots = dataset.length <= batch ? 1 : undefined;
    const [buffer, giveBack] = this.arrays.borrow();
    const own = { batch, seed: 0, shuffle: false, intake, slots, buffer };
    const loader = new Loader(engine, dataset, own);
    let first = 0;
    const work = pipeline(
      loader,
      { epoch: 0, from: 0, to: loader.stepsPerEpoch },
      {
        start: ({ images }) =>
          program.run({ vectors: { [WEIGHTS]: w }, inputs: { [IMAGES]: images } }),
        finish: ({ output }, { size }) => {
          use(output.subarray(0, size * sizeOf(shape)) as Float32Array, shape, first);
          first += size;
        },
        proceed,
      },
    );
    return (await work.finally(giveBack)) === loader.stepsPerEpoch;
  }
}
