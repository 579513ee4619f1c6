// What slides over images: convolution and pooling, of lines and images by our primitives, of volumes by shifted copies.

import {
  add,
  avgPool2d,
  conv2d,
  convTranspose2d,
  div,
  max,
  maxPool2d,
  mul,
  pad,
  pow,
  reduceMax,
  reduceSum,
  reshape,
  select,
  type Value,
} from "../../graph/index.js";
import { type Shape, sizeOf } from "../../tensor/shape.js";
import { greater, perChannel, scaled, strided } from "../compose.js";
import type { Builder, Step } from "../step.js";

/** A window over `rank` axes. */
interface Sliding {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Before and behind each axis. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** Of the result. */
  readonly size: readonly number[];
  /** Padding behind each axis as the file has it, without what a rounded-up size adds. */
  readonly declared: readonly number[];
}

const extentOf = (kernel: number, dilation: number) => dilation * (kernel - 1) + 1;

/** Padding by which an axis gets as many places as its size over the stride. */
function same(size: number, extent: number, stride: number, lower: boolean): [number, number] {
  const missing = Math.max(0, (Math.ceil(size / stride) - 1) * stride + extent - size);
  const small = Math.floor(missing / 2);
  return lower ? [missing - small, small] : [small, missing - small];
}

function slidingOf(step: Step, size: readonly number[], kernel: readonly number[]): Sliding {
  const each = (name: string, usual: number) => {
    const given = step.ints(name);
    return given?.length ? given : size.map(() => usual);
  };
  const [strides, dilations] = [each("strides", 1), each("dilations", 1)];
  const auto = step.text("auto_pad", "NOTSET");
  const pads = step.ints("pads") ?? [];
  const sides = size.map((own, axis): [number, number] => {
    const extent = extentOf(kernel[axis], dilations[axis]);
    if (auto.startsWith("SAME")) return same(own, extent, strides[axis], auto === "SAME_LOWER");
    if (auto === "VALID") return [0, 0];
    return [pads[axis] ?? 0, pads[axis + size.length] ?? 0];
  });
  const up = step.int("ceil_mode", 0) === 1;
  const wanted = size.map((own, axis) => {
    const [first, rest] = sides[axis];
    const room = own + first + rest - extentOf(kernel[axis], dilations[axis]);
    const count = (up ? Math.ceil : Math.floor)(room / strides[axis]) + 1;
    // A window that begins behind the image and its front padding sees nothing.
    return up && (count - 1) * strides[axis] >= own + first ? count - 1 : count;
  });
  const before = sides.map(([first]) => first);
  const declared = sides.map(([, rest]) => rest);
  const after = size.map((own, axis) => {
    const needed = (wanted[axis] - 1) * strides[axis] + extentOf(kernel[axis], dilations[axis]);
    return Math.max(declared[axis], needed - own - before[axis]);
  });
  return { kernel, strides, dilations, before, after, size: wanted, declared };
}

const pair = (list: readonly number[]) => [list[0], list[1]] as const;
const sidesOf = ({ before, after }: Sliding) =>
  [...before, ...after] as unknown as readonly [number, number, number, number];

/** Lines as images one pixel high. */
const high = (x: Value): Value => reshape(x, [...x.shape.slice(0, 2), 1, x.shape[2]]);
const raised = (window: Sliding): Sliding => ({
  kernel: [1, ...window.kernel],
  strides: [1, ...window.strides],
  dilations: [1, ...window.dilations],
  before: [0, ...window.before],
  after: [0, ...window.after],
  size: [1, ...window.size],
  declared: [0, ...window.declared],
});

/** The result of a rule for images, of lines too. */
function onImages(x: Value, window: Sliding, rule: (x: Value, window: Sliding) => Value): Value {
  if (window.kernel.length !== 1) return rule(x, window);
  const y = rule(high(x), raised(window));
  return reshape(y, [...y.shape.slice(0, 2), y.shape[3]]);
}

/** A convolution of values by weights that are values. */
export function convolved(step: Step, x: Value, w: Value, bias?: Value): Value {
  const window = slidingOf(step, x.shape.slice(2), w.shape.slice(2));
  if (window.kernel.length > 2) step.fail("convolutions of volumes are not supported");
  const weights = window.kernel.length === 1 ? high(w) : w;
  return onImages(x, window, (images, geometry) =>
    conv2d(images, weights, {
      strides: pair(geometry.strides),
      dilation: pair(geometry.dilations),
      padding: sidesOf(geometry),
      groups: step.int("group", 1),
      ...(bias && { bias }),
    }),
  );
}

const conv: Builder = (step) =>
  convolved(step, step.x(), step.x(1), step.maybe(2) ? step.x(2) : undefined);

/** Padding and added rows of a transposed convolution, by what the file says of its size. */
function transposedSides(step: Step, size: Shape, kernel: readonly number[]) {
  const rank = size.length;
  const each = (name: string, usual: number) =>
    step.ints(name) ?? new Array<number>(rank).fill(usual);
  const [strides, dilations, added] = [
    each("strides", 1),
    each("dilations", 1),
    each("output_padding", 0),
  ];
  const auto = step.text("auto_pad", "NOTSET");
  const wanted =
    step.ints("output_shape")?.slice(-rank) ??
    (auto.startsWith("SAME") ? size.map((own, axis) => own * strides[axis]) : undefined);
  const pads = step.ints("pads") ?? new Array<number>(2 * rank).fill(0);
  const sides = size.map((own, axis): [number, number, number] => {
    if (!wanted) return [pads[axis], pads[axis + rank], added[axis]];
    const full = (own - 1) * strides[axis] + added[axis] + extentOf(kernel[axis], dilations[axis]);
    const total = full - wanted[axis];
    const small = Math.floor(total / 2);
    if (total < 0) return [0, 0, added[axis] - total];
    return auto === "SAME_UPPER"
      ? [small, total - small, added[axis]]
      : [total - small, small, added[axis]];
  });
  return { strides, dilations, sides };
}

const convTranspose: Builder = (step) => {
  const [x, w] = [step.x(), step.x(1)];
  const line = w.shape.length === 3;
  if (w.shape.length > 4) step.fail("convolutions of volumes are not supported");
  const { strides, dilations, sides } = transposedSides(step, x.shape.slice(2), w.shape.slice(2));
  const full = <T>(list: readonly T[], first: T): T[] => (line ? [first, ...list] : [...list]);
  const side = (at: number) =>
    full(
      sides.map((all) => all[at]),
      0,
    );
  const [top, bottom, more] = [side(0), side(1), side(2)];
  const y = convTranspose2d(
    line ? high(x) : x,
    line ? high(w) : w,
    {
      strides: full(strides, 1),
      dilation: full(dilations, 1),
      padding: [...top, ...bottom],
      groups: step.int("group", 1),
    },
    [more[0], more[1]],
  );
  const sum = step.maybe(2) ? add(y, perChannel(step.x(2), y)) : y;
  return line ? reshape(sum, [...sum.shape.slice(0, 2), sum.shape[3]]) : sum;
};

/** All offsets inside a kernel. */
function offsetsOf(kernel: readonly number[]): number[][] {
  return kernel.reduce<number[][]>(
    (lists, size) =>
      lists.flatMap((list) => Array.from({ length: size }, (_, at) => [...list, at])),
    [[]],
  );
}

/** What stands at one offset of every window [n, c, ...size], of padded values. */
function shiftedTo(padded: Value, window: Sliding, offset: readonly number[]): Value {
  return offset.reduce(
    (x, at, axis) =>
      strided(x, axis + 2, at * window.dilations[axis], window.strides[axis], window.size[axis]),
    padded,
  );
}

/** Values with a number around them. */
function surrounded(step: Step, x: Value, { before, after }: Sliding, number: number): Value {
  const [front, behind] = [before, after].map((sizes) => [0, 0, ...sizes]);
  if ([...front, ...behind].every((size) => size === 0)) return x;
  if (number === 0) return pad(x, front, behind);
  const inside = pad(step.filled(x.shape, 1), front, behind);
  return select(inside, pad(x, front, behind), step.constant(number));
}

/** Least number of f32. */
const LEAST = -3.4028234663852886e38;

/** Whether our primitive has such a window. */
const isPlain = ({ kernel, dilations, before, after }: Sliding, most: number): boolean =>
  kernel.length <= 2 &&
  sizeOf(kernel) <= most &&
  dilations.every((size) => size === 1) &&
  [before, after].every((sizes) => sizes.every((size, axis) => size < kernel[axis]));

const MOST_OFFSETS = 1024;

function largest(step: Step, x: Value, window: Sliding): Value {
  const padded = surrounded(step, x, window, LEAST);
  return offsetsOf(window.kernel)
    .map((offset) => shiftedTo(padded, window, offset))
    .reduce((a, b) => max(a, b));
}

/** Largest numbers, and where they stand among all of the tensor. */
function withPlaces(step: Step, x: Value, window: Sliding): [Value, Value] {
  const padded = surrounded(step, x, window, LEAST);
  const columnsFirst = step.int("storage_order", 0) === 1;
  const sizes = x.shape.slice(2);
  const weights = sizes.map((_, axis) =>
    sizeOf(columnsFirst ? sizes.slice(0, axis) : sizes.slice(axis + 1)),
  );
  const places = Array.from({ length: step.many(sizeOf(x.shape)) }, (_, at) => {
    const plane = Math.floor(at / sizeOf(sizes));
    const own = sizes.map((size, axis) => Math.floor(at / sizeOf(sizes.slice(axis + 1))) % size);
    return plane * sizeOf(sizes) + own.reduce((sum, place, axis) => sum + place * weights[axis], 0);
  });
  const numbers = surrounded(step, step.table(x.shape, places), window, 0);
  let best: [Value, Value] | undefined;
  for (const offset of offsetsOf(window.kernel)) {
    const [value, place] = [padded, numbers].map((of) => shiftedTo(of, window, offset));
    if (!best) best = [value, place];
    else best = [max(best[0], value), select(greater(value, best[0]), place, best[1])];
  }
  return best!;
}

/** The window of a pool, whose copies must not be too many. */
function poolOf(step: Step): Sliding {
  const kernel = step.ints("kernel_shape") ?? step.fail("expected a kernel");
  if (sizeOf(kernel) > MOST_OFFSETS) step.fail(`a window of ${sizeOf(kernel)} elements`);
  return slidingOf(step, step.shape().slice(2), kernel);
}

const optionsOf = (window: Sliding) => ({
  kernel: pair(window.kernel),
  strides: pair(window.strides),
  padding: sidesOf(window),
});

const maxPool: Builder = (step) => {
  const [x, window] = [step.x(), poolOf(step)];
  if (step.node.output?.[1]) {
    const [value, places] = withPlaces(step, x, window);
    return [value, { value: places, type: "i64" }];
  }
  if (!isPlain(window, 255)) return largest(step, x, window);
  return onImages(x, window, (images, plain) => maxPool2d(images, optionsOf(plain)));
};

/** In how many pixels each window counts: those of the image, or those of declared padding too. */
function countsOf(x: Value, window: Sliding, padding: boolean): number[] {
  const { kernel, strides, dilations, before, declared, size } = window;
  const perAxis = size.map((length, axis) => {
    const own = x.shape[axis + 2];
    const [low, high] = padding ? [-before[axis], own + declared[axis]] : [0, own];
    return Array.from({ length }, (_, at) => {
      const start = at * strides[axis] - before[axis];
      const seen = Array.from({ length: kernel[axis] }, (_, k) => start + k * dilations[axis]);
      return seen.filter((place) => place >= low && place < high).length;
    });
  });
  return perAxis.reduce<number[]>(
    (counts, own) => counts.flatMap((count) => own.map((one) => count * one)),
    [1],
  );
}

const averagePool: Builder = (step) => {
  const [x, window] = [step.x(), poolOf(step)];
  const padding = step.int("count_include_pad", 0) === 1;
  const rounded = window.after.some((size, axis) => size !== window.declared[axis]);
  if (isPlain(window, Number.POSITIVE_INFINITY) && !(padding && rounded)) {
    return onImages(x, window, (images, plain) =>
      avgPool2d(images, { ...optionsOf(plain), countPadding: padding }),
    );
  }
  step.many(sizeOf(window.size));
  const padded = surrounded(step, x, window, 0);
  const sum = offsetsOf(window.kernel)
    .map((offset) => shiftedTo(padded, window, offset))
    .reduce((a, b) => add(a, b));
  return div(sum, step.table([1, 1, ...window.size], countsOf(x, window, padding)));
};

const pixelAxes = ({ shape }: Value) => [...shape.keys()].slice(2);

/** Sums of squares of neighbouring channels, as means of windows along them. */
const localResponse: Builder = (step) => {
  const x = step.x();
  const [n, c] = x.shape;
  const size = step.int("size", 1);
  const [before, behind] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const rows = reshape(mul(x, x), [n, 1, c, sizeOf(x.shape.slice(2))]);
  const mean = avgPool2d(rows, { kernel: [size, 1], strides: 1, padding: [before, 0, behind, 0] });
  const base = add(
    scaled(reshape(mean, x.shape), step.float("alpha", 1e-4)),
    step.constant(step.float("bias", 1)),
  );
  return div(x, pow(base, step.constant(step.float("beta", 0.75))));
};

export const windows = {
  AveragePool: averagePool,
  Conv: conv,
  ConvTranspose: convTranspose,
  GlobalAveragePool: (step) => {
    const x = step.x();
    return scaled(reduceSum(x, pixelAxes(x), true), 1 / sizeOf(x.shape.slice(2)));
  },
  GlobalMaxPool: (step) => {
    const x = step.x();
    return reduceMax(x, pixelAxes(x), true);
  },
  LRN: localResponse,
  MaxPool: maxPool,
} satisfies Record<string, Builder>;
