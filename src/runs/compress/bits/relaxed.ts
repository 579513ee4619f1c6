// A run's net trained with bits that are learned beside its weights, which a penalty keeps to the budget.

import { join } from "node:path";
import {
  type BitPlan,
  budgetPenalty,
  meanBits,
  mixedBits,
  mixName,
  type RelaxedMix,
  shareOfBudget,
} from "../../../compress/index.js";
import { createEngine } from "../../../engine/index.js";
import { constant, mul } from "../../../graph/index.js";
import { InputError } from "../../../inputError.js";
import type { CompactNet } from "../../../nn/index.js";
import { hostTensor } from "../../../tensor/index.js";
import { sizeOf } from "../../../tensor/shape.js";
import {
  DivergedError,
  openLearner,
  type Prepared,
  type TrainSettings,
} from "../../../train/index.js";
import { prepare } from "../../../train/prepare.js";
import { readWeights } from "../../../train/weights.js";
import { runFiles } from "../../runFiles.js";
import { settingsAgain } from "../finetune.js";
import { firstImages, startedOn } from "../startedNet.js";
import type { BitQuestion } from "./chooser.js";

/** Epochs of the training that bits are learned in, and what a cost of twice the budget counts beside the loss. */
const [EPOCHS, PENALTY] = [3, 1];

/** What was learned of each group of layers. */
export interface LearnedBits {
  /** Shares of the choices. */
  readonly shares: readonly (readonly number[])[];
  /** What these come to. */
  readonly bits: readonly number[];
  /** What they cost, as a share of the budget. */
  readonly cost: number;
}

/** All parameters of a net by name. */
const tensorsOf = ({ net, w }: CompactNet) =>
  new Map(
    net.layout.params.map(({ name, shape, offset }) => {
      const numbers = w.slice(offset, offset + sizeOf(shape));
      return [name, hostTensor("f32", shape, numbers)] as const;
    }),
  );

/** The training of a run again, of its net with bits that are learned. */
async function relaxedTraining(
  { run, net, plan, images, data }: BitQuestion,
  mix: RelaxedMix,
): Promise<Prepared> {
  const quantising = mixedBits(plan, mix);
  const started = await startedOn(net, quantising, await firstImages(net, images));
  const { threads, name: engine } = net.engine;
  const given = { epochs: EPOCHS, threads, engine, data } as TrainSettings;
  const settings = settingsAgain(net.config, given);
  const weights = await readWeights(join(run, runFiles.best));
  const prepared = await prepare(settings, { weights });
  const { question } = prepared;
  return {
    ...prepared,
    question: { ...question, model: { ...question.model, passes: quantising.passes } },
    start: tensorsOf(started),
    penalise: (own) => {
      const far = budgetPenalty(own, plan, mix);
      return mul(far, constant(own.graph, PENALTY));
    },
  };
}

const learnedBits = (plan: BitPlan, mix: RelaxedMix, numbers: readonly Float32Array[]) => {
  const shares = numbers.map((own) => mix.sharesOf(own));
  const bits = shares.map((own) => meanBits(own, plan.choices));
  return { shares, bits, cost: shareOfBudget(plan, bits) };
};

/**
 * Trains bits and weights together, and tells the bits; the weights are left behind. `undefined` when the question's signal
 * has ended it.
 *
 * @throws InputError for a task whose loss no graph works out.
 */
export async function learnBits(
  question: BitQuestion,
  mix: RelaxedMix,
): Promise<LearnedBits | undefined> {
  const { net, plan, signal } = question;
  if (!net.task.loss) {
    throw new InputError(
      `task ${net.task.name}: its loss is no graph, along which bits could be learned`,
    );
  }
  const prepared = await relaxedTraining(question, mix);
  const engine = await createEngine(prepared.config);
  try {
    const learner = await openLearner(engine, prepared);
    const { layout, stepsPerEpoch } = learner;
    for (let epoch = 0; epoch < EPOCHS; epoch++) {
      const range = { epoch, from: 0, to: stepsPerEpoch };
      await learner
        .learn(
          range,
          () => {},
          () => !signal?.aborted,
        )
        .catch((error: unknown) => {
          if (!(error instanceof DivergedError)) throw error;
          throw error.leaving("Bits were being learned: nothing is kept");
        });
      if (signal?.aborted) return undefined;
    }
    const w = await learner.w.read();
    const numbers = plan.groups.map((group) => {
      const param = layout.params.find(({ name }) => name === mixName(group))!;
      return w.slice(param.offset, param.offset + sizeOf(param.shape));
    });
    return learnedBits(plan, mix, numbers);
  } finally {
    await engine.close();
  }
}
