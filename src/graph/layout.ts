// A net is a point: all its parameters in one flat vector, described by this layout.

import { type Shape, sameShape, sizeOf } from "../tensor/shape.js";

/** Name under which programs bind the vector of all parameters. */
export const WEIGHTS = "w";
/** Name of the vector that receives the gradient, of the layout's trainable length. */
export const GRADIENT = "grad";
/** Name of a vector of an optimizer's state. */
export const stateVector = (name: string): string => `state.${name}`;

/** What a parameter is for. Weight decay applies to `weight` only; `statistic` is not trained. */
export type ParamKind = "weight" | "bias" | "scale" | "shift" | "statistic";

/** One tensor of a net inside its vector. */
export interface Param {
  /** Path of the layer and name, as `stage1.0.conv1.weight`. */
  readonly name: string;
  readonly shape: Shape;
  readonly offset: number;
  readonly kind: ParamKind;
  /** Factor of the learning rate; default 1. At 0 it is not trained. */
  readonly rate?: number;
  /** How files hold it whose numbers are whole; default as f32. */
  readonly stored?: "i8" | "u8" | "i32";
}

/**
 * The path of the layer that a parameter belongs to, by the parameter's name.
 *
 * @example
 * pathOf("stage1.0.conv1.weight"); // "stage1.0.conv1"
 */
export const pathOf = (name: string): string => name.split(".").slice(0, -1).join(".");

/**
 * Where each parameter lies. Trainable parameters come first, in the order the layers asked for them;
 * batch-norm statistics and frozen parameters lie behind. Gradients and optimizer state have length `trainable`.
 */
export interface ParamLayout {
  readonly params: readonly Param[];
  /** Elements of the whole vector. */
  readonly length: number;
  /** Elements of the trainable prefix. */
  readonly trainable: number;
}

/** Whether an optimizer moves a parameter. */
const isTrained = ({ kind, rate }: Omit<Param, "offset">): boolean =>
  kind !== "statistic" && rate !== 0;

/** The parameters that an optimizer moves, in order. */
export const trainedParams = ({ params }: ParamLayout): Param[] => params.filter(isTrained);

/**
 * Lays out parameters: trainable ones first, each group in the given order.
 *
 * @example
 * const layout = layoutOf([
 *   { name: "mean", shape: [4], kind: "statistic" },
 *   { name: "weight", shape: [4, 3], kind: "weight" },
 * ]);
 * layout.params.map(({ name, offset }) => [name, offset]); // [["weight", 0], ["mean", 12]]
 * [layout.trainable, layout.length]; // [12, 16]
 */
export function layoutOf(specs: readonly Omit<Param, "offset">[]): ParamLayout {
  const trained = specs.filter(isTrained);
  const others = specs.filter((spec) => !isTrained(spec));
  const params: Param[] = [];
  let offset = 0;
  for (const spec of [...trained, ...others]) {
    params.push({ ...spec, offset });
    offset += sizeOf(spec.shape);
  }
  const trainable = trained.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return { params, length: offset, trainable };
}

/** The first difference between two layouts in words, or `undefined` when they are the same. */
export function layoutDifference(a: ParamLayout, b: ParamLayout): string | undefined {
  for (let at = 0; at < Math.max(a.params.length, b.params.length); at++) {
    const [x, y] = [a.params[at], b.params[at]];
    if (!x || !y) return `parameter ${at}: ${x?.name ?? "none"} against ${y?.name ?? "none"}`;
    if (x.name !== y.name || x.kind !== y.kind || !sameShape(x.shape, y.shape)) {
      return `parameter ${at}: ${x.name} [${x.shape}] against ${y.name} [${y.shape}]`;
    }
  }
  return undefined;
}
