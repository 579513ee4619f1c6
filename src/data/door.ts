// The one check of data, wherever they come from: nothing that goes on behind it looks again.

import { InputError } from "../inputError.js";
import { alignLabels } from "./align.js";
import type { Dataset, Part, Splits } from "./dataset.js";
import { checkLabels, labelKinds, namesOf } from "./labels.js";

/**
 * Checks one data set.
 *
 * @throws InputError for numbers of images, channels, labels, groups or names that do not belong together, images that
 * are no bytes, and labels that cannot be used, naming the first.
 */
export function checkImages(dataset: Dataset): void {
  const { name, length, height, width, channels, images, labels, groups, ids } = dataset;
  for (const [what, value] of Object.entries({ length, height, width, channels })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new InputError(`${name}: ${what} is ${value}; expected a whole number from 1`);
  }
  if (!(images instanceof Uint8Array)) {
    throw new InputError(
      `${name}: images are ${(images as object)?.constructor?.name ?? typeof images}; expected bytes (Uint8Array) of ` +
        "0 to 255: scale other numbers to them",
    );
  }
  const bytes = length * height * width * channels;
  if (images.length !== bytes) {
    throw new InputError(
      `${name}: ${images.length} bytes of images; ${length} of ${height}x${width} with ${channels} channels are ${bytes}`,
    );
  }
  for (const [what, list] of Object.entries({ groups, ids })) {
    if (list === undefined || list.length === length) continue;
    throw new InputError(`${name}: ${list.length} ${what} for ${length} images`);
  }
  checkLabels(labels, length, height * width, name);
}

/** A part as the training part needs it: its labels by the training part's names. */
function fitting(part: Dataset, { labels, channels, name }: Dataset): Dataset {
  if (part.labels.kind !== labels.kind) {
    throw new InputError(
      `${part.name} has ${labelKinds[part.labels.kind].title}, ${name} has ${labelKinds[labels.kind].title}; ` +
        "expected one kind in all parts",
    );
  }
  if (part.channels !== channels) {
    throw new InputError(
      `${part.name} has images of ${part.channels} channels, ${name} of ${channels}; expected one number`,
    );
  }
  return { ...part, labels: alignLabels(part.labels, namesOf(labels), part.name) };
}

/**
 * Checks every part of a source before anything is learned, and brings the labels of all parts into the order of the
 * training part's names.
 *
 * @throws InputError naming the first thing that cannot be used.
 */
export function checkSplits(splits: Splits): Splits {
  const { train } = splits;
  checkImages(train);
  const checked = (["selection", "test"] as const satisfies readonly Part[]).flatMap((part) => {
    const dataset = splits[part];
    if (!dataset) return [];
    checkImages(dataset);
    return [[part, fitting(dataset, train)] as const];
  });
  return { ...splits, ...Object.fromEntries(checked) };
}
