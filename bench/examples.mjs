// One batch of made-up images for a net that is asked for one of ten classes; times do not care.

import { createModel } from "../dist/models/index.js";
import { ask, classification } from "../dist/tasks/index.js";

const CLASSES = 10;

/** Height and width of the images. */
const SIDE = Number(process.env.BENCH_SIZE ?? 32);

/** A model for colour images, and what it is asked. */
export function questionOf(name) {
  const model = createModel(name, { channels: 3, height: SIDE, width: SIDE, outputs: CLASSES });
  const classes = Array.from({ length: CLASSES }, (_, at) => `${at}`);
  return ask(model, classification, { kind: "class", of: new Int32Array(0), classes });
}

/** Images and their targets, all of one class. */
export function examplesOf(batch) {
  const targets = Float32Array.from({ length: batch * CLASSES }, (_, at) => (at % CLASSES ? 0 : 1));
  return {
    images: Float32Array.from({ length: batch * 3 * SIDE ** 2 }, (_, at) => Math.sin(0.37 * at)),
    targets: { targets, order: targets.map((target) => target - 1) },
  };
}
