// Spaces as unit cubes: a coordinate in [0, 1] for each parameter, of bits one for each bit.

import type { Random } from "../tensor/philox.js";
import { choose, type Domain, exists, type Setting, type Settings, type Space } from "./space.js";

/** An axis of the cube. */
export interface Coordinate {
  /** Number of the parameter in its space. */
  readonly parameter: number;
  /** Cells of equal length that a coordinate is cut into, one for each value; 0: it is continuous. */
  readonly cells: number;
  /** Whether values beside each other are alike. */
  readonly ordered: boolean;
}

/** Axes of a domain. */
function axes(domain: Domain): readonly Omit<Coordinate, "parameter">[] {
  switch (domain.kind) {
    case "float":
      return [{ cells: 0, ordered: true }];
    case "integer":
      // On a logarithmic scale the cells are of different lengths.
      return [{ cells: domain.log ? 0 : domain.high - domain.low + 1, ordered: true }];
    case "choice":
      return [{ cells: domain.of.length, ordered: false }];
    case "bits":
      return Array.from({ length: domain.length }, () => ({ cells: 2, ordered: false }));
  }
}

/** The axes of a space, in the order of its parameters. */
export const coordinatesOf = (space: Space): readonly Coordinate[] =>
  space.flatMap((domain, parameter) => axes(domain).map((axis) => ({ parameter, ...axis })));

/** The cell, from 0, that a coordinate lies in. */
export const cellOf = (coordinate: number, cells: number): number =>
  Math.max(0, Math.min(cells - 1, Math.floor(coordinate * cells)));

const middleOf = (cell: number, cells: number) => (cell + 0.5) / cells;

/** Ends of a range on the scale on which it is even: whole numbers have half a step beside them. */
function scaleOf({ kind, low, high, log }: Domain & { kind: "float" | "integer" }) {
  const margin = kind === "integer" ? 0.5 : 0;
  const scale = log ? Math.log : (value: number) => value;
  return { from: scale(low - margin), to: scale(high + margin), scale };
}

/** The value of a domain at its coordinates, which are cut to [0, 1]. */
export function valueAt(domain: Domain, at: ArrayLike<number>): Setting {
  if (domain.kind === "bits") return Array.from(at, (bit) => cellOf(bit, 2)).join("");
  if (domain.kind === "choice") return domain.of[cellOf(at[0], domain.of.length)];
  // The ends themselves, which logarithms would miss by a rounding.
  if (at[0] <= 0) return domain.low;
  if (at[0] >= 1) return domain.high;
  const { from, to } = scaleOf(domain);
  const scaled = from + (to - from) * at[0];
  const value = domain.log ? Math.exp(scaled) : scaled;
  // Not -0, which no text tells from 0.
  const whole = (domain.kind === "integer" ? Math.round(value) : value) + 0;
  return Math.max(domain.low, Math.min(domain.high, whole));
}

/** The coordinates of a value; of one that is a cell's, its middle. */
export function coordinatesAt(domain: Domain, value: Setting): readonly number[] {
  if (domain.kind === "bits") return [...(value as string)].map((bit) => middleOf(Number(bit), 2));
  if (domain.kind === "choice") return [middleOf(domain.of.indexOf(value), domain.of.length)];
  const { from, to, scale } = scaleOf(domain);
  return [(scale(value as number) - from) / (to - from)];
}

/** How many axes a domain has. */
export const widthOf = (domain: Domain): number => axes(domain).length;

/**
 * The settings at a point of the cube; coordinates of parameters that do not exist have no effect.
 *
 * @example
 * fromCube(parseSpace("lr=log:0.01:1,batch=16|32"), [0, 0.9]); // { lr: 0.01, batch: 32 }
 */
export function fromCube(space: Space, point: ArrayLike<number>): Settings {
  const starts = new Map<string, number>();
  let start = 0;
  for (const parameter of space) {
    starts.set(parameter.name, start);
    start += widthOf(parameter);
  }
  const all = Array.from(point);
  return choose(space, (parameter) => {
    const from = starts.get(parameter.name)!;
    return valueAt(parameter, all.slice(from, from + widthOf(parameter)));
  });
}

/**
 * The point of the cube at which settings lie; NaN on the axes of parameters that do not exist.
 *
 * @example
 * toCube(parseSpace("lr=log:0.01:1,batch=16|32"), { lr: 0.1, batch: 32 }); // Float64Array.of(0.5, 0.75)
 */
export const toCube = (space: Space, settings: Settings): Float64Array =>
  Float64Array.from(
    space.flatMap((parameter) =>
      exists(parameter, settings)
        ? coordinatesAt(parameter, settings[parameter.name])
        : Array<number>(widthOf(parameter)).fill(Number.NaN),
    ),
  );

/** A value of a domain, each as likely as the other (on a logarithmic scale: each decade). */
export const drawValue = (domain: Domain, random: Random): Setting =>
  valueAt(
    domain,
    Array.from({ length: widthOf(domain) }, () => random.uniform()),
  );

/** Settings drawn at random. */
export const drawSettings = (space: Space, random: Random): Settings =>
  choose(space, (parameter) => drawValue(parameter, random));
