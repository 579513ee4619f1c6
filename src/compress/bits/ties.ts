// Layers that must have the same bits.

/**
 * Layers by their ties, each group in the order of its first layer; one without a tie is alone.
 *
 * @example
 * const layers = [{ name: "a", tie: "a" }, { name: "b" }, { name: "c", tie: "a" }];
 * tied(layers).map((group) => group.map(({ name }) => name)); // [["a", "c"], ["b"]]
 */
export function tied<T extends { readonly name: string; readonly tie?: string }>(
  layers: readonly T[],
): T[][] {
  const groups = new Map<string, T[]>();
  for (const layer of layers) {
    const key = layer.tie === undefined ? `layer ${layer.name}` : `tie ${layer.tie}`;
    groups.set(key, [...(groups.get(key) ?? []), layer]);
  }
  return [...groups.values()];
}
