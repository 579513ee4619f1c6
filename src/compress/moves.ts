// What ops without weights do with bytes. One that is not here, or does not suit, works with f32.

import { integerAdd, integerPool2d, type Node, type Value } from "../graph/index.js";
import type { AvgPoolAttrs, PoolAttrs } from "../graph/ops/pool.js";
import { sameShape } from "../tensor/shape.js";
import type { ByteValues } from "./byteValues.js";

/** The node's first output in bytes, whose scale it has set; `undefined` where f32 has to do. */
type Move = (node: Node, bytes: ByteValues) => Value | undefined;

const window = (attrs: unknown) => {
  const { kernel, strides, padding } = attrs as PoolAttrs & {
    padding: readonly [number, number, number, number];
  };
  const pair = ([height, width]: readonly number[]) => [height, width] as const;
  return { kernel: pair(kernel), strides: pair(strides), padding };
};

/** The same op on bytes, which keep their scale. */
const asItIs: Move = ({ op, inputs: [x], outputs: [y], attrs }, bytes) => {
  if (!bytes.is(x)) return undefined;
  const [value, scale] = bytes.asBytes(x);
  bytes.set(y, scale);
  return value.graph.apply(op, [value], attrs)[0];
};

const largest: Move = ({ inputs: [x], outputs: [y], attrs }, bytes) => {
  if (!bytes.is(x)) return undefined;
  const [value, scale] = bytes.asBytes(x);
  bytes.set(y, scale);
  return integerPool2d(value, { mode: "largest", ...window(attrs) });
};

/** Means of one pixel keep the scale; others have one of their own, since means are smaller. */
const mean: Move = ({ inputs: [x], outputs: [y], attrs }, bytes) => {
  if (!bytes.is(x)) return undefined;
  const [value, { scale, zero }] = bytes.asBytes(x);
  const { countPadding } = attrs as unknown as AvgPoolAttrs;
  const seen = window(attrs);
  const own = seen.kernel.every((size) => size === 1) ? { scale, zero } : bytes.planned(y);
  if (!own) return undefined;
  bytes.set(y, own);
  const change = { zero, outZero: own.zero, multiplier: scale / own.scale };
  return integerPool2d(value, { mode: "mean", ...seen, countPadding, ...change });
};

/** Sums over all pixels, as means by their number. */
const sum: Move = ({ inputs: [x], outputs: [y], attrs }, bytes) => {
  if (!bytes.is(x) || String(attrs["axes"]) !== "2,3" || x.shape.length !== 4) return undefined;
  const [value, { scale, zero }] = bytes.asBytes(x);
  const [height, width] = x.shape.slice(2);
  const own = bytes.planned(y);
  if (!own) return undefined;
  bytes.set(y, own);
  const multiplier = (height * width * scale) / own.scale;
  return integerPool2d(value, {
    ...{ mode: "mean", kernel: [height, width], zero, outZero: own.zero, multiplier },
  });
};

/** By a number above 0: the same bytes of another scale. */
const times: Move = ({ inputs, outputs: [y] }, bytes) => {
  const at = inputs.findIndex(({ node }) => node.op.name === "constant");
  const factor = at < 0 ? 0 : (inputs[at].node.attrs["value"] as number);
  const x = inputs[1 - at];
  if (!(factor > 0) || !bytes.is(x) || !sameShape(x.shape, y.shape)) return undefined;
  const [value, { scale, zero }] = bytes.asBytes(x);
  bytes.set(y, { scale: Math.fround(scale * factor), zero });
  return value;
};

/** Zeros around images, where they are bytes of 0. */
const padded: Move = (node, bytes) => {
  const [x] = node.inputs;
  return bytes.is(x) && bytes.asBytes(x)[1].zero === 0 ? asItIs(node, bytes) : undefined;
};

/** What saturates at 0, or at 0 and 6, is what a ReLU gives. */
const rectified =
  (ceiling: number): Move =>
  ({ inputs: [x], outputs: [y] }, bytes) => {
    if (!bytes.is(x)) return undefined;
    const [value, scale] = bytes.asBytes(x);
    if (scale.zero !== 0 || scale.scale * 255 > ceiling * (1 + 1e-6)) return undefined;
    bytes.set(y, scale);
    return value;
  };

const joined: Move = ({ op, inputs, outputs: [y], attrs }, bytes) => {
  if (!inputs.some((value) => bytes.is(value)) || y.shape.length !== 4) return undefined;
  const scale = bytes.planned(y);
  if (!scale) return undefined;
  bytes.set(y, scale);
  const parts = inputs.map((value) => bytes.inScale(value, scale));
  return parts[0].graph.apply(op, parts, attrs)[0];
};

const added: Move = ({ inputs: [a, b], outputs: [y] }, bytes) => {
  if (!bytes.is(a) || !bytes.is(b) || !sameShape(a.shape, b.shape)) return undefined;
  const scale = bytes.planned(y);
  if (!scale) return undefined;
  bytes.set(y, scale);
  return integerAdd(bytes.asBytes(a), bytes.asBytes(b), scale);
};

/** By the names of ops. */
export const moves: Readonly<Record<string, Move>> = {
  add: added,
  avgPool2d: mean,
  concat: joined,
  maxPool2d: largest,
  mul: times,
  pad: padded,
  reduceSum: sum,
  relu: rectified(Number.POSITIVE_INFINITY),
  relu6: rectified(6),
  reshape: asItIs,
  slice: asItIs,
  transpose: asItIs,
};
