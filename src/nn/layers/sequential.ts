// Layers one after the other.

import type { Layer } from "../scope.js";

/** Layers by name, in the order of the keys (names that are whole numbers would come first). */
export type NamedLayers = Readonly<Record<string, Layer>>;

/**
 * Applies layers in order. Their parameters are named by position (`0.weight`, `1.scale`) or, given
 * one object, by its keys.
 *
 * @example
 * import type { Layer } from "convoynet/nn";
 * const names = (layer: Layer) =>
 *   build(layer, [1, 1, 28, 28], { training: true }).layout.params.map(({ name }) => name);
 * names(sequential(conv2d(6, 5), relu())); // ["0.weight", "0.bias"]
 * names(sequential({ conv1: conv2d(6, 5), relu1: relu() })); // ["conv1.weight", "conv1.bias"]
 */
export function sequential(...layers: readonly Layer[] | readonly [NamedLayers]): Layer {
  const [first] = layers;
  const named = Object.entries(typeof first === "object" ? first : (layers as readonly Layer[]));
  return (x, scope) => named.reduce((value, [name, layer]) => scope.apply(name, layer, value), x);
}
