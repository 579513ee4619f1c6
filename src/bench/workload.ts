// What is measured: work of a model on a batch of random images.

import { statSync } from "node:fs";
import type { PassRecord } from "../compress/passes/index.js";
import { familyOf } from "../models/index.js";
import { type RunConfig, readRunConfig } from "../runs/runConfig.js";
import { readWeights } from "../train/weights.js";

/** Images of a model: those that it was published for. */
export interface Images {
  /** [channels, height, width]. */
  readonly image: readonly [number, number, number];
  readonly classes: number;
}

/**
 * What is measured: a training step of one net, the forward pass of one net, or a training step of each of
 * several nets that share the machine.
 */
export type Work = "step" | "infer" | "swarm";

/** What numbers a work may multiply. */
export const precisions = {
  step: ["f32", "bf16"],
  swarm: ["f32", "bf16"],
  infer: ["f32", "bf16", "int8"],
} as const satisfies Record<Work, readonly string[]>;
export type Precision = (typeof precisions)[Work][number];

/** Work to measure; goes to peers as JSON. */
export interface Workload extends Images {
  readonly work: Work;
  readonly model: string;
  /** The folder of the run whose net it is; default the model as it is. */
  readonly run?: string;
  /** The file that has the model, where it is none of the registry. */
  readonly module?: RunConfig["module"];
  /** What the net is changed by; default nothing. */
  readonly passes?: readonly PassRecord[];
  /** Images that each net sees at once. */
  readonly batch: number;
  /** Nets that work side by side or in turn, as whoever runs them finds best. */
  readonly nets: number;
  /**
   * Numbers that are multiplied; default f32. `int8` is a net in whole numbers, to which peers take their own way; beside
   * `bf16` they race their settings of f32 and of bf16.
   */
  readonly precision?: Precision;
  /** Most memory of each training program, as `300MB`; peers do without. */
  readonly memory?: string;
  /** Thread counts to choose the fastest from. */
  readonly threads: readonly number[];
  /** Seconds that a peer may spend on finding its fastest setting. */
  readonly tuneSeconds: number;
}

/** What a workload is made of; images have the size that the model was published with unless one is given. */
export interface WorkloadOptions extends Omit<Workload, keyof Images> {
  /** Height and width of the images. */
  readonly size?: number;
}

/**
 * Work of a model on images of its own kind, or where `model` is the folder of a run, of its net on such as it has learned
 * from.
 */
export async function workloadFor({ model, size, ...options }: WorkloadOptions): Promise<Workload> {
  if (!statSync(model, { throwIfNoEntry: false })?.isDirectory()) {
    return workloadOf({ model, size, ...options });
  }
  const { info } = await readWeights(model);
  const { module } = await readRunConfig(model);
  const [channels, height, width] = info.input;
  return {
    ...{ ...options, model: info.model, run: model, passes: info.passes },
    ...(module && { module }),
    ...{ image: [channels, size ?? height, size ?? width], classes: info.names.length },
  };
}

/** Work of a model on images of its own kind. */
export function workloadOf({ size, ...workload }: WorkloadOptions): Workload {
  const { channels, height, width, outputs } = familyOf(workload.model).published;
  return { ...workload, image: [channels, size ?? height, size ?? width], classes: outputs };
}
