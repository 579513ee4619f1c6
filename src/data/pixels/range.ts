// The setting that says how numbers of 16 bits become bytes.

import { InputError } from "../../inputError.js";

/** How numbers of 16 bits become bytes, besides limits that are given. */
export const ranges = {
  full: "the whole range: 0 to 65535 become 0 to 255",
  percentile: "each image from its 1st to its 99th percentile",
  train:
    "each channel from the 1st to the 99th percentile of the training images, kept with the run",
} as const;

/** Limits as {@link formatLimits} writes them. */
const LIMITS = /^\d+-\d+(,\d+-\d+)*$/;

/** What a setting of the range may be, in words. */
export const RANGE_EXPECTED =
  `expected ${Object.keys(ranges).join(", ")}, or limits of all channels or of each: two numbers from 0 to 65535, ` +
  "the lower one first, as 0-3000";

/** A lower and an upper number. */
export type Span = readonly [low: number, high: number];

/** The numbers that become 0 and 255, of each channel or of all of them. */
export type Limits = readonly Span[];

/**
 * Limits as a setting has them.
 *
 * @example
 * formatLimits([[120, 3050], [80, 2900]]); // "120-3050,80-2900"
 */
export const formatLimits = (limits: Limits): string =>
  limits.map(([low, high]) => `${low}-${high}`).join(",");

const limitsIn = (text: string): Limits =>
  text.split(",").map((pair) => {
    const [low, high] = pair.split("-").map(Number);
    return [low, high];
  });

/** Whether a text is the name of a range, or limits. */
export const isRange = (text: string): boolean =>
  Object.hasOwn(ranges, text) ||
  (LIMITS.test(text) && limitsIn(text).every(([low, high]) => low < high && high < 2 ** 16));

/**
 * Limits from a setting; `undefined` for the name of a range.
 *
 * @throws InputError for what is neither.
 */
export function parseLimits(range: string): Limits | undefined {
  if (Object.hasOwn(ranges, range)) return undefined;
  if (isRange(range)) return limitsIn(range);
  throw new InputError(`setting range is ${JSON.stringify(range)}: ${RANGE_EXPECTED}`);
}
