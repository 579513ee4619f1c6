// Points and boxes from arrays: a row for each, which begins with the number of its image.

import { InputError } from "../../inputError.js";
import type { HostTensor } from "../../tensor/host.js";
import { formatShape } from "../../tensor/shape.js";
import type { Size } from "../images.js";
import type { BoxLabels, PointLabels } from "../labels.js";
import { ragged } from "../ragged.js";
import { MOST_CLASSES, numbered } from "./reader.js";

/** Rows of a part's points or boxes, and the images that they are of. */
export interface MarkRows {
  readonly tensor: HostTensor;
  /** For messages: `file: array`. */
  readonly source: string;
  readonly images: Size & { readonly length: number };
}

/** How many numbers place a mark, and how many of them a row may have behind these. */
const widths = {
  points: { place: 2, more: ["class"] },
  boxes: { place: 4, more: ["class", "crowd"] },
} as const;
type MarkKind = keyof typeof widths;

/** Numbers of a row; refuses arrays of other shapes. */
function widthOf(kind: MarkKind, { tensor: { shape }, source }: MarkRows): number {
  const { place, more } = widths[kind];
  const least = 1 + place;
  const [, width] = shape;
  if (shape.length === 2 && width >= least && width <= least + more.length) return width;
  throw new InputError(
    `${source} has shape ${formatShape(shape)}; expected [${kind}, ${least}] to [${kind}, ${least + more.length}]: ` +
      `the number of the image, ${place === 2 ? "x, y" : "left, top, right, bottom"}, and perhaps ${more.join(" and ")}`,
  );
}

/** What is wrong with a row, in words. */
function faultOf(kind: MarkKind, row: ArrayLike<number>, { images }: MarkRows, classes: number) {
  const { place } = widths[kind];
  const [image, ...rest] = Array.from(row);
  const [at, [own = 0, crowd = 0]] = [rest.slice(0, place), rest.slice(place)];
  if (!Number.isInteger(image) || image < 0 || image >= images.length) {
    return `image ${image}; there are ${images.length}`;
  }
  if (!Number.isInteger(own) || own < 0 || own >= classes) {
    return `class ${own}; expected 0 to ${classes - 1}`;
  }
  if (crowd !== 0 && crowd !== 1) return `crowd ${crowd}; expected 0 or 1`;
  const inside = at.every((value, k) => {
    const most = k % 2 === 0 ? images.width : images.height;
    return value >= 0 && value <= most;
  });
  if (!inside) return `${at.join(", ")}, outside images of ${images.height}x${images.width}`;
  const [left, top, right = left, bottom = top] = at;
  return right < left || bottom < top ? `${at.join(", ")}, which ends before it begins` : undefined;
}

/** The largest class of the rows; 0 where they have none. */
function largestClass(kind: MarkKind, { tensor: { data } }: MarkRows, width: number): number {
  const column = 1 + widths[kind].place;
  let most = 0;
  for (let at = column; width > column && at < data.length; at += width) {
    if (data[at] > most) most = data[at];
  }
  return most;
}

/**
 * Labels of all parts, the training part first. Boxes without area are left out.
 *
 * @param names of the classes; default numbers
 * @throws InputError naming array and row for numbers that are no point or box of an image.
 */
export function makeMarks(
  kind: MarkKind,
  parts: readonly MarkRows[],
  names: readonly string[] | undefined,
): (PointLabels | BoxLabels)[] {
  const all = parts.map((part) => widthOf(kind, part));
  const classes =
    names ?? numbered(Math.min(largestClass(kind, parts[0], all[0]) + 1, MOST_CLASSES));
  return parts.map((part, k) => {
    const [width, { data }] = [all[k], part.tensor];
    const lists = Array.from({ length: part.images.length }, (): number[] => []);
    for (let first = 0; first < data.length; first += width) {
      const row = data.subarray(first, first + width);
      const fault = faultOf(kind, row, part, classes.length);
      if (fault !== undefined) {
        throw new InputError(`${part.source}: row ${first / width} has ${fault}`);
      }
      const { place, more } = widths[kind];
      const [left, top, right, bottom] = row.subarray(1, 1 + place);
      if (right === left || bottom === top) continue;
      const entry = Array.from(row.subarray(1));
      while (entry.length < place + more.length) entry.push(0);
      lists[row[0]].push(...entry);
    }
    return { kind, of: ragged(new Float32Array(0), lists), classes };
  });
}
