// Labels in the order of other names: of a net that they are shown to, or of the training part. Names tell what is
// what, positions do not.

import { InputError } from "../inputError.js";
import { suggestion } from "../text/words.js";
import {
  BOX,
  IGNORED,
  type Labels,
  type LabelsOf,
  labelKinds,
  namesOf,
  POINT,
  UNKNOWN_TAG,
} from "./labels.js";
import { completed } from "./oneOf.js";

/** What an alignment is made of. */
interface Alignment {
  /** The names to align to. */
  readonly names: readonly string[];
  /** Place of each own name among them; -1 for one that is not there. */
  readonly places: readonly number[];
  /** Refuses an own name that occurs and has no place. */
  refuse(own: number): never;
}

/** Rows of `width` numbers with each column at its place; columns that are not there hold `missing`. */
function permuted<T extends Uint8Array | Float32Array>(
  of: T,
  { names, places, refuse }: Alignment,
  into: T,
  isKnown: (value: number) => boolean,
): T {
  const width = places.length;
  for (let at = 0; at < of.length; at++) {
    const place = places[at % width];
    if (place >= 0) into[Math.floor(at / width) * names.length + place] = of[at];
    else if (isKnown(of[at])) refuse(at % width);
  }
  return into;
}

function replaced<T extends Int32Array | Uint8Array>(of: T, { places, refuse }: Alignment): T {
  return of.map((own) => {
    if (own === IGNORED && of instanceof Uint8Array) return own;
    return places[own] >= 0 ? places[own] : refuse(own);
  }) as T;
}

/** Entries of `width` numbers with the class, the `column`-th of each, by its place. */
function replacedIn<L extends LabelsOf<"points" | "boxes">>(
  labels: L,
  width: number,
  column: number,
  { names, places, refuse }: Alignment,
): L {
  const data = labels.of.data.map((value, at) => {
    if (at % width !== column) return value;
    return places[value] >= 0 ? places[value] : refuse(value);
  });
  return { ...labels, of: { ...labels.of, data }, classes: names };
}

/** Groups of tags at their places. A tag without one is in no image, so one of the others is; one alone says nothing. */
const movedGroups = (groups: readonly (readonly number[])[], { places }: Alignment) =>
  groups
    .map((group) => group.map((tag) => places[tag]).filter((place) => place >= 0))
    .filter((group) => group.length > 1);

const aligned: {
  readonly [K in Labels["kind"]]: (labels: LabelsOf<K>, alignment: Alignment) => LabelsOf<K>;
} = {
  class: (labels, to) => ({ ...labels, of: replaced(labels.of, to), classes: to.names }),
  mask: (labels, to) => ({
    ...labels,
    of: { ...labels.of, data: replaced(labels.of.data, to) },
    classes: to.names,
  }),
  tags: (labels, to) => {
    const rows = labels.of.length / to.places.length;
    const into = new Uint8Array(rows * to.names.length).fill(UNKNOWN_TAG);
    const of = permuted(labels.of, to, into, (tag) => tag === 1);
    const oneOf = labels.oneOf && movedGroups(labels.oneOf, to);
    return completed({ ...labels, of, classes: to.names, ...(oneOf && { oneOf }) });
  },
  values: (labels, to) => {
    const rows = labels.of.length / to.places.length;
    const into = new Float32Array(rows * to.names.length).fill(Number.NaN);
    return { ...labels, of: permuted(labels.of, to, into, Number.isFinite), names: to.names };
  },
  points: (labels, to) => replacedIn(labels, POINT, POINT - 1, to),
  boxes: (labels, to) => replacedIn(labels, BOX, BOX - 2, to),
  tokens: (labels, to) => ({
    ...labels,
    of: { ...labels.of, data: replaced(labels.of.data, to) },
    vocabulary: to.names,
  }),
  none: (labels) => labels,
};

/**
 * Labels with the names given, in their order: classes and tags are found by name. Tags and values that the labels
 * lack are not known.
 *
 * @param source for messages
 * @throws InputError for a class, tag or value that occurs and is not among the names.
 * @example
 * const labels = { kind: "class", of: Int32Array.of(0, 1), classes: ["dog", "cat"] } as const;
 * alignLabels(labels, ["ant", "cat", "dog"], "set").of; // Int32Array(2) [ 2, 1 ]
 */
export function alignLabels<L extends Labels>(
  labels: L,
  names: readonly string[],
  source: string,
): L {
  const own = namesOf(labels);
  if (own.length === names.length && own.every((name, at) => name === names[at])) return labels;
  const places = own.map((name) => names.indexOf(name));
  const refuse = (at: number): never => {
    throw new InputError(
      `${source} has "${own[at]}"${suggestion(own[at], names)}; known are ${names.join(", ")} ` +
        `(${labelKinds[labels.kind].title})`,
    );
  };
  return aligned[labels.kind](labels as never, { names, places, refuse }) as L;
}
