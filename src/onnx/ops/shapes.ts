// What moves elements, and arithmetic of shapes.

import {
  add,
  concat,
  expand,
  mul,
  pad,
  reshape,
  sub,
  transpose,
  type Value,
} from "../../graph/index.js";
import { newData, type OnnxTensor, onnxTensor } from "../../tensor/onnx/elements.js";
import { broadcastShapes, type Shape, sizeOf } from "../../tensor/shape.js";
import { along, equal, strided, taken } from "../compose.js";
import type { Builder, Step } from "../step.js";

const list = (numbers: readonly number[]): OnnxTensor =>
  onnxTensor("i64", [numbers.length], numbers);

const constantOf: Builder = (step) => {
  const tensor = step.tensor("value");
  if (tensor) return tensor;
  const [ints, floats] = [step.ints("value_ints"), step.floats("value_floats")];
  if (ints?.length) return list(ints);
  if (floats?.length) return onnxTensor("f32", [floats.length], floats);
  if (step.has("value_int")) return onnxTensor("i64", [], [step.int("value_int", 0)]);
  if (step.has("value_float")) return onnxTensor("f32", [], [step.float("value_float", 0)]);
  return step.fail("expected a tensor or numbers");
};

const shapeOf: Builder = (step) => {
  const shape = step.shape();
  const place = (at: number) =>
    Math.min(Math.max(at < 0 ? at + shape.length : at, 0), shape.length);
  return list(shape.slice(place(step.int("start", 0)), place(step.int("end", shape.length))));
};

/** Most numbers that a file may ask for without having them. */
const MOST_MADE = 2 ** 28;

const constantOfShape: Builder = (step) => {
  const shape = Array.from(step.known(0).data);
  const { type, data } = step.tensor("value") ?? onnxTensor("f32", [1], [0]);
  const size = sizeOf(shape);
  if (!(size >= 0 && size <= MOST_MADE)) step.fail(`[${shape}] is no shape, or a very large one`);
  return { type, shape, data: newData(type, size).fill(data[0]) };
};

/** A file that fixes its batch says it in shapes too; they follow the batch that there is. */
function followed(shape: readonly number[], from: Shape, { site: { batch } }: Step): number[] {
  const follows =
    batch && batch.file !== batch.here && shape[0] === batch.file && from[0] === batch.here;
  return follows ? [batch.here, ...shape.slice(1)] : [...shape];
}

const reshaped: Builder = (step) => {
  const from = step.shape();
  const wanted = step.numbers(1, "shape") ?? step.fail("expected a shape");
  const keeps = step.int("allowzero", 0) === 0;
  const sizes = wanted.map((size, axis) => (size === 0 && keeps ? from[axis] : size));
  const full = followed(sizes, from, step);
  const known = sizeOf(full.filter((size) => size !== -1));
  const shape = full.map((size) => (size === -1 ? sizeOf(from) / (known || 1) : size));
  if (sizeOf(from) === 0) return onnxTensor(step.typeOf(), shape, []);
  if (sizeOf(shape) !== sizeOf(from)) step.fail(`[${from}] has not the size of [${wanted}]`);
  return reshape(step.x(), shape);
};

const flatten: Builder = (step) => {
  const shape = step.shape();
  const axis = step.axis(step.int("axis", 1));
  const rows = sizeOf(shape.slice(0, axis));
  return reshape(step.x(), [rows, sizeOf(shape) / rows]);
};

const transposed: Builder = (step) => {
  const rank = step.shape().length;
  const order = step.ints("perm");
  return transpose(step.x(), order?.length ? order : [...new Array(rank).keys()].reverse());
};

const concatenated: Builder = (step) => {
  const full = step.inputs.flatMap((operand, at) =>
    operand && !operand.shape.includes(0) ? [at] : [],
  );
  const first = step.shape(full[0] ?? 0);
  const axis = step.axis(step.int("axis", step.opset < 4 ? 1 : 0), first.length);
  if (full.length === 0) return onnxTensor(step.typeOf(), first, []);
  return concat(
    full.map((at) => step.x(at)),
    axis,
  );
};

interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** Where elements of an axis are taken, by ONNX's rules for places beyond its ends. */
function cutOf(size: number, from: number, to: number, step: number): Omit<Cut, "axis"> {
  const place = (at: number) => (at < 0 ? at + size : at);
  const within = (at: number, low: number, high: number) => Math.min(Math.max(at, low), high);
  const [start, end] =
    step > 0
      ? [within(place(from), 0, size), within(place(to), 0, size)]
      : [within(place(from), 0, size - 1), within(place(to), -1, size - 1)];
  return { start, step, count: Math.max(0, Math.ceil((end - start) / step)) };
}

const sliced: Builder = (step) => {
  const shape = step.shape();
  const starts = step.numbers(1, "starts") ?? [];
  const ends = step.numbers(2, "ends") ?? [];
  const axes = step.numbers(3, "axes") ?? starts.map((_, at) => at);
  const steps = step.numbers(4, "steps") ?? starts.map(() => 1);
  const cuts = starts.map((start, at): Cut => {
    const axis = step.axis(axes[at], shape.length);
    return { axis, ...cutOf(shape[axis], start, ends[at], steps[at]) };
  });
  const size = shape.map((own, axis) => cuts.find((cut) => cut.axis === axis)?.count ?? own);
  if (size.includes(0)) return onnxTensor(step.typeOf(), size, []);
  return cuts.reduce((x, { axis, start, step: by, count }) => {
    if (by > 0) return strided(x, axis, start, by, count);
    return taken(
      x,
      axis,
      Array.from({ length: step.many(count) }, (_, at) => start + at * by),
    );
  }, step.x());
};

const split: Builder = (step) => {
  const axis = step.axis(step.int("axis", 0));
  const size = step.shape()[axis];
  const parts = step.many(step.int("num_outputs", step.node.output?.length ?? 1));
  const each = Math.ceil(size / parts);
  const even = Array.from({ length: parts }, (_, at) => Math.min(each, size - at * each));
  let from = 0;
  return (step.numbers(1, "split") ?? even).map((length) => {
    const start = from;
    from += length;
    const shape = step.shape().map((own, at) => (at === axis ? length : own));
    if (sizeOf(shape) === 0) return onnxTensor(step.typeOf(), shape, []);
    return along(step.x(), axis, start, length);
  });
};

const squeeze: Builder = (step) => {
  const shape = step.shape();
  const axes = step.numbers(1, "axes")?.map((axis) => step.axis(axis, shape.length));
  return reshape(
    step.x(),
    shape.filter((size, axis) => (axes ? !axes.includes(axis) : size !== 1)),
  );
};

const unsqueeze: Builder = (step) => {
  const shape = step.shape();
  const named = step.numbers(1, "axes") ?? step.fail("expected axes");
  const rank = shape.length + named.length;
  const axes = named.map((axis) => step.axis(axis, rank));
  const rest = [...shape];
  const sizes = Array.from({ length: rank }, (_, axis) =>
    axes.includes(axis) ? 1 : rest.shift()!,
  );
  return reshape(step.x(), sizes);
};

const expanded: Builder = (step) => {
  const wanted = followed(Array.from(step.known(1).data), step.shape(), step);
  return expand(step.x(), broadcastShapes(step.shape(), wanted));
};

const tile: Builder = (step) =>
  Array.from(step.known(1).data).reduce(
    (x, times, axis) => concat(new Array(step.many(times)).fill(x), axis),
    step.x(),
  );

const mod = (a: number, b: number): number => ((a % b) + b) % b;

/** Which element stands at a place before or behind an axis of so many. */
const borders: Readonly<Record<string, (at: number, size: number) => number>> = {
  edge: (at, size) => Math.min(Math.max(at, 0), size - 1),
  reflect: (at, size) => {
    const period = Math.max(1, 2 * (size - 1));
    return size - 1 - Math.abs(mod(at, period) - (size - 1));
  },
  wrap: mod,
};

/** Numbers before and behind each axis; fewer than none are cut off. */
function paddingOf(step: Step, rank: number): [before: number[], after: number[]] {
  const pads = step.numbers(1, "pads") ?? step.ints("paddings") ?? step.fail("expected pads");
  const named = step.maybe(3) ? Array.from(step.known(3).data) : undefined;
  const axes = named?.map((axis) => step.axis(axis, rank)) ?? [...new Array(rank).keys()];
  const [before, after] = [new Array<number>(rank).fill(0), new Array<number>(rank).fill(0)];
  for (const [at, axis] of axes.entries()) {
    before[axis] = pads[at];
    after[axis] = pads[at + axes.length];
  }
  return [before, after];
}

const padded: Builder = (step) => {
  const rank = step.shape().length;
  const [before, after] = paddingOf(step, rank);
  const mode = step.text("mode", "constant");
  const x = before.reduce((value: Value, _, axis) => {
    const [first, rest] = [Math.min(0, before[axis]), Math.min(0, after[axis])];
    return along(value, axis, -first, value.shape[axis] + first + rest);
  }, step.x());
  const [front, behind] = [before, after].map((sizes) => sizes.map((size) => Math.max(0, size)));
  if (mode === "constant") {
    const value = step.maybe(2) ? step.known(2).data[0] : step.float("value", 0);
    if (value === 0) return pad(x, front, behind);
    const number = step.constant(value);
    return add(pad(sub(x, number), front, behind), number);
  }
  const border = borders[mode] ?? step.fail(`mode ${mode}`);
  return front.reduce((value: Value, _, axis) => {
    const size = value.shape[axis];
    const length = step.many(front[axis] + size + behind[axis]);
    const places = Array.from({ length }, (_, at) => border(at - front[axis], size));
    return taken(value, axis, places);
  }, x);
};

const MOST_GATHERED = 4096;

const gather: Builder = (step) => {
  const [shape, indices] = [step.shape(), step.known(1)];
  const axis = step.axis(step.int("axis", 0));
  if (indices.data.length > MOST_GATHERED)
    step.fail(`more than ${MOST_GATHERED} elements are gathered`);
  const places = Array.from(indices.data, (at) => (at < 0 ? at + shape[axis] : at));
  const found = taken(step.x(), axis, places);
  return reshape(found, [...shape.slice(0, axis), ...indices.shape, ...shape.slice(axis + 1)]);
};

const range: Builder = (step) => {
  const [start, limit, delta] = [0, 1, 2].map((at) => step.known(at).data[0]);
  const length = step.many(Math.max(0, Math.ceil((limit - start) / delta)));
  return onnxTensor(
    step.typeOf(),
    [length],
    Array.from({ length }, (_, at) => start + at * delta),
  );
};

const depthToSpace: Builder = (step) => {
  const [n, c, h, w] = step.shape();
  const block = step.int("blocksize", 1);
  const depth = c / block ** 2;
  const columnsFirst = step.text("mode", "DCR") === "CRD";
  const apart = columnsFirst ? [n, depth, block, block, h, w] : [n, block, block, depth, h, w];
  const order = columnsFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2];
  return reshape(transpose(reshape(step.x(), apart), order), [n, depth, h * block, w * block]);
};

const spaceToDepth: Builder = (step) => {
  const [n, c, h, w] = step.shape();
  const block = step.int("blocksize", 1);
  const apart = reshape(step.x(), [n, c, h / block, block, w / block, block]);
  const moved = transpose(apart, [0, 3, 5, 1, 2, 4]);
  return reshape(moved, [n, c * block ** 2, h / block, w / block]);
};

/** Indices that are not there give the off value everywhere. */
const oneHot: Builder = (step) => {
  const depth = step.many(step.known(1).data[0]);
  const [indices, [off, on]] = [step.x(), step.known(2).data];
  const rank = indices.shape.length + 1;
  const axis = step.axis(step.int("axis", -1), rank);
  const places = Array.from({ length: depth }, (_, at) => at);
  const shape = Array.from({ length: rank }, (_, at) => (at === axis ? depth : 1));
  const wide = reshape(indices, [...indices.shape.slice(0, axis), 1, ...indices.shape.slice(axis)]);
  const table = (from: number) =>
    step.table(
      shape,
      places.map((place) => place + from),
    );
  const hot = add(equal(wide, table(0)), equal(wide, table(-depth)));
  const value =
    on === 1 && off === 0 ? hot : add(mul(hot, step.constant(on - off)), step.constant(off));
  return { value, type: step.typeOf(2) };
};

export const shapes = {
  Concat: concatenated,
  Constant: constantOf,
  ConstantOfShape: constantOfShape,
  DepthToSpace: depthToSpace,
  Expand: expanded,
  Flatten: flatten,
  Gather: gather,
  OneHot: oneHot,
  Pad: padded,
  Range: range,
  Reshape: reshaped,
  Shape: shapeOf,
  Size: (step) => onnxTensor("i64", [], [sizeOf(step.shape())]),
  Slice: sliced,
  SpaceToDepth: spaceToDepth,
  Split: split,
  Squeeze: squeeze,
  Tile: tile,
  Transpose: transposed,
  Unsqueeze: unsqueeze,
} satisfies Record<string, Builder>;
