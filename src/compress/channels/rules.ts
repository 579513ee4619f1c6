// Which channels of what an op takes are which channels of what it gives, a row for each op. An op without a row keeps
// everything as it is. What two rows say together is what makes channels go together: those of a residual sum, say.

import type { Node, Value } from "../../graph/index.js";
import { type Ids, type Places, STAYS } from "./ids.js";
import { reshaped } from "./reshape.js";

/** Of a value: the ids of the places along each axis, and none along an axis that stays as it is, a batch, say. */
export type Marks = readonly (Places | undefined)[];

/** What rules write down beside the marks. */
export interface Notes {
  readonly ids: Ids;
  /** Ids of places of parameters along which sums are taken: inputs of a convolution or of a linear layer. */
  readonly summed: Set<number>;
  /** Ids of places of parameters that each make a channel. */
  readonly made: Set<number>;
}

/** The marks of what a node gives, from those of what it takes. */
export type ChannelRule = (node: Node, inputs: readonly Marks[], notes: Notes) => readonly Marks[];

/** Marks of an axis of a few. */
export const alongAxis = (rank: number, axis: number, places: Places | undefined): Marks =>
  Array.from({ length: rank }, (_, at) => (at === axis ? places : undefined));

/** What can be removed of one side must be removed of the other; where one side stays, so does the other. */
function match(a: Places | undefined, b: Places | undefined, ids: Ids): void {
  if (a && b) ids.joinEach(a, b);
  else if (a ?? b) ids.keep((a ?? b)!);
}

/** The same of channels and the inputs of weights that take sums over them. */
function matchSums(channels: Places | undefined, inputs: Places | undefined, ids: Ids): void {
  if (channels && inputs) ids.joinSides(channels, inputs);
  else match(channels, inputs, ids);
}

/** Operands of a node that broadcast against each other, as marks of the whole shape. */
function broadcast(operands: readonly (readonly [Value, Marks])[], rank: number, ids: Ids): Marks {
  return Array.from({ length: rank }, (_, axis) => {
    const seen = operands
      .map(([{ shape }, marks]) => [axis + shape.length - rank, shape, marks] as const)
      .filter(([at, shape]) => at >= 0 && shape[at] > 1)
      .map(([at, , marks]) => marks[at]);
    for (const places of seen.slice(1)) match(seen[0], places, ids);
    return seen[0];
  });
}

const pointwise: ChannelRule = ({ inputs, outputs: [{ shape }] }, marks, { ids }) => [
  broadcast(
    inputs.map((value, at) => [value, marks[at]]),
    shape.length,
    ids,
  ),
];

/** Channels pass; whatever else has marks stays. */
const images: ChannelRule = ({ outputs }, [marks], { ids }) => {
  for (const [axis, places] of marks.entries()) if (axis !== 1 && places) ids.keep(places);
  return outputs.map(() => alongAxis(4, 1, marks[1]));
};

/** Axes that an op looks at as a whole. */
const stay = (marks: Marks, axes: readonly number[], ids: Ids): Marks =>
  marks.map((places, axis) => {
    if (!axes.includes(axis)) return places;
    if (places) ids.keep(places);
    return undefined;
  });

const overAxes: ChannelRule = ({ attrs }, [marks], { ids }) => [
  stay(marks, attrs["axes"] as readonly number[], ids),
];

const note = (set: Set<number>, places: Places | undefined) => {
  for (const id of places ?? []) set.add(id);
};

/** Blocks of places next to each other that go as a whole. */
function joinBlocks(places: Places | undefined, blocks: number, ids: Ids): void {
  const size = (places?.length ?? 0) / blocks;
  for (let block = 0; block < blocks && places; block++) {
    ids.joinAll(places.subarray(block * size, (block + 1) * size));
  }
}

/** Inputs and outputs of each group of a convolution, which goes as a whole. */
function joinGroups(inputs: Places | undefined, outputs: Places | undefined, node: Node, ids: Ids) {
  const groups = node.attrs["groups"] as number;
  for (const places of [inputs, outputs]) joinBlocks(places, groups, ids);
  const firsts = (places: Places | undefined) =>
    places?.filter((_, at) => at % (places.length / groups) === 0);
  match(firsts(inputs), firsts(outputs), ids);
}

/** A convolution, whose weights are [outputs, inputs / groups, h, w], or those of a transposed one the other way round. */
const convolution =
  (outputAxis: 0 | 1): ChannelRule =>
  (node, [x, weights, ...rest], { ids, summed, made }) => {
    const grouped = node.attrs["groups"] !== 1;
    const [outputs, inputs] = [weights[outputAxis], weights[1 - outputAxis]];
    const channels = images(node, [x], { ids, summed, made })[0][1];
    for (const places of weights.slice(2)) if (places) ids.keep(places);
    if (!grouped) {
      note(summed, inputs);
      matchSums(channels, inputs, ids);
      note(made, outputs);
    } else if (outputAxis === 0) {
      joinGroups(channels, outputs, node, ids);
      if (inputs) ids.keep(inputs);
    } else {
      for (const places of [channels, inputs, outputs]) if (places) ids.keep(places);
    }
    const made4 = alongAxis(4, 1, outputs);
    for (const [at, value] of node.inputs.slice(2).entries()) {
      // Behind the weights: numbers of each channel, or a residual.
      const own = value.shape.length === 4 ? rest[at] : alongAxis(4, 1, rest[at][0]);
      for (const axis of [0, 1, 2, 3]) match(own[axis], made4[axis], ids);
    }
    return [made4];
  };

const product: ChannelRule = ({ inputs: [a], attrs }, [x, y, bias], { ids, summed, made }) => {
  const rank = a.shape.length;
  if (rank !== 2) {
    for (const places of [...x, ...y, ...(bias ?? [])]) if (places) ids.keep(places);
    return [alongAxis(rank, 0, undefined)];
  }
  const [rows, inner] = attrs["transposeA"] ? [x[1], x[0]] : [x[0], x[1]];
  const [outer, outputs] = attrs["transposeB"] ? [y[1], y[0]] : [y[0], y[1]];
  note(summed, outer);
  matchSums(inner, outer, ids);
  note(made, outputs);
  if (bias) match(bias[0], outputs, ids);
  return [[rows, outputs]];
};

/** Scale, shift and the like [c], and a residual of the shape of the images or rows. */
function normalised({ inputs: [x, ...others] }: Node, marks: readonly Marks[], ids: Ids): Marks {
  const rank = x.shape.length;
  for (const [at, { shape }] of others.entries()) {
    const own = marks[at + 1];
    const whole = shape.length === rank ? own : alongAxis(rank, 1, own[0]);
    for (let axis = 0; axis < rank; axis++) match(marks[0][axis], whole[axis], ids);
  }
  return marks[0];
}

const batchNorm: ChannelRule = (node, marks, { ids }) => {
  const own = normalised(node, marks, ids);
  return node.outputs.map((_, at) => (at === 0 ? own : [own[1]]));
};

const groupNorm: ChannelRule = (node, marks, { ids }) => {
  const own = normalised(node, marks, ids);
  joinBlocks(own[1], node.attrs["groups"] as number, ids);
  return node.outputs.map((_, at) => (at === 0 ? own : [undefined, undefined]));
};

const transpose: ChannelRule = ({ attrs }, [marks]) => [
  (attrs["order"] as readonly number[]).map((axis) => marks[axis]),
];

const concat: ChannelRule = ({ inputs, attrs, outputs: [{ shape }] }, marks, { ids }) => {
  const { axis } = attrs as { axis: number };
  const others = shape.map((_, at) => {
    if (at !== axis) for (const own of marks.slice(1)) match(marks[0][at], own[at], ids);
    return marks[0][at];
  });
  if (marks.every((own) => !own[axis])) return [others];
  const joined = new Int32Array(shape[axis]);
  let from = 0;
  for (const [at, value] of inputs.entries()) {
    joined.set(marks[at][axis] ?? new Int32Array(value.shape[axis]).fill(STAYS), from);
    from += value.shape[axis];
  }
  return [others.map((places, at) => (at === axis ? joined : places))];
};

const slice: ChannelRule = ({ attrs }, [marks]) => {
  const { starts, sizes } = attrs as Record<"starts" | "sizes", readonly number[]>;
  return [marks.map((places, at) => places?.subarray(starts[at], starts[at] + sizes[at]))];
};

const pad: ChannelRule = ({ attrs }, [marks], { ids }) => {
  const { before, after } = attrs as Record<"before" | "after", readonly number[]>;
  const padded = (places: Places, at: number) =>
    Int32Array.of(...ids.fresh(before[at]), ...places, ...ids.fresh(after[at]));
  return [marks.map((places, at) => places && padded(places, at))];
};

const expand: ChannelRule = ({ inputs: [x], outputs: [{ shape }] }, [marks]) => [
  shape.map((_, axis) => marks[axis + x.shape.length - shape.length]),
];

/** Random numbers: as many as there are channels left. */
const uniform: ChannelRule = ({ outputs: [{ shape }] }, _, { ids }) => [
  alongAxis(shape.length, 1, shape[1] > 1 ? ids.fresh(shape[1]) : undefined),
];

const lastAxis: ChannelRule = (_, [marks], { ids }) => [stay(marks, [marks.length - 1], ids)];

const same: ChannelRule = (_, [marks]) => [marks];

/** By the names of ops; pointwise ones need no row. */
const rules: Readonly<Record<string, ChannelRule>> = {
  avgPool2d: images,
  batchNorm,
  cast: same,
  concat,
  conv2d: convolution(0),
  conv2dInputGrad: convolution(1),
  dequantise: same,
  expand,
  groupNorm,
  integerAdd: pointwise,
  integerConv2d: convolution(0),
  integerPool2d: images,
  logSoftmax: lastAxis,
  matmul: product,
  maxPool2d: images,
  pad,
  quantise: same,
  reduceMax: overAxes,
  reduceSum: overAxes,
  reshape: ({ inputs: [x], outputs: [y] }, [marks], { ids }) => [
    reshaped(marks, x.shape, y.shape, ids),
  ],
  resize: images,
  slice,
  transpose,
  uniform,
};

/** What nobody knows stays as it is. */
const unknown: ChannelRule = ({ outputs }, inputs, { ids }) => {
  for (const marks of inputs) for (const places of marks) if (places) ids.keep(places);
  return outputs.map(({ shape }) => alongAxis(shape.length, 0, undefined));
};

/** The rule of a node. */
export const ruleOf = ({ op }: Node): ChannelRule =>
  Object.hasOwn(rules, op.name) ? rules[op.name] : op.pointwise ? pointwise : unknown;
