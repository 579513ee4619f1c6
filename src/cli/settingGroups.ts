// Under which heading of the help a setting of a run stands.

import type { TrainSettings } from "../train/index.js";

type Name = keyof TrainSettings;

const groups: Readonly<Record<string, readonly Name[]>> = {
  "Task and data": [
    ...(["data", "task", "taskNumbers", "columns", "classes", "oneOf", "groupBy"] as const),
    ...(["train", "selection", "sampling", "classWeights"] as const),
  ],
  Model: ["model", "module", "pretrained", "structure", "quantise", "prune", "freeze"],
  Loss: [
    ...(["loss", "criterion", "grammar", "segmenter", "penalty", "labelSmoothing"] as const),
    ...(["focal", "dice", "teacher", "distil"] as const),
  ],
  Images: ["augment", "leaveOut", "size", "fit", "channels", "range", "pack"],
  Optimizer: [
    ...(["optimizer", "lr", "rates", "decay", "hyper", "schedule", "warmup", "levels"] as const),
    ...(["batch", "scale", "baseBatch", "ghost", "lossScale"] as const),
  ],
  Length: ["epochs", "steps", "gradients", "minutes", "patience", "saveMinutes", "score"],
  Swarm: ["preset", "swarm", "particles", "topology", "coupling", "deploy", "probe"],
  "Memory and speed": [
    ...(["precision", "memory", "accumulate", "recompute", "keep", "comet"] as const),
    ...(["threads", "engine"] as const),
  ],
  Run: ["out", "seed"],
};

const byName = new Map(
  Object.entries(groups).flatMap(([title, names]) =>
    names.map((name) => [name as string, `${title}:`] as const),
  ),
);

/** The heading of a setting; `undefined` for one that is none of a run. */
export const groupOf = (name: string): string | undefined => byName.get(name);
