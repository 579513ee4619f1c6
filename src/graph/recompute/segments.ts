// Recomputation by segments (Chen et al. 2016, arXiv 1604.06174, section 3): only the values between
// segments are kept. About as many segments as the square root of the number of blocks need least.

import { bytes } from "../cost.js";
import type { Graph, Value } from "../graph.js";
import { type Block, blocksOf, wayBack } from "./blocks.js";

/** Everything that a stretch of blocks makes but its last border. */
export function insideOf(blocks: readonly Block[]): Value[] {
  const border = blocks.at(-1)?.border;
  return blocks
    .flatMap(({ nodes }) => nodes.flatMap(({ outputs }) => outputs))
    .filter((value) => value !== border);
}

/**
 * The values to recompute when the forward pass of a training graph is cut into `count` segments that would
 * keep about the same number of bytes each; default is the square root of the number of blocks. The last
 * segment is kept: its recomputation would begin where it has just ended.
 *
 * @throws RangeError when there are fewer blocks than segments are wanted.
 */
export function segmentsOf(graph: Graph, count?: number): Set<Value> {
  const blocks = blocksOf(graph);
  const segments = count ?? Math.round(Math.sqrt(blocks.length));
  if (!(Number.isInteger(segments) && segments >= 1 && segments <= blocks.length)) {
    throw new RangeError(
      `recomputation in ${segments} segments: this net has ${blocks.length} places to begin one`,
    );
  }
  const { saved, early } = wayBack(graph);
  const sizes = blocks.map(({ nodes }) =>
    nodes
      .flatMap(({ outputs }) => outputs)
      .reduce((sum, value) => sum + (saved.has(value) ? bytes(value) : 0), 0),
  );
  const share = sizes.reduce((sum, size) => sum + size, 0) / segments;
  const recomputed: Value[] = [];
  let [begin, made, total] = [0, 0, 0];
  for (const [at, size] of sizes.entries()) {
    total += size;
    if (made + 1 === segments || total < share * (made + 1)) continue;
    recomputed.push(...insideOf(blocks.slice(begin, at + 1)));
    made++;
    begin = at + 1;
  }
  return new Set(recomputed.filter((value) => !early.has(value)));
}
