// What is left of a run's net when the gates that training has given it are taken in (Louizos, Welling and Kingma 2018, arXiv
// 1712.01312).

import { withoutDead, withoutGates } from "../../compress/index.js";
import { type PassRecord, refuseOtherWeights } from "../../compress/passes/index.js";
import { InputError } from "../../inputError.js";
import { type CompactNet, type NetPass, netOf } from "../../nn/index.js";
import type { Trained } from "../trained.js";
import type { Gone } from "./pruneRound.js";

/** The way to prune that takes gates in. */
export const GATES = "l0";

type GatesRecord = Extract<PassRecord, { pass: "gates" }>;

/**
 * A run's net without its gates: weights times them, without the channels that are shut.
 *
 * @param run for messages
 * @throws InputError for a run without gates, and one of which all are open
 */
export function withGatesIn(run: string): (whole: CompactNet, net: Trained) => Gone {
  return (whole, { model, info }) => {
    const { passes = [] } = info;
    const at = passes.findIndex(({ pass }) => pass === "gates");
    if (at < 0) {
      throw new InputError(
        `prune ${GATES}: the net of ${run} has no gates; give it some: convoy train ... --pretrained ${run} --prune ${GATES}=1`,
      );
    }
    refuseOtherWeights(passes, run, `prune ${GATES}`);
    const all: readonly NetPass[] = model.passes ?? [];
    const place = all.length - passes.length + at;
    const netWith = (changes: readonly NetPass[]) =>
      netOf({ ...model, passes: changes }, 1, { training: false });
    const before = netWith(all.slice(0, place));
    const plain = netWith(all.toSpliced(place, 1));
    const { small, removed } = withoutDead(
      withoutGates(whole, before, plain, (passes[at] as GatesRecord).of),
    );
    if (removed.length === 0) {
      throw new InputError(
        `prune ${GATES}: no gate of ${run} is shut; train it for longer, or at a larger cost than it had`,
      );
    }
    return {
      small,
      inherited: passes.toSpliced(at, 1),
      passes: removed.map((channels) => ({ pass: "channels", removed: channels })),
    };
  };
}
