// Trains a compressed net on: the settings of the run that it comes from, for a few epochs, from its weights.

import { withoutIdle } from "../../train/idle.js";
import type { TrainSettings } from "../../train/index.js";
import { isSource, pathFrom } from "../../train/openData.js";
import { readWeights } from "../../train/weights.js";
import type { RunConfig } from "../runConfig.js";
import { type TrainOptions, train } from "../train.js";

/** What another training has its own of, or has no use for. */
const own = [
  ...["pretrained", "preset", "swarm", "particles", "topology", "coupling", "deploy", "probe"],
  ...["steps", "minutes", "gradients", "patience", "warmup", "prune"],
] as const;

/** What is other than in the run that the net comes from. */
export type Finetune = Pick<TrainSettings, "epochs" | "lr" | "out" | "data" | "engine" | "threads">;

/** Settings that are paths, or words in their place. */
const paths = ["data", "classes", "classWeights", "teacher"] as const;
const isWord = (setting: string) => isSource(setting) || setting === "balanced";

/**
 * The settings of a run for another training of a single net, but those that ended or began its own.
 *
 * @param given in their place, where they are
 * @param without more that have no use there
 */
export function settingsAgain(
  { settings, startedIn, module }: RunConfig,
  given: Partial<TrainSettings>,
  without: readonly (keyof TrainSettings)[] = [],
): TrainSettings {
  // A swarm may have a rate for each net.
  const rates = typeof settings.lr === "number" ? [] : ["lr"];
  const left: readonly string[] = [...own, ...rates, ...without];
  const kept = Object.fromEntries(
    Object.entries(settings).filter(([name]) => !left.includes(name)),
  );
  const asked = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  );
  for (const name of paths) {
    const path = settings[name];
    if (path !== undefined && !isWord(path)) kept[name] = pathFrom(startedIn, path);
  }
  return withoutIdle({
    ...kept,
    ...(module && { module: module.path }),
    ...asked,
  }) as TrainSettings;
}

/**
 * Trains the weights of a file on into the run folder `out`, as the run trained that they come from: with its rate and
 * schedule from the beginning (learning rate rewinding: Renda, Frankle and Carbin 2020, arXiv 2003.02389), without a
 * warm-up.
 *
 * @param weights path of the file
 */
export async function finetune(
  weights: string,
  config: RunConfig,
  given: Finetune,
  options: Pick<TrainOptions, "listeners" | "signal" | "stopFile" | "onProgress">,
) {
  return train(settingsAgain(config, given), { ...options, weights: await readWeights(weights) });
}
