// The batches that a run learns from.

import { type Dataset, Loader, strataOf } from "../data/index.js";
import type { Engine } from "../engine/engine.js";
import type { BatchAt } from "../optim/index.js";
import { targetsOf } from "../tasks/index.js";
import { augmentationsOf } from "./augmenting.js";
import type { Prepared } from "./prepare.js";

/** Whose batches they are. */
export interface LoaderOptions {
  /** Number of the particle: its own stream of batches. Default 0. */
  readonly particle?: number;
  /** Default: the run's training images. */
  readonly images?: Dataset;
}

/** Batches of the images that nets with these settings learn from. */
export function openLoader(
  engine: Engine,
  { config, question, net, splits }: Prepared,
  { particle, images = splits.train }: LoaderOptions = {},
): Loader {
  const { model, task, constants } = question;
  const { batch, seed, sampling } = config;
  return new Loader(engine, images, {
    batch,
    seed,
    particle,
    shuffle: true,
    augment: augmentationsOf(config, task),
    ...(sampling === "balanced" && { strata: strataOf(images.labels, images.length) }),
    targets: targetsOf(model, task, images.labels, constants),
    copies: task.copies,
    intake: net,
  });
}

/** Batches of a run beside those that its steps are given: a loader of its own, made when it is needed. */
export function batchesOf(engine: Engine, prepared: Prepared, options: LoaderOptions): BatchAt {
  let loader: Loader | undefined;
  return ({ epoch, step }) => {
    loader ??= openLoader(engine, prepared, options);
    return loader.batch(epoch, step);
  };
}
