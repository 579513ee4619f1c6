// What Convoy's side of every work is made of.

import type { Engine } from "../engine/index.js";
import { createModel, type Model } from "../models/index.js";
import { Random } from "../tensor/philox.js";
import { sizeOf } from "../tensor/shape.js";
import { withPasses } from "../train/modelOf.js";
import { loadModule } from "../train/ownModule.js";
import type { Workload } from "./workload.js";

export async function modelOf(workload: Workload): Promise<Model> {
  const { model, image, classes, run = model, passes, module } = workload;
  const [channels, height, width] = image;
  const own = module && (await loadModule(module.path, module)).models;
  const plain = createModel(model, { channels, height, width, outputs: classes }, own);
  return withPasses(plain, passes, run);
}

/** A batch of noise in the engine's own memory. */
export function randomImages(engine: Engine, { batch, image }: Workload): Float32Array {
  const random = new Random({ seed: 1, purpose: "augment" });
  const x = engine.buffer(batch * sizeOf(image));
  for (let at = 0; at < x.length; at++) x[at] = random.uniform();
  return x;
}

/** Engines and threads in words. */
export function settingOf(engines: readonly Engine[]): string {
  const [{ name, threads }] = engines;
  const each = `${name} engine, ${threads} thread${threads > 1 ? "s" : ""}`;
  return engines.length > 1 ? `${engines.length} times ${each}` : each;
}
