// What the native engine does in the place of a layer's multiply-adds, as far as shapes and instruction set tell it: 3x3
// convolutions by Winograd's algorithm (native/lower/winograd.cc) take fewer products and other weights.

import { operands, type Work } from "../cost/index.js";
import { macsOf, type Node } from "../graph/index.js";

/** What of a machine decides how a layer is done. */
export interface Doing {
  /** Whether it has the wide vectors that kernels of ours are written for (AVX-512). */
  readonly wide: boolean;
  /** Bytes that stay near a core. */
  readonly cacheBytes: number;
}

/** Multiply-adds, and bytes to and from memory. */
export interface Done {
  readonly macs: number;
  readonly bytes: number;
}

const BYTES = 4;
/** Channels side by side; most channels by Winograd's algorithm; points of a tile of 4x4 places, and tiles done at once. */
const [BLOCK, MOST_CHANNELS, POINTS, SIDE, TOGETHER] = [16, 256, 36, 4, 8];

const ones = (pair: unknown) => (pair as readonly number[]).every((one) => one === 1);

/** Tiles of an image, where the engine takes a convolution by Winograd's algorithm. */
function tilesOf({ op, attrs }: Node, { loops }: Work): number | undefined {
  const { inputs, outputs, groups, kernel, places } = loops;
  if (op.name !== "conv2d" || groups !== 1 || kernel.some((side) => side !== 3)) return undefined;
  if (!ones(attrs["strides"]) || !ones(attrs["dilation"])) return undefined;
  const fits = [inputs, outputs].every((size) => size % BLOCK === 0 && size <= MOST_CHANNELS);
  const [height, width] = places;
  const tiles = Math.ceil(height / SIDE) * Math.ceil(width / SIDE);
  return fits && 9 * height * width > POINTS * tiles ? tiles : undefined;
}

/** A layer as it is done. Weights that do not stay near a core are read again for each group of tiles. */
export function asDone(node: Node, work: Work, { wide, cacheBytes }: Doing): Done {
  const { loops, numbers } = work;
  const plain = BYTES * operands.reduce((sum, operand) => sum + numbers[operand], 0);
  const tiles = wide ? tilesOf(node, work) : undefined;
  if (tiles === undefined) return { macs: macsOf(loops), bytes: plain };
  const groups = Math.ceil((loops.batch * tiles) / TOGETHER);
  const weights = POINTS * loops.inputs * loops.outputs;
  const times = BYTES * weights > cacheBytes ? groups : 1;
  return {
    macs: weights * TOGETHER * groups,
    bytes: BYTES * (numbers.inputs + numbers.outputs + weights * times),
  };
}
