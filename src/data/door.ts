// The one check of data, wherever they come from: nothing that goes on behind it looks again.

import type { ByteFile } from "../engine/engine.js";
import { InputError } from "../inputError.js";
import { alignLabels } from "./align.js";
import type { Dataset, Part, Splits } from "./dataset.js";
import type { Images } from "./images.js";
import { withChannels } from "./intake.js";
import { BOX, checkLabels, labelKinds, namesOf, POINT } from "./labels.js";
import { clashOf } from "./oneOf.js";

const isBytes = (bytes: unknown): boolean =>
  bytes instanceof Uint8Array ||
  (typeof bytes === "object" && bytes !== null && typeof (bytes as ByteFile).path === "string");

/**
 * Checks the images of a data set, whatever is known of them.
 *
 * @throws InputError for images that are no bytes, that do not lie in them, or that are another number than `length`.
 */
export function checkStored({ name, length, channels, images }: Dataset): void {
  for (const [what, value] of Object.entries({ length, channels })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new InputError(`${name}: ${what} is ${value}; expected a whole number from 1`);
  }
  const { bytes, offsets, sizes } = (images ?? {}) as Partial<Images>;
  if (!isBytes(bytes) || !offsets || !sizes) {
    const found = bytes ?? images;
    throw new InputError(
      `${name}: images are ${(found as object)?.constructor?.name ?? typeof found}; expected stored images of bytes ` +
        "(imagesOf, joinImages): scale other numbers to 0 to 255",
    );
  }
  if (offsets.length !== length || sizes.length !== 2 * length) {
    const sized = sizes.length / 2 === offsets.length ? "" : ` with ${sizes.length / 2} sizes`;
    throw new InputError(
      `${name}: ${offsets.length} images${sized}, length ${length}; expected as many as length says`,
    );
  }
  const total = bytes instanceof Uint8Array ? bytes.length : bytes!.bytes;
  for (let at = 0; at < length; at++) {
    const [height, width] = [sizes[2 * at], sizes[2 * at + 1]];
    const end = offsets[at] + height * width * channels;
    if (height >= 1 && width >= 1 && offsets[at] >= 0 && end <= total) continue;
    throw new InputError(
      `${name}: image ${at} of ${height}x${width} with ${channels} channels lies at bytes ${offsets[at]} to ${end} of ` +
        `${total}`,
    );
  }
}

/** What is wrong with the place of a point or box in an image of a size; `undefined` when it can be used. */
function misplaced(place: ArrayLike<number>, height: number, width: number): string | undefined {
  const [left, top, right = left, bottom = top] = Array.from(place);
  const where = `${Array.from(place).join(", ")}, which`;
  const inside = left >= 0 && top >= 0 && right <= width && bottom <= height;
  if (place.length === 2) return inside ? undefined : `a point at ${where} lies outside`;
  if (right <= left || bottom <= top) return `a box of ${where} has no area`;
  return inside ? undefined : `a box of ${where} reaches beyond`;
}

/** Refuses points and boxes outside their images, and boxes without area. */
function checkPlaces({ name, length, images: { sizes }, labels }: Dataset): void {
  if (labels.kind !== "points" && labels.kind !== "boxes") return;
  const [width, numbers] = labels.kind === "points" ? [POINT, 2] : [BOX, 4];
  const { data, offsets } = labels.of;
  for (let image = 0; image < length; image++) {
    const [high, wide] = [sizes[2 * image], sizes[2 * image + 1]];
    for (let at = offsets[image]; at < offsets[image + 1]; at += width) {
      const fault = misplaced(data.subarray(at, at + numbers), high, wide);
      if (fault === undefined) continue;
      throw new InputError(`${name}: label of image ${image} of ${high}x${wide}: ${fault}`);
    }
  }
}

/** Refuses images that have several tags of which there can be one. */
function checkOneOf({ name, length, labels, ids }: Dataset): void {
  if (labels.kind !== "tags" || !labels.oneOf) return;
  for (let image = 0; image < length; image++) {
    const fault = clashOf(labels, image);
    if (fault === undefined) continue;
    throw new InputError(`${name}: ${ids?.[image] ?? `image ${image}`} ${fault}`);
  }
}

/**
 * Checks one data set.
 *
 * @throws InputError for numbers of images, channels, labels, groups or names that do not belong together, images that
 * are no bytes, and labels that cannot be used, naming the first.
 */
export function checkImages(dataset: Dataset): void {
  const { name, length, images, labels, groups, ids } = dataset;
  checkStored(dataset);
  for (const [what, list] of Object.entries({ groups, ids })) {
    if (list === undefined || list.length === length) continue;
    throw new InputError(`${name}: ${list.length} ${what} for ${length} images`);
  }
  const { sizes } = images;
  checkLabels(labels, length, (at) => sizes[2 * at] * sizes[2 * at + 1], name);
  checkPlaces(dataset);
  checkOneOf(dataset);
}

/** A part as the training part needs it: its labels by the training part's names. */
function fitting(part: Dataset, { labels, channels, name }: Dataset): Dataset {
  if (part.labels.kind !== labels.kind) {
    throw new InputError(
      `${part.name} has ${labelKinds[part.labels.kind].title}, ${name} has ${labelKinds[labels.kind].title}; ` +
        "expected one kind in all parts",
    );
  }
  return {
    ...withChannels(part, channels),
    labels: alignLabels(part.labels, namesOf(labels), part.name),
  };
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
