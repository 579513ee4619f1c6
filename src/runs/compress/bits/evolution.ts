// Bits by trying: aging evolution from what HAWQ chooses, in place of an agent that learns to choose (Wang et al. 2019, HAQ,
// arXiv 1811.08886, whose repair of bits beyond the budget it has). What counts is the loss in these bits, before training.

import { type BitsOf, loweredBits } from "../../../compress/index.js";
import {
  bestOf,
  createSearch,
  runSearch,
  type Settings,
  type Space,
} from "../../../search/index.js";
import { BitNet } from "./bitNet.js";
import type { BitChooser } from "./chooser.js";
import { hawq } from "./hawq.js";

/** Trials alive, those of which the best is a parent, and all that are made. */
const [POPULATION, SAMPLE, TRIALS] = [24, 3, 240];

export const evolution: BitChooser = {
  name: "evolution",
  source: "Real et al. 2019, arXiv 1802.01548; Wang et al. 2019, arXiv 1811.08886",
  measures: "bits by hawq",
  async choose(question) {
    const { net, plan, images, signal } = question;
    const { groups, choices } = plan;
    const { bits: seed } = await hawq.choose(question);
    const tried = await BitNet.open(net, plan, images);
    const losses = new Map<string, number>();
    /** Different trials may be the same bits, once they keep to the budget. */
    const lossOf = async (bits: BitsOf) => {
      // Nobody waits for the others any more.
      if (signal?.aborted) return Number.POSITIVE_INFINITY;
      const key = JSON.stringify([...bits.values()]);
      if (!losses.has(key)) losses.set(key, (await tried.evaluate(bits)).loss);
      return losses.get(key)!;
    };
    const space: Space = groups.map(({ name }) => ({
      ...{ name, kind: "integer", low: 0, high: choices.length - 1 },
    }));
    const bitsOf = (settings: Settings) =>
      loweredBits(
        plan,
        groups.map(({ name }) => settings[name] as number),
      );
    const search = createSearch({
      ...{ space, sampler: "evolution", trials: TRIALS },
      options: { population: POPULATION, sample: SAMPLE },
      seed: net.config.settings.seed,
    });
    const first = groups.map(({ name }) => [name, choices.indexOf(seed.get(name)!)] as const);
    const told = await runSearch(search, ({ settings }) => lossOf(bitsOf(settings)), {
      told: [{ settings: Object.fromEntries(first) }],
    });
    if (signal?.aborted) return undefined;
    return { bits: bitsOf(told[bestOf(told)!].settings), measure: seed };
  },
};
