// The operations that policies draw from: what each one's argument means, and how it is done on an image of a size.
// Those that move pixels are maps, which labels follow.

import type { PixelStep } from "../../engine/pixels.js";
import { unknownName } from "../../text/words.js";
import type { Affine } from "../geometry.js";
import type { Size } from "../images.js";

/** A step of an engine on an image of a size; none where it would change nothing. */
export type DrawnStep = (size: Size) => PixelStep | undefined;

/** A place in an image, as shares of its width and height from 0 to 1. */
export type Place = readonly [across: number, down: number];

/** An operation: a new one is a row here, where the engines have what it needs. */
export interface Operation {
  /** What the argument means, with its unit. */
  readonly meaning: string;
  /** Whether half of the draws have the other sign; default false. */
  readonly signed?: boolean;
  step(argument: number, size: Size, place: Place): PixelStep | undefined;
}

const plain = (name: "autoContrast" | "equalise" | "invert"): Operation => ({
  meaning: "none",
  step: () => [name],
});

const enhancing = (name: "contrast" | "colour" | "brightness" | "sharpness"): Operation => ({
  meaning: "factor, of which 1 changes nothing",
  step: (factor) => [name, factor],
});

/** One that moves pixels by a map from the result to the image, in pixel centres. */
const moving = (meaning: string, map: (argument: number, size: Size) => Affine): Operation => ({
  meaning,
  signed: true,
  step: (argument, size) => ["affine", ...map(argument, size)],
});

/** Whole pixels of a share of a side; at least one pixel of the image stays. */
const pixels = (share: number, side: number) =>
  Math.trunc(Math.min(Math.max(share * side, 1 - side), side - 1));

const turned = (degrees: number, { height, width }: Size): Affine => {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [x, y] = [(width - 1) / 2, (height - 1) / 2];
  return [cos, -sin, x - cos * x + sin * y, sin, cos, y - sin * x - cos * y];
};

/** The byte of a hole: grey, as in AutoAugment's own program. */
const HOLE = 128;

const hole: Operation["step"] = (share, { height, width }, [across, down]) => {
  const side = Math.round(share * Math.min(height, width));
  const from = (place: number, length: number) => Math.floor(place * length) - (side >> 1);
  const [left, top] = [from(across, width), from(down, height)];
  return side === 0 ? undefined : ["cutout", left, top, left + side, top + side, HOLE];
};

const rows = {
  identity: { meaning: "none", step: () => undefined },
  shearX: moving("slope", (v) => [1, v, v / 2, 0, 1, 0]),
  shearY: moving("slope", (v) => [1, 0, 0, v, 1, v / 2]),
  translateX: moving("share of the width", (v, { width }) => [1, 0, -pixels(v, width), 0, 1, 0]),
  translateY: moving("share of the height", (v, { height }) => [1, 0, 0, 0, 1, -pixels(v, height)]),
  rotate: moving("degrees", turned),
  autoContrast: plain("autoContrast"),
  equalise: plain("equalise"),
  invert: plain("invert"),
  solarise: {
    meaning: "least byte that is inverted, rounded up",
    step: (threshold) => ["solarise", Math.ceil(threshold)],
  },
  posterise: {
    meaning: "highest bits that stay, rounded up",
    step: (bits) => ["posterise", Math.ceil(bits)],
  },
  contrast: enhancing("contrast"),
  colour: enhancing("colour"),
  brightness: enhancing("brightness"),
  sharpness: enhancing("sharpness"),
  cutout: { meaning: "side of a square as a share of the shorter side", step: hole },
} satisfies Record<string, Operation>;

export type OperationName = keyof typeof rows;

/** All operations, by name. */
export const operations: Readonly<Record<OperationName, Operation>> = rows;

export const operationNames = Object.keys(operations) as readonly OperationName[];

/**
 * The name of an operation.
 *
 * @param source where it stands, for messages
 * @throws InputError for one that there is not, with those that there are.
 */
export function operationNamed(name: string, source?: string): OperationName {
  if (Object.hasOwn(operations, name)) return name as OperationName;
  const where = source === undefined ? "" : ` in ${source}`;
  throw unknownName(`operation${where}`, name, operationNames);
}
