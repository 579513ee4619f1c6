// A run's progress as text, in a checkpoint: JSON in which also numbers that are not finite have a form.

import { z } from "zod";
import { InputError } from "../inputError.js";
import { checkPlain } from "../settings.js";
import type { Progress } from "./progress.js";

const special: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

const isSpecial = (part: unknown): part is string =>
  typeof part === "string" && Object.hasOwn(special, part);

/** Any number, finite or not. */
export const savedNumber = z.custom<number>((value) => typeof value === "number", {
  error: "expected a number",
});
/** Numbers by name: metrics, an optimizer's own. */
export const savedNumbers = z.record(z.string(), savedNumber);

const count = z.int().min(0);
const number = savedNumber;

/** Sums over training images; see `Sums`. */
export const savedSums = z.strictObject({
  images: count,
  loss: number,
  tallies: savedNumbers,
  work: number,
});

const record = z.strictObject({
  epoch: z.int().min(1),
  trainLoss: number,
  train: savedNumbers,
  selectionLoss: number,
  selection: savedNumbers,
  lr: number,
  seconds: number,
  imagesPerSecond: number,
  bytesSent: number.optional(),
  members: z.array(count).optional(),
  gradients: number,
});

const progress = z.strictObject({
  epoch: count,
  step: count,
  sums: savedSums,
  best: z
    .strictObject({
      ...{ epoch: z.int().min(1), score: number, loss: number },
      metrics: savedNumbers,
      members: z.array(count).optional(),
    })
    .optional(),
  history: z.array(record),
  seconds: number,
  trainSeconds: number,
  epochSeconds: number,
  epochTrainSeconds: number,
  images: count,
  work: number,
  session: z.unknown(),
}) satisfies z.ZodType<Progress>;

/** Progress as text. */
export const encodeProgress = (value: Progress): string =>
  JSON.stringify(value, (_, part) =>
    typeof part === "number" && !Number.isFinite(part) ? String(part) : part,
  );

/**
 * Reads what {@link encodeProgress} wrote.
 *
 * @throws InputError naming the first field that is missing, wrong or unknown.
 */
export function decodeProgress(text: string, source: string): Progress {
  let value: unknown;
  try {
    value = JSON.parse(text, (_, part) => (isSpecial(part) ? special[part] : part));
  } catch (error) {
    throw new InputError(`${source}: it is no JSON: ${(error as Error).message}`, { cause: error });
  }
  const found = checkPlain(progress, value, source);
  if (
    found.history.every(({ epoch }, at) => epoch === at + 1) &&
    found.history.length === found.epoch
  ) {
    return found;
  }
  throw new InputError(
    `${source}: history has the epochs ${found.history.map(({ epoch }) => epoch).join(", ")}; ` +
      `expected 1 to ${found.epoch}`,
  );
}
