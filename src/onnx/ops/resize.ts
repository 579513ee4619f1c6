// Resizing: by our primitive where it has the rule, else axis by axis by a matrix that is worked out when a file is read.

import { add, mul, resize as resizeImages, sub, type Value } from "../../graph/index.js";
import { mapped } from "../compose.js";
import type { Builder, Step } from "../step.js";

/** One axis. */
interface Axis {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
  /** Elements of the result for each of the image's. */
  readonly factor: number;
  /** The part of the image that is resized, as shares of it. */
  readonly region: readonly [number, number];
}

interface Rule {
  readonly mode: string;
  readonly coordinates: string;
  readonly nearest: string;
  readonly cubic: number;
  readonly outside: boolean;
  readonly antialias: boolean;
}

/** Where in the image an element of the result lies. */
const coordinates: Readonly<Record<string, (at: number, axis: Axis) => number>> = {
  half_pixel: (at, { factor }) => (at + 0.5) / factor - 0.5,
  half_pixel_symmetric: (at, { from, to, factor }) => {
    const adjusted = to / (factor * from);
    return (from / 2) * (1 - adjusted) + (at + 0.5) / factor - 0.5;
  },
  pytorch_half_pixel: (at, { to, factor }) => (to > 1 ? (at + 0.5) / factor - 0.5 : 0),
  // A size that factors give counts with what stands behind its point.
  align_corners: (at, { from, to, factor }) =>
    to > 1 ? (at * (from - 1)) / (from * factor - 1) : 0,
  asymmetric: (at, { factor }) => at / factor,
  tf_crop_and_resize: (at, { from, to, region: [start, end] }) =>
    to > 1
      ? start * (from - 1) + (at * (end - start) * (from - 1)) / (to - 1)
      : 0.5 * (start + end) * (from - 1),
};

const nearestOf: Readonly<Record<string, (x: number) => number>> = {
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** Weight of an element at a distance. */
function kernelOf({
  mode,
  cubic: a,
}: Rule): readonly [reach: number, weight: (d: number) => number] {
  if (mode === "linear") return [1, (d) => Math.max(0, 1 - d)];
  return [
    2,
    (d) => {
      if (d <= 1) return (a + 2) * d ** 3 - (a + 3) * d ** 2 + 1;
      return d < 2 ? a * d ** 3 - 5 * a * d ** 2 + 8 * a * d - 4 * a : 0;
    },
  ];
}

/** Weights of the image's elements for one of the result. */
function weightsAt(at: number, axis: Axis, rule: Rule): Float64Array {
  const weights = new Float64Array(axis.from);
  const place = (coordinates[rule.coordinates] ?? coordinates["half_pixel"])(at, axis);
  const last = axis.from - 1;
  if (rule.mode === "nearest") {
    // Rounding of numbers that stand for the middle of two elements.
    const whole = nearestOf[rule.nearest](Math.round(place * 1e6) / 1e6);
    weights[Math.min(Math.max(whole, 0), last)] = 1;
    return weights;
  }
  const [reach, weight] = kernelOf(rule);
  const shrink = rule.antialias ? Math.min(1, axis.factor) : 1;
  const [first, end] = [Math.floor(place - reach / shrink), Math.ceil(place + reach / shrink)];
  let sum = 0;
  for (let element = first; element <= end; element++) {
    const share = weight(Math.abs(element - place) * shrink);
    const isOutside = element < 0 || element > last;
    if (isOutside && rule.outside) continue;
    weights[Math.min(Math.max(element, 0), last)] += share;
    sum += share;
  }
  return weights.map((share) => share / sum);
}

function resizedAlong(step: Step, x: Value, axis: Axis, rule: Rule): Value {
  const { from, to } = axis;
  const matrix = new Float64Array(step.many(from * to));
  for (let at = 0; at < to; at++) {
    for (const [element, share] of weightsAt(at, axis, rule).entries())
      matrix[element * to + at] = share;
  }
  return mapped(x, axis.axis, step.table([from, to], matrix));
}

/** Elements whose place lies in the image, along an axis: 1, others 0. */
const insideOf = (axis: Axis): number[] =>
  Array.from({ length: axis.to }, (_, at) => {
    const place = coordinates["tf_crop_and_resize"](at, axis);
    return place >= 0 && place <= axis.from - 1 ? 1 : 0;
  });

/** A number where places lie beside the image. */
function extrapolated(step: Step, x: Value, axes: readonly Axis[]): Value {
  const number = step.float("extrapolation_value", 0);
  const inside = axes
    .map((axis) =>
      step.table(
        x.shape.map((_, at) => (at === axis.axis ? axis.to : 1)),
        insideOf(axis),
      ),
    )
    .reduce((a, b) => mul(a, b));
  return add(mul(x, inside), mul(sub(step.constant(1), inside), step.constant(number)));
}

/** Sizes, where the shape of what is resized shall be kept: the factor that is the same for all axes. */
function keptShape(policy: string, sizes: readonly number[], from: readonly number[]): number[] {
  const factors = sizes.map((size, at) => size / from[at]);
  if (policy === "stretch") return factors;
  const one = policy === "not_larger" ? Math.min(...factors) : Math.max(...factors);
  return factors.map(() => one);
}

/** The axes whose size or place changes. */
function axesOf(step: Step): Axis[] {
  const shape = step.shape();
  const old = step.opset < 11;
  const numbersAt = (at: number) => {
    const known = step.maybe(at) ? step.known(at).data : undefined;
    return known && known.length > 0 ? Array.from(known) : undefined;
  };
  const named = step.ints("axes");
  const axes = named?.length ? named.map((axis) => step.axis(axis)) : [...shape.keys()];
  const factors = old ? (numbersAt(1) ?? step.floats("scales")) : numbersAt(2);
  const sizes = numbersAt(3);
  const region = old ? undefined : numbersAt(1);
  const from = axes.map((axis) => shape[axis]);
  const policy = step.text("keep_aspect_ratio_policy", "stretch");
  const all =
    factors ?? (sizes ? keptShape(policy, sizes, from) : step.fail("expected scales or sizes"));
  return axes.map((axis, at): Axis => {
    const to = factors
      ? Math.floor(from[at] * all[at] + 1e-6)
      : policy === "stretch"
        ? sizes![at]
        : Math.round(from[at] * all[at]);
    const part = [region?.[at] ?? 0, region?.[at + axes.length] ?? 1] as const;
    return { axis, from: from[at], to, factor: all[at], region: part };
  });
}

/** The rule of our primitive, where the node has it. */
function ownRule(
  { mode, coordinates: of, nearest, antialias, outside }: Rule,
  axes: readonly Axis[],
) {
  const whole = axes.every(({ factor, from, to }) => Math.abs(factor * from - to) < 1e-3);
  if (!whole || antialias || outside || of !== "half_pixel") return undefined;
  if (mode === "linear") return "bilinear" as const;
  return mode === "nearest" && nearest === "round_prefer_ceil" ? ("nearest" as const) : undefined;
}

const resize: Builder = (step) => {
  const old = step.opset < 11;
  const rule: Rule = {
    mode: step.text("mode", "nearest"),
    coordinates: step.text("coordinate_transformation_mode", old ? "asymmetric" : "half_pixel"),
    nearest: step.text("nearest_mode", old ? "floor" : "round_prefer_floor"),
    cubic: step.float("cubic_coeff_a", -0.75),
    outside: step.int("exclude_outside", 0) === 1,
    antialias: step.int("antialias", 0) === 1,
  };
  const cropped = rule.coordinates === "tf_crop_and_resize";
  const axes = axesOf(step).filter(
    ({ factor, region }) => factor !== 1 || (cropped && String(region) !== "0,1"),
  );
  const x = step.x();
  const images = x.shape.length === 4 && axes.every(({ axis }) => axis > 1);
  const own = images ? ownRule(rule, axes) : undefined;
  if (own) {
    const size = [2, 3].map((at) => axes.find(({ axis }) => axis === at)?.to ?? x.shape[at]);
    return resizeImages(x, size, own);
  }
  const y = axes.reduce((value, axis) => resizedAlong(step, value, axis, rule), x);
  return cropped && axes.length > 0 ? extrapolated(step, y, axes) : y;
};

export const resizing = { Resize: resize, Upsample: resize } satisfies Record<string, Builder>;
