// What goes of a run's net: a share by a way to prune, or as many channels of each group as the loss bears.

import {
  getPruner,
  greedyChannels,
  type Pruned,
  type Pruner,
  pruners,
  withoutChannels,
} from "../../compress/index.js";
import { netPass } from "../../compress/passes/index.js";
import type { Dataset } from "../../data/index.js";
import { nonZeros } from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import type { CompactNet } from "../../nn/index.js";
import { Trained } from "../trained.js";

/** Refuses a share of which nothing is left when it is rounded to whole channels or weights. */
export function expectLess(whole: CompactNet, by: string, share: number): void {
  const { small } = getPruner(by).prune(whole, share);
  const numbers = ({ net, w }: CompactNet) => nonZeros(w.subarray(0, net.layout.trainable));
  const isLess =
    small.net.layout.trainable < whole.net.layout.trainable || numbers(small) < numbers(whole);
  if (isLess) return;
  throw new InputError(`prune ${by}: at a share of ${share} nothing goes; take a larger one`);
}

/** The way to rank channels of a way to prune. */
function scoreOf({ name, score }: Pruner) {
  if (score) return score;
  const others = pruners.filter((one) => one.score).map((one) => one.name);
  throw new InputError(
    `prune ${name}: it takes no channels, of which each layer could have its own share; those that do: ${others.join(", ")}`,
  );
}

/**
 * A net without as many channels of each group as its loss bears, until so much of its multiply-adds is left.
 *
 * @param images that the loss is of
 * @throws InputError for a way that takes no channels, and a share that is none or too small
 */
export async function prunedByLoss(
  net: Trained,
  whole: CompactNet,
  { by, macs }: { readonly by: string; readonly macs: number },
  images: Dataset,
): Promise<Pruned> {
  const { engine, model, info, task, config } = net;
  const lossOf = async (
    removed: Readonly<Record<string, readonly number[]>>,
    small: CompactNet,
  ) => {
    const w = engine.vector(small.w.length);
    await w.write(small.w);
    const passes = [...(model.passes ?? []), netPass({ pass: "channels", removed })];
    const tried = new Trained(config, info, { ...model, passes }, task, engine, w);
    return (await tried.evaluate(images)).loss;
  };
  const removed = await greedyChannels(whole, scoreOf(getPruner(by)), macs, lossOf);
  return { small: withoutChannels(whole, removed), passes: [{ pass: "channels", removed }] };
}
