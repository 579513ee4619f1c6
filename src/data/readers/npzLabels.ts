// Labels from arrays of numbers, by their kinds.

import { InputError } from "../../inputError.js";
import type { HostTensor } from "../../tensor/host.js";
import { formatShape } from "../../tensor/shape.js";
import { IGNORED, type Labels } from "../labels.js";
import { evenOffsets } from "../ragged.js";
import { type MarkRows, makeMarks } from "./npzMarks.js";
import { makeTokens } from "./npzTokens.js";
import {
  MOST_CLASSES,
  mayBeWhite,
  numbered,
  type ReadOptions,
  requireTwoClasses,
} from "./reader.js";
import type { Role } from "./roles.js";

/** A kind of labels that an array can hold, by the role of the array. */
type Kind = "class" | "tags" | "values" | "mask" | "points" | "boxes" | "tokens";

/** Labels of one part as they are stored. */
export interface StoredLabels extends MarkRows {
  readonly kind: Kind;
}

const kindOfRole: Readonly<Partial<Record<Role, Kind>>> = {
  label: "class",
  tags: "tags",
  values: "values",
  masks: "mask",
  points: "points",
  boxes: "boxes",
  tokens: "tokens",
};

/** Roles of arrays that hold labels, the first one goes before the others. */
export const labelRoles = [
  "label",
  "tags",
  "values",
  "masks",
  "points",
  "boxes",
  "tokens",
] as const satisfies readonly Role[];

const recordOf = (at: number, { data, shape }: HostTensor) =>
  Math.floor(at / (data.length / shape[0]));

const isColumn = ({ shape }: HostTensor) =>
  shape.length >= 1 && shape.slice(1).every((size) => size === 1);

const isFlags = ({ data }: HostTensor) => data.every((value) => value === 0 || value === 1);

/** Whether each row holds one 1 and zeros. */
function isOneHot(tensor: HostTensor): boolean {
  const ones = new Int32Array(tensor.shape[0]);
  for (let at = 0; at < tensor.data.length; at++) ones[recordOf(at, tensor)] += tensor.data[at];
  return isFlags(tensor) && ones.every((count) => count === 1);
}

/**
 * The kind of an array of labels.
 *
 * @throws InputError when a row could be several things and nobody has said which.
 */
export function kindOfArray(
  role: Role,
  tensor: HostTensor,
  { kind }: Pick<ReadOptions, "kind">,
  source: string,
): Kind {
  const own = kindOfRole[role]!;
  if (own !== "class") return own;
  if (kind === "values" || kind === "tags") return kind;
  if (kind === "class" || tensor.shape.length !== 2 || tensor.shape[1] === 1) {
    if (kind === undefined && tensor.data.some((value) => !Number.isInteger(value))) {
      throw new InputError(`${source} holds fractions; say --task values to learn them as numbers`);
    }
    return "class";
  }
  throw new InputError(
    `${source} has shape ${formatShape(tensor.shape)}, ${tensor.shape[1]} numbers per image; expected [n] or [n, 1], ` +
      `one class per image; say what they are: ${
        isFlags(tensor) ? "--task tags, or --task classify if one of them is 1" : "--task values"
      }`,
  );
}

/** Class of each image from [n], [n, 1] or rows in which one number is 1. */
function classNumbers(tensor: HostTensor, source: string): Int32Array {
  const { shape, data } = tensor;
  if (shape.length === 2 && shape[1] > 1 && isOneHot(tensor)) {
    return Int32Array.from({ length: shape[0] }, (_, row) =>
      data.subarray(row * shape[1], (row + 1) * shape[1]).indexOf(1),
    );
  }
  if (!isColumn(tensor)) {
    throw new InputError(
      `${source} has shape ${formatShape(shape)}; expected [n] or [n, 1], one class per image`,
    );
  }
  const wrong = data.findIndex(
    (value) => !(Number.isInteger(value) && value >= 0 && value < MOST_CLASSES),
  );
  if (wrong >= 0) {
    throw new InputError(
      `${source}: record ${wrong} is ${data[wrong]}; expected a class from 0 to ${MOST_CLASSES - 1}`,
    );
  }
  return Int32Array.from(data);
}

/** Without names the training labels must be from 0 without a gap. */
function rangeOf(train: Int32Array, source: string): number {
  const seen = new Set(train);
  const last = train.reduce((largest, label) => Math.max(largest, label), 0);
  for (let label = 0; label < last; label++) {
    if (seen.has(label)) continue;
    throw new InputError(
      `${source}: record ${train.indexOf(last)} has label ${last}, but no record ` +
        `has label ${label}; expected labels from 0 without a gap, or their names by --classes`,
    );
  }
  return last + 1;
}

type Maker = (
  parts: readonly StoredLabels[],
  names: readonly string[] | undefined,
  options: ReadOptions,
) => Labels[];

const classLabels: Maker = (parts, names, { known }) => {
  const all = parts.map(({ tensor, source }) => classNumbers(tensor, source));
  const classes = names ?? numbered(rangeOf(all[0], parts[0].source));
  if (!known) requireTwoClasses(classes, parts[0].source);
  return all.map((of, at) => {
    const wrong = of.findIndex((label) => label >= classes.length);
    if (wrong < 0) return { kind: "class", of, classes };
    throw new InputError(
      `${parts[at].source}: record ${wrong} has label ${of[wrong]}; expected 0 to ${classes.length - 1}`,
    );
  });
};

/** Width of the rows of every part; refuses others. */
function widthOf(parts: readonly StoredLabels[], names: readonly string[] | undefined): number {
  const [{ tensor: first }] = parts;
  const width = names?.length ?? first.shape[1] ?? 1;
  for (const { tensor, source } of parts) {
    const { shape } = tensor;
    if (shape.length <= 2 && (shape[1] ?? 1) === width) continue;
    throw new InputError(`${source} has shape ${formatShape(shape)}; expected [n, ${width}]`);
  }
  return width;
}

const tagLabels: Maker = (parts, names) => {
  const classes = names ?? numbered(widthOf(parts, names));
  widthOf(parts, names);
  return parts.map(({ tensor, source }) => {
    const wrong = tensor.data.findIndex((value) => value !== 0 && value !== 1 && value !== 2);
    if (wrong < 0) return { kind: "tags", of: Uint8Array.from(tensor.data), classes };
    throw new InputError(
      `${source}: record ${recordOf(wrong, tensor)} has ${tensor.data[wrong]}; expected 0 (absent), 1 (present) ` +
        "or 2 (not known)",
    );
  });
};

const valueLabels: Maker = (parts, names) => {
  const width = widthOf(parts, names);
  const titles = names ?? (width === 1 ? ["value"] : numbered(width));
  return parts.map(({ tensor, source }) => {
    const wrong = tensor.data.findIndex((value) => Math.abs(value) === Number.POSITIVE_INFINITY);
    if (wrong < 0) return { kind: "values", of: Float32Array.from(tensor.data), names: titles };
    throw new InputError(
      `${source}: record ${recordOf(wrong, tensor)} has ${tensor.data[wrong]}; expected finite numbers, or NaN ` +
        "where one is not known",
    );
  });
};

/** Masks of 0 and 255 alone show one thing and the rest. */
const isBlackAndWhite = (parts: readonly StoredLabels[]) =>
  parts.every(({ tensor }) => tensor.data.every((value) => value === 0 || value === 255)) &&
  parts.some(({ tensor }) => tensor.data.includes(255));

/** The largest class of pixels, of which a mask has {@link IGNORED} at most; what is larger is none. */
function largestClass(data: ArrayLike<number>): number {
  let most = 0;
  for (let at = 0; at < data.length; at++) {
    if (data[at] > most && data[at] !== IGNORED) most = data[at];
  }
  return Math.min(most, IGNORED - 1);
}

const maskLabels: Maker = (parts, names) => {
  const white = mayBeWhite(names) && isBlackAndWhite(parts);
  const classes = names ?? numbered(white ? 2 : largestClass(parts[0].tensor.data) + 1);
  const most = Math.min(classes.length, IGNORED) - 1;
  return parts.map(({ tensor, source }) => {
    const { data } = tensor;
    const [length] = tensor.shape;
    const wrong = white
      ? -1
      : data.findIndex((v) => v !== IGNORED && !(Number.isInteger(v) && v >= 0 && v <= most));
    if (wrong < 0) {
      const of = white
        ? Uint8Array.from(data, (value) => value / 255)
        : data instanceof Uint8Array
          ? data
          : Uint8Array.from(data);
      return {
        kind: "mask",
        of: { data: of, offsets: evenOffsets(length, of.length / length) },
        classes,
      };
    }
    throw new InputError(
      `${source}: record ${recordOf(wrong, tensor)} has a pixel of ${data[wrong]}; expected a class from 0 to ` +
        `${most}, or ${IGNORED} where a pixel does not count`,
    );
  });
};

const makers: Readonly<Record<Kind, Maker>> = {
  class: classLabels,
  tags: tagLabels,
  values: valueLabels,
  mask: maskLabels,
  points: (parts, names) => makeMarks("points", parts, names),
  boxes: (parts, names) => makeMarks("boxes", parts, names),
  tokens: makeTokens,
};

/**
 * Labels of all parts, the training part first, of one kind.
 *
 * @param names of the classes, tags or values; default numbers
 * @throws InputError naming array and record for numbers that are no such labels.
 */
export const makeLabels = (
  parts: readonly StoredLabels[],
  names: readonly string[] | undefined,
  options: ReadOptions,
): Labels[] => makers[parts[0].kind](parts, names, options);
