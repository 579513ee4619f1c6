// Accuracy control: layers that cost most in whole numbers go back to f32, until the net loses no more than it may.

import type { Dataset } from "../../data/index.js";
import type { TimedEvaluation } from "../trained.js";
import type { Int8Nets } from "./int8Net.js";

/** A layer that went back to f32. */
export interface PutBack {
  readonly layer: string;
  /** What the loss on calibration images rises by when this layer alone is in whole numbers. */
  readonly rise: number;
}

/** A net that loses little enough, or the last one that was tried. */
export interface Kept {
  readonly evaluation: TimedEvaluation;
  readonly putBack: readonly PutBack[];
}

/** What accuracy control goes by. */
export interface Control {
  /** Layers that stay in f32 anyway. */
  readonly keep: readonly string[];
  /** Images on which layers are ranked, and those on which the net is judged. */
  readonly images: { readonly rank: Dataset; readonly judge: Dataset };
  /** Loss of the net in f32 on the images that layers are ranked on. */
  readonly loss: number;
  readonly isEnough: (evaluation: TimedEvaluation) => boolean;
  /** Is told what is being tried. */
  readonly onTry?: (text: string) => void;
}

/** How much each layer costs when it alone is in whole numbers, the most first. */
async function ranked(
  nets: Int8Nets,
  layers: readonly string[],
  { keep, images, loss, onTry }: Control,
): Promise<PutBack[]> {
  const found: PutBack[] = [];
  for (const [at, layer] of layers.entries()) {
    onTry?.(`layer ${at + 1} of ${layers.length}: ${layer}`);
    const others = layers.filter((other) => other !== layer);
    const { loss: own } = await nets.evaluate([...keep, ...others], images.rank);
    const rise = own - loss;
    found.push({ layer, rise: Number.isNaN(rise) ? Number.POSITIVE_INFINITY : rise });
  }
  return found.sort((a, b) => b.rise - a.rise);
}

/**
 * Puts layers back to f32 one by one, those first that raise the loss most when they alone are in whole numbers.
 *
 * @param first the net with no layer put back
 */
export async function putBack(
  nets: Int8Nets,
  first: TimedEvaluation,
  control: Control,
): Promise<Kept> {
  if (control.isEnough(first)) return { evaluation: first, putBack: [] };
  const { keep, images, onTry } = control;
  const layers = nets
    .layers(keep)
    .filter(({ type }) => type === "int8")
    .map(({ name }) => name);
  const order = await ranked(nets, layers, control);
  let evaluation = first;
  for (const [at, { layer }] of order.entries()) {
    onTry?.(`without ${layer}`);
    const back = order.slice(0, at + 1);
    const kept = [...keep, ...back.map((one) => one.layer)];
    evaluation = await nets.evaluate(kept, images.judge);
    if (control.isEnough(evaluation)) return { evaluation, putBack: back };
  }
  return { evaluation, putBack: order };
}
