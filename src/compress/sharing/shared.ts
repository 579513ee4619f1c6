// Which numbers the weights of a trained net share.

import { InputError } from "../../inputError.js";
import type { CompactNet } from "../../nn/index.js";
import { sizeOf } from "../../tensor/shape.js";
import { maskName } from "../channels/index.js";
import { quantisableLayers } from "../places.js";
import { kMeans, nearestOf } from "./kMeans.js";
import { centroidsName, MOST_CENTROIDS } from "./shareWeights.js";

/** Weights that share numbers. */
export interface SharedWeights {
  /** How many each layer has, by the names of its weights. */
  readonly centroids: Readonly<Record<string, number>>;
  /** The parameters of the net behind the pass that are new or others, by name. */
  readonly values: ReadonlyMap<string, Float32Array>;
}

/**
 * Clusters the weights of each convolution and linear layer of a net in f32. Weights that are 0, or that a mask makes 0, stay
 * so and are in no cluster: masks have no use behind it.
 *
 * @param bits of the number of a cluster, 1 to 8: there are at most 2^bits clusters, and 255 where they are 8
 * @throws InputError for a net without such layers
 * @example
 * import { sharedWeights } from "convoynet/compress";
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
 * const net = netOf(model, 1, { training: false });
 * sharedWeights({ net, w: initialise(net, 1) }, 2).centroids["fc3.weight"]; // 4
 */
export function sharedWeights({ net, w }: CompactNet, bits: number): SharedWeights {
  const params = new Map(net.layout.params.map((param) => [param.name, param]));
  const numbersOf = (name: string) => {
    const param = params.get(name);
    return param && w.subarray(param.offset, param.offset + sizeOf(param.shape));
  };
  const names = [...new Set(quantisableLayers(net).map(({ weights }) => weights))];
  if (names.length === 0) {
    throw new InputError(
      "share: the net has no convolution or linear layer with weights of its own",
    );
  }
  const centroids: Record<string, number> = {};
  const values = new Map<string, Float32Array>();
  for (const name of names) {
    const mask = numbersOf(maskName(name));
    const weights = mask ? numbersOf(name)!.map((v, at) => v * mask[at]) : numbersOf(name)!;
    const left = weights.filter((value) => value !== 0);
    const centres = kMeans(
      left.length > 0 ? left : Float32Array.of(0),
      Math.min(2 ** bits, MOST_CENTROIDS),
    );
    const nearest = nearestOf(weights, centres);
    centroids[name] = centres.length;
    values.set(centroidsName(name), centres);
    values.set(
      name,
      weights.map((value, at) => (value === 0 ? 0 : nearest[at] + 1)),
    );
  }
  return { centroids, values };
}
