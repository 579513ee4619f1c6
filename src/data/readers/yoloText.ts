// Labels of YOLO: a text file for each image, a line for each box: its class, and its centre, width and height as shares
// of the image. Lines of segmentation or of turned boxes are a class and the corners of a polygon.

import { InputError } from "../../inputError.js";
import { isNumeric } from "./columns.js";
import type { Mark } from "./marks.js";
import { boxRound, polygonsOf } from "./regions.js";

/** Numbers of a box: class, centre x, centre y, width, height. */
const NUMBERS = 5;
/** Numbers of the smallest polygon: a class and three corners. */
const SMALLEST = 7;
/** How far shares may lie beyond 0 and 1, by rounding; Ultralytics has the same. */
const SLACK = 0.01;

/** How a label file is read. */
export interface YoloOptions {
  /** Names of the classes; without them a class is called by its number. */
  readonly names?: readonly string[];
  /** Whether polygons are kept beside the boxes round them; default false. */
  readonly outlines?: boolean;
}

/** Boxes of a file, and how many of them were polygons. */
export interface YoloMarks {
  readonly marks: readonly Mark[];
  readonly polygons: number;
}

/** The class of a line, by name where there are names. */
function classAt(text: string, names: readonly string[] | undefined, source: string): string {
  const number = isNumeric(text) ? Number(text) : Number.NaN;
  const known = Number.isInteger(number) && number >= 0;
  if (known && names === undefined) return String(number);
  if (known && number < names!.length) return names![number];
  const last = names ? ` from 0 to ${names.length - 1}` : ", 0 or more";
  throw new InputError(`${source} has the class "${text}"; expected a whole number${last}`);
}

function shareOf(text: string, source: string): number {
  const share = isNumeric(text) ? Number(text) : Number.NaN;
  if (share >= -SLACK && share <= 1 + SLACK) return share;
  throw new InputError(
    `${source} has "${text}"; expected a share of the image's width or height, from 0 to 1`,
  );
}

const fromCentre = ([x, y, width, height]: readonly number[]) => [
  x - width / 2,
  y - height / 2,
  x + width / 2,
  y + height / 2,
];

/** The box round a polygon, and the polygon itself where that is asked for, or why it cannot be used. */
function placeOf(
  corners: readonly number[],
  outlines: boolean,
): Pick<Mark, "at" | "region" | "fault"> {
  const at = boxRound(corners);
  if (!outlines) return { at };
  try {
    return { at, region: polygonsOf([corners]) };
  } catch (error) {
    return { at, fault: `it has ${(error as Error).message}` };
  }
}

/**
 * The boxes of a label file, as shares of the image.
 *
 * @throws InputError by line for other numbers than those of a box or a polygon, for a class that is not known, and for
 *   what is no share.
 * @example
 * parseYolo("1 0.5 0.5 0.25 0.5", "a.txt", { names: ["cat", "dog"] }).marks;
 * // [{ name: "dog", source: "a.txt: line 1", at: [0.375, 0.25, 0.625, 0.75] }]
 */
export function parseYolo(
  text: string,
  path: string,
  { names, outlines = false }: YoloOptions = {},
): YoloMarks {
  const marks: Mark[] = [];
  let polygons = 0;
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const cells = line.trim().split(/\s+/);
    if (cells[0] === "") continue;
    const source = `${path}: line ${at + 1}`;
    const isPolygon = cells.length >= SMALLEST && cells.length % 2 === 1;
    if (cells.length !== NUMBERS && !isPolygon) {
      throw new InputError(
        `${source} has ${cells.length} numbers; expected ${NUMBERS} (class, centre x, centre y, width, height), ` +
          "or a class and the corners of a polygon (x, y, three times or more)",
      );
    }
    const name = classAt(cells[0], names, source);
    const shares = cells.slice(1).map((cell) => shareOf(cell, source));
    if (isPolygon) polygons++;
    else if (shares[2] < 0 || shares[3] < 0) {
      throw new InputError(`${source} has a negative width or height`);
    }
    const place = isPolygon ? placeOf(shares, outlines) : { at: fromCentre(shares) };
    marks.push({ name, source, ...place });
  }
  return { marks, polygons };
}
