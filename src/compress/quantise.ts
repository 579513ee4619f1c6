// A net whose layers multiply quantised numbers: a pass over the net as it is built, for training (quantisation-aware
// training; Jacob et al. 2017, arXiv 1712.05877) and for use. `compact` folds weights to their quantised values.

import { extend, type Net, type NetPass } from "../nn/index.js";
import { sizeOf } from "../tensor/shape.js";
import { type Insertion, insert } from "./insert.js";
import { numbersOfPlaces, Placer, type QuantiserNumber, specsOf } from "./placer.js";
import { quantisedPlaces } from "./places.js";
import type { Quantisation } from "./quantisation.js";

/** The parameters that quantisation adds to a net, with the values that they are about. */
export const quantiserNumbers = (net: Net, quantisation: Quantisation): QuantiserNumber[] =>
  numbersOfPlaces(quantisedPlaces(net, quantisation), quantisation.method);

/**
 * The pass that puts a quantiser in front of the weights and the images of each convolution and linear layer. Own numbers
 * of quantisers are parameters of the net, called after the weights, as `conv1.weight.step`, or after the layer, as
 * `conv1.input.step`. What they start as, {@link startQuantisers} works out.
 *
 * @example
 * import { conv2d, netOf, relu } from "convoynet/nn";
 * const layer = sequential({ conv1: conv2d(4, 3), relu: relu(), conv2: conv2d(4, 3) });
 * const passes = [quantise({ method: "lsq", layers: { conv1: [8, 8], conv2: [4, 4] } })];
 * const net = netOf({ layer, input: [1, 8, 8] }, 2, { training: true, passes });
 * net.layout.params.map(({ name }) => name).slice(4);
 * // ["conv1.input.step", "conv1.weight.step", "conv2.input.step", "conv2.weight.step"]
 */
export const quantise =
  (quantisation: Quantisation): NetPass =>
  (net, options) => {
    const wider = extend(net, specsOf(quantiserNumbers(net, quantisation)));
    const placer = new Placer(wider, quantisation.method, options);
    const insertions = quantisedPlaces(wider, quantisation).map(
      (place): Insertion => ({
        ...{ value: place.value, users: place.users },
        make: (x, param) => placer.quantised(place, x, param),
      }),
    );
    return insert(wider, insertions);
  };

/** Bits that a net's weights take: those of quantised layers in their bits, all others as f32. */
export function bitsOfWeights(net: Net, quantisation: Quantisation): number {
  const places = quantisedPlaces(net, quantisation).filter(({ of }) => of === "weights");
  const saved = places.map(({ value, bits }) => sizeOf(value.shape) * (32 - bits));
  return saved.reduce((bits, less) => bits - less, 32 * net.layout.length);
}
