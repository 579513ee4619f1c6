// How a net is quantised, as a user says it and as it is kept with weights.

import { z } from "zod";
import { InputError } from "../inputError.js";
import type { Net } from "../nn/index.js";
import { byName } from "../text/words.js";
import { FULL, quantisableLayers } from "./places.js";
import { type Pair, quantisers } from "./quantisers/index.js";

/** Bits of the first and the last layer unless they are given. */
const ENDS = 8;

type Method = keyof typeof quantisers;
const methods = Object.keys(quantisers) as Method[];
const bits = z.int().min(1).max(FULL);

/** How a net is quantised, as it is kept with weights. */
export const quantisationSettings = {
  method: z.enum(methods),
  /** Bits of the weights of each layer, by its path, and of the images that it takes; 32 for f32, as those of all others. */
  layers: z.record(z.string(), z.tuple([bits, bits]).readonly()).readonly(),
};
export type Quantisation = z.output<z.ZodObject<typeof quantisationSettings>>;

/** What a user asks for. */
export interface QuantiseRequest {
  readonly method: Method;
  /** Bits of weights, and of the images that layers take; 32 for f32. */
  readonly weights: number;
  readonly images: number;
  /** Bits of the first and the last layer. */
  readonly ends: number;
}

const FORM = /^([a-z0-9-]+):w(\d+)(?:a(\d+))?(?:e(\d+))?$/;

/**
 * What a setting asks for, `<method>:w<bits>a<bits>`; without `a` images stay as they are. The first and the last layer
 * have 8 bits, or as `e<bits>` says.
 *
 * @throws InputError for another form, an unknown method, and bits that the method is not made for.
 * @example
 * parseQuantise("lsq:w4a4"); // { method: "lsq", weights: 4, images: 4, ends: 8 }
 * parseQuantise("per-channel:w3e3"); // { method: "per-channel", weights: 3, images: 32, ends: 3 }
 */
export function parseQuantise(text: string): QuantiseRequest {
  const fail = (why: string) => new InputError(`setting quantise is "${text}": ${why}`);
  const match = FORM.exec(text);
  if (!match) {
    throw fail(
      `expected a method and bits of weights and images, as lsq:w4a4, or lsq:w4 for weights alone; methods: ${methods.join(", ")}`,
    );
  }
  const [, name, w, a = FULL, e = ENDS] = match;
  const known = methods.map((method) => ({ name: method }));
  const { name: method } = byName("method of quantise", name, known);
  const [weights, images, ends] = [w, a, e].map(Number);
  const pair: Pair = quantisers[method];
  for (const [of, bits] of [["weights", weights] as const, ["images", images] as const]) {
    const [least, most] = pair[of].bits;
    if (bits === FULL || (bits >= least && bits <= most)) continue;
    throw fail(`${method} takes ${least} to ${most} bits for ${of}, found ${bits}`);
  }
  if (ends !== FULL && !(ends >= 2 && ends <= 8)) {
    throw fail(`the first and the last layer take 2 to 8 bits, found ${ends}`);
  }
  return { method, weights, images, ends };
}

/** A request for a net as it is built: the bits of each of its layers. */
export function quantisationOf(
  net: Net,
  { method, weights, images, ends }: QuantiseRequest,
): Quantisation {
  const names = [...new Set(quantisableLayers(net).map(({ name }) => name))];
  const layers = names.map((name, at) => {
    const atEnd = at === 0 || at === names.length - 1;
    const widths = [weights, images].map((bits) => (atEnd && bits !== FULL ? ends : bits));
    return [name, [widths[0], widths[1]] as const] as const;
  });
  return { method, layers: Object.fromEntries(layers) };
}
