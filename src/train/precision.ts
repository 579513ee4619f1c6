// In which numbers a run multiplies.

import { multipliesHalf } from "../engine/index.js";
import { InputError } from "../inputError.js";
import type { Model } from "../models/index.js";
import { build } from "../nn/index.js";
import type { TrainConfig } from "./config.js";

/** The settings with a precision in place of `auto`: bf16 where the engine's processor multiplies the model's nets faster. */
export async function withPrecision<C extends Pick<TrainConfig, "precision" | "engine" | "keep">>(
  config: C,
  model: Pick<Model, "layer" | "input">,
): Promise<C> {
  const { precision, keep, engine } = config;
  if (precision !== "auto") {
    checkKeep(config);
    return config;
  }
  const { graph } = build(model.layer, [1, ...model.input], { training: false });
  const faster = keep === undefined && (await multipliesHalf(engine, graph));
  return { ...config, precision: faster ? "bf16" : "f32" };
}

/** Images that are bf16 already are kept in no other format. */
function checkKeep({ precision, keep }: Pick<TrainConfig, "precision" | "keep">): void {
  if (precision !== "bf16" || keep === undefined) return;
  throw new InputError(
    `setting keep is ${keep}: with precision bf16 images are stored as bf16; leave keep out, or take precision f32`,
  );
}
