// A run's net with quantisers: its own weights, and steps by a batch of images.

import {
  type Quantisation,
  type Quantising,
  quantise,
  startQuantisers,
} from "../../compress/index.js";
import { type Dataset, Loader } from "../../data/index.js";
import { build, type CompactNet, initialise, netOf } from "../../nn/index.js";
import { sizeOf } from "../../tensor/shape.js";
import type { Trained } from "../trained.js";

/** Most images that quantisers start by. */
const LARGEST = 64;

/**
 * The net of a run with passes, with its own weights as far as it has them and what starts the others by a batch.
 *
 * @param images f32 [n, c, h, w]
 */
export async function startedOn(
  net: Trained,
  { passes, start }: Quantising,
  images: Float32Array,
): Promise<CompactNet> {
  const { model, engine } = net;
  const batch = images.length / sizeOf(model.input);
  const float = build(model.layer, [batch, ...model.input], { training: true });
  const changed = netOf({ ...model, passes }, 1, { training: false });
  const w = initialise(changed, 0);
  const values = await net.w.read();
  const own = new Map(netOf(model, 1, { training: false }).layout.params.map((p) => [p.name, p]));
  for (const { name, offset } of changed.layout.params) {
    const param = own.get(name);
    if (param) w.set(values.subarray(param.offset, param.offset + sizeOf(param.shape)), offset);
  }
  const given = new Set(own.keys());
  await start({ engine, net: float, images }, { layout: changed.layout, w, given });
  return { net: changed, w };
}

/** The first images of a data set as the net takes them. */
export async function firstImages({ engine, info }: Trained, images: Dataset) {
  const batch = Math.min(LARGEST, images.length);
  const loader = new Loader(engine, images, { batch, seed: 0, shuffle: false, intake: info });
  return (await loader.batch(0, 0)).images.slice();
}

/** The quantised net with the weights of the one in f32, before any training. */
export async function startedNet(
  net: Trained,
  how: Quantisation,
  images: Dataset,
): Promise<CompactNet> {
  const start: Quantising["start"] = (...first) => startQuantisers(how, ...first);
  return startedOn(net, { passes: [quantise(how)], start }, await firstImages(net, images));
}
