// A run's net whose layers can be given any bits, by one program for all of them.

import {
  type BitPlan,
  type BitsOf,
  givenShares,
  mixedBits,
  mixName,
} from "../../../compress/index.js";
import type { Dataset, Loader } from "../../../data/index.js";
import type { Vector } from "../../../engine/index.js";
import type { ParamLayout } from "../../../graph/index.js";
import { Evaluator } from "../../../train/index.js";
import type { Trained } from "../../trained.js";
import { firstImages, startedOn } from "../startedNet.js";

/** Most images of a run of the program. */
const LARGEST = 64;

/** The shares of one choice alone for each group, where they lie in a net's vector. */
export function shareWriter(plan: BitPlan, { params }: ParamLayout) {
  const offsets = plan.groups.map(
    (group) => params.find(({ name }) => name === mixName(group))!.offset,
  );
  /** @param of the choice of a group, by number */
  return async (w: Vector, choices: number, of: (group: number) => number): Promise<void> => {
    for (const [at, offset] of offsets.entries()) {
      const shares = new Float32Array(choices);
      shares[of(at)] = 1;
      await w.write(shares, offset);
    }
  };
}

/** A net in few bits before any training, and the images that it is asked about: for choosers that try bits. */
export class BitNet {
  private constructor(
    private readonly plan: BitPlan,
    private readonly evaluator: Evaluator,
    private readonly loader: Loader,
    private readonly w: Vector,
    private readonly write: ReturnType<typeof shareWriter>,
  ) {}

  /**
   * @param images by which quantisers start
   * @param evaluated with labels as the run's; default the same images
   */
  static async open(
    net: Trained,
    plan: BitPlan,
    images: Dataset,
    evaluated: Dataset = images,
  ): Promise<BitNet> {
    const { engine, model, info } = net;
    const quantising = mixedBits(plan, givenShares(plan.choices.length));
    const started = await startedOn(net, quantising, await firstImages(net, images));
    const question = net.question(evaluated.labels);
    const changed = { ...question, model: { ...model, passes: quantising.passes } };
    const evaluator = await Evaluator.create(
      engine,
      changed,
      Math.min(LARGEST, evaluated.length),
      info,
    );
    const w = engine.vector(started.w.length);
    await w.write(started.w);
    const write = shareWriter(plan, started.net.layout);
    return new BitNet(plan, evaluator, evaluator.loader(evaluated), w, write);
  }

  /** The mean loss in these bits, and the metrics. */
  async evaluate(bits: BitsOf) {
    const { choices, groups } = this.plan;
    await this.write(this.w, choices.length, (at) => choices.indexOf(bits.get(groups[at].name)!));
    return this.evaluator.evaluate(this.w, this.loader);
  }
}
