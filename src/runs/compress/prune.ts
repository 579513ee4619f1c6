// A run's best weights without what counts least, trained on or not: a run of its own that opens as any other.

import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { getPruner, sharesOf } from "../../compress/index.js";
import { graphMacs, nonZeros } from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import type { CompactNet } from "../../nn/index.js";
import { parseSettings } from "../../settings.js";
import type { MetricValues } from "../../tasks/index.js";
import { DivergedError } from "../../train/index.js";
import { ownSets } from "../ownSets.js";
import { runFiles } from "../runFiles.js";
import { openTrained, type Trained } from "../trained.js";
import { drawn } from "./calibration.js";
import { expectFree } from "./compressedRun.js";
import { type ChangedReport, type CompressTrainingOptions, partsOf } from "./compressing.js";
import { expectFloat, lossOf } from "./expectFloat.js";
import { GATES, withGatesIn } from "./gates.js";
import { type Measuring, measured } from "./measured.js";
import { type Going, pruneRound, type Round, type Rounds } from "./pruneRound.js";
import { expectLess, prunedByLoss } from "./pruning.js";
import { callingIt } from "./roundEvents.js";
import { wholeOf } from "./wholeOf.js";

const schema = z.strictObject({
  by: z.string(),
  share: z.number().gt(0).lt(1).optional(),
  macs: z.number().gt(0).lt(1).optional(),
  images: z.int().min(16).optional(),
  epochs: z.int().min(0).default(0),
  lr: z.number().positive().optional(),
  rounds: z.int().min(1).default(1),
  rewind: z.string().optional(),
});

type Pruning = z.output<typeof schema>;

/** Gates are shut in training: there is nothing to say of how many. */
function checkedGates(found: Pruning): Pruning {
  const { share, macs, rewind, images, rounds } = found;
  const idle = Object.entries({
    share,
    macs,
    rewind,
    images,
    rounds: rounds > 1 || undefined,
  }).find(([, value]) => value !== undefined);
  if (!idle) return found;
  throw new InputError(
    `compress: ${idle[0]} has no effect on ${GATES}, which takes what training has shut (convoy train --prune ${GATES}=1); leave it out`,
  );
}

/** Settings in force; refuses those that do nothing, and a share of nothing or of two things. */
function checked(settings: unknown) {
  const found = parseSettings(schema, settings, "compress");
  if (found.by === GATES) return checkedGates(found);
  if ((found.share === undefined) === (found.macs === undefined)) {
    throw new InputError(
      "compress: pruning needs one goal; give share (of what goes) or macs (of the multiply-adds that are left)",
    );
  }
  if (found.images !== undefined && found.macs === undefined) {
    throw new InputError("compress: images has no effect without macs; leave it out");
  }
  if (found.rounds > 1 && found.macs !== undefined) {
    throw new InputError("compress: rounds has no effect on macs; leave it out");
  }
  const idle =
    (["lr", "rewind"] as const).find((name) => found[name] !== undefined) ??
    (found.rounds > 1 ? "rounds" : undefined);
  if (found.epochs > 0 || idle === undefined) return found;
  throw new InputError(`compress: ${idle} has no effect without epochs of training; leave it out`);
}

/** Settings of {@link compressPruned}; beside these, what an engine may be told. */
export interface PruneOptions extends CompressTrainingOptions {
  /**
   * What goes: channels of small weights (`filters`, Li et al. 2017), channels that normalisation scales down (`slimming`,
   * Liu et al. 2017), what little of layers lies along other directions (`low-rank`, Jaderberg et al. 2014), single weights
   * near 0 (`magnitude`, Han et al. 2015), or channels whose gates training has shut (`l0`, Louizos et al. 2018).
   */
  readonly by: string;
  /**
   * How much of it, above 0 and below 1: of every group of channels, for `slimming` of all in the net, for `low-rank` of the
   * squares of every layer's weights, for `magnitude` of every layer's weights; none for `l0`.
   */
  readonly share?: number;
  /**
   * In place of that: how much of the multiply-adds may be left, above 0 and below 1. Of each group of channels as many go as
   * the loss bears (He et al. 2018, AMC, arXiv 1802.03494, by greedy trying).
   */
  readonly macs?: number;
  /** Training images that this loss is of; default 256, or all where there are fewer. */
  readonly images?: number;
  /** Epochs of training behind each round; default 0. */
  readonly epochs?: number;
  /**
   * Rounds of pruning and training, in which the share rises to the one that is wanted, fast at first (Zhu and Gupta 2017);
   * default 1.
   */
  readonly rounds?: number;
  /** Learning rate of that training; default the run's, or a tenth of it for `low-rank`. */
  readonly lr?: number;
  /**
   * Run or weights file of the net as it was early in its training: what is left goes back to that before each training (Frankle
   * and Carbin 2019, arXiv 1803.03635; Frankle et al. 2020, arXiv 1912.05671), for single weights alone. Default: it goes on from what
   * it has learned.
   */
  readonly rewind?: string;
}

/** A net before and after. */
export interface NetSize {
  readonly parameters: number;
  readonly nonZeros: number;
  /** Multiply-adds of one image. */
  readonly macs: number;
  /** Of the file of weights. */
  readonly bytes: number;
}

/** What {@link compressPruned} made. */
export interface PruneReport extends ChangedReport {
  /** After the last pruning, before the training behind it. */
  readonly pruned: MetricValues;
  readonly size: { readonly before: NetSize; readonly after: NetSize };
}

const sizeOfNet = ({ net, w }: CompactNet, bytes: number): NetSize => ({
  parameters: net.layout.trainable,
  nonZeros: nonZeros(w.subarray(0, net.layout.trainable)),
  macs: graphMacs(net.graph),
  bytes,
});

/** Training images by whose loss channels are chosen, unless somebody says how many. */
const IMAGES = 256;

/** What goes of the net in each round. */
async function goings(
  run: string,
  net: Trained,
  { by, share, macs, rounds, images = IMAGES }: Pruning,
  { sets }: Measuring,
): Promise<Going[]> {
  if (by === GATES) return [withGatesIn(run)];
  const pruner = getPruner(by);
  if (rounds > 1 && pruner.shareOf === "once") {
    throw new InputError(`rounds has no effect on ${by}; leave it out`);
  }
  const { seed } = net.config.settings;
  if (macs === undefined) {
    return sharesOf(pruner, share!, rounds).map(
      (part) => (whole) => pruner.prune(whole, part, seed),
    );
  }
  const { train } = await ownSets(net, sets);
  const some = net.fitting(drawn(train, images, seed));
  return [(whole, own) => prunedByLoss(own, whole, { by, macs }, some)];
}

/**
 * Removes what counts least of a run's net, and trains what is left on: a run folder with fewer numbers, which is evaluated,
 * predicts, is compressed and is trained on as any other. What it lost is told on the images that chose the best epoch, never
 * on test images. `undefined` when `signal` has ended the training: that of the last round is saved in `out`, and can be
 * resumed.
 *
 * @throws InputError for a run in whole numbers or of an ensemble, data that are gone or others, a way or share that is
 * none, and a folder that holds something.
 * @example
 * const options = { by: "filters", share: 0.5, epochs: 1, out: "runs/a-slim" };
 * const report = await compressPruned("runs/a", options);
 * report!.size.after.parameters < 0.5 * report!.size.before.parameters; // true
 */
export async function compressPruned(
  run: string,
  options: PruneOptions,
): Promise<PruneReport | undefined> {
  const { out, measuring, watch, own: settings } = partsOf(run, options);
  const asked = checked(settings);
  const { by, share, epochs, rounds, rewind, lr: given } = asked;
  const part = by === GATES ? undefined : getPruner(by).rate;
  expectFree(out);
  const net = await openTrained(run, measuring.engine);
  const { lr: own } = net.config.settings;
  const lr = given ?? (typeof own === "number" && part ? part * own : undefined);
  const all: Rounds = {
    ...{ ...measuring, epochs, lr, rewind, watch },
  };
  const between = mkdtempSync(join(tmpdir(), "convoy-prune-"));
  try {
    expectFloat(net, run);
    if (rewind === undefined && share !== undefined) expectLess(await wholeOf(net), by, share);
    const parts = await goings(run, net, asked, all);
    const before = await measured(run, all);
    let [from, last]: [string, Round | undefined] = [run, undefined];
    for (const [at, part] of parts.entries()) {
      const to = at === parts.length - 1 ? out : join(between, `${at}-run`);
      const start = epochs === 0 ? to : join(between, `${at}-start`);
      const called = `${out}, round ${at + 1} of ${rounds}`;
      const heard = to === out ? watch.listeners : callingIt(called, watch.listeners);
      const round = { ...all, watch: { ...watch, listeners: heard } };
      last = await pruneRound({ from, start, to }, part, round).catch((error: unknown) => {
        if (to === out || !(error instanceof DivergedError)) throw error;
        throw error.leaving(`That was ${called}: nothing is kept of rounds before the last one`);
      });
      if (watch.signal?.aborted) return undefined;
      from = to;
    }
    const { small, metrics: pruned } = last!;
    const after = epochs === 0 ? pruned : await measured(out, all);
    return {
      ...{ run, out, score: net.score, before, pruned, after },
      images: (await ownSets(net, all.sets)).selection.length,
      lost: lossOf(net, before, after),
      size: {
        before: sizeOfNet(await wholeOf(net), statSync(join(run, runFiles.best)).size),
        after: sizeOfNet(small, statSync(join(out, runFiles.best)).size),
      },
    };
  } finally {
    rmSync(between, { recursive: true });
    await net.close();
  }
}
