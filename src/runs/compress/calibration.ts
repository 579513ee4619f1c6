// The ranges of a run's net on some of its training images.

import { calibrate, type RangeRule, type Ranges } from "../../compress/index.js";
import { type Dataset, Loader, subset } from "../../data/index.js";
import { type CompactNet, compact, netOf } from "../../nn/index.js";
import { Random } from "../../tensor/philox.js";
import { sizeOf } from "../../tensor/shape.js";
import type { Trained } from "../trained.js";

/** Most images, and about how many numbers of them, that go through the net at once: all its values are looked at. */
const [MOST, NUMBERS] = [50, 2 ** 20];

/** So many images of a data set, drawn by a seed, since those of a class may lie side by side; all where it has no more. */
export function drawn(dataset: Dataset, count: number, seed: number): Dataset {
  if (count >= dataset.length) return dataset;
  const order = new Random({ seed, purpose: "order" }).permutation(dataset.length);
  return subset(dataset, order.slice(0, count).sort());
}

/** A net in f32 as calibration has it, and the ranges of its values. */
export interface Calibrated {
  readonly small: CompactNet;
  readonly ranges: Ranges;
}

/** Finds the ranges of a net on images as they come without augmentation. */
export async function calibrated(
  { engine, model, info, w }: Trained,
  images: Dataset,
  rule: RangeRule,
): Promise<Calibrated> {
  const most = Math.max(1, Math.min(MOST, Math.floor(NUMBERS / sizeOf(model.input))));
  const batch = Math.ceil(images.length / Math.ceil(images.length / most));
  const net = netOf(model, batch, { training: false });
  const small = compact(net, await w.read());
  const loader = new Loader(engine, images, { batch, seed: 0, shuffle: false, intake: info });
  const batches = {
    async *[Symbol.asyncIterator]() {
      for (let step = 0; step < loader.stepsPerEpoch; step++) {
        yield (await loader.batch(0, step)).images;
      }
    },
  };
  return { small, ranges: await calibrate(engine, small, batches, { rule }) };
}
