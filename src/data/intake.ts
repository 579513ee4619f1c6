// From stored images to a net's inputs: one record that training, evaluation and prediction share, so that an image
// goes the same way wherever it is met.

import { InputError } from "../inputError.js";
import { counted } from "../text/format.js";
import type { Dataset } from "./dataset.js";
import { type Affine, type Fit, fits } from "./geometry.js";
import { commonSize, imagesOf, joinImages, readerOf, sizeAt, sizesInWords } from "./images.js";
import type { Normalisation } from "./normalise.js";
import { channelRule } from "./pixels/channels.js";

/** Settings of a run that say how its image files are read. */
export interface ReadingSettings {
  readonly size?: number | undefined;
  readonly channels?: number | undefined;
  readonly range?: string | undefined;
  readonly pack?: boolean | undefined;
}

/** How the image files of a run are read, and any that its net shall see later. */
export const readingOf = ({ size, channels, range, pack }: ReadingSettings): ReadingSettings => ({
  size,
  channels,
  range,
  pack,
});

/** How images become inputs. */
export interface Intake extends Normalisation {
  /** [channels, height, width] of the inputs. */
  readonly input: readonly [number, number, number];
  /** What happens to images of another shape. */
  readonly fit: Fit;
  /** Ways in which each image is seen, one behind the other; default as it is. */
  readonly views?: readonly Affine[];
}

/**
 * Images as they are, as numbers from 0 to 1.
 *
 * @throws InputError where they have sizes of their own.
 */
export function plainIntake({ name, images, channels }: Dataset): Intake {
  const size = commonSize(images);
  if (!size) {
    throw new InputError(`${name}: its images have sizes of their own; say the size of the inputs`);
  }
  return {
    input: [channels, size.height, size.width],
    mean: new Array(channels).fill(0),
    std: new Array(channels).fill(255),
    fit: "stretch",
  };
}

/**
 * How images of other shapes than a net's input become inputs, in words; `undefined` where there are none.
 */
export function intakeInWords({ images }: Dataset, { input, fit }: Intake): string | undefined {
  const [, height, width] = input;
  const common = commonSize(images);
  if (common?.height === height && common.width === width) return undefined;
  const sizes = `${sizesInWords(images)} pixels`;
  if (common && common.height * width === common.width * height) {
    return `${sizes}, scaled to ${height}x${width}`;
  }
  return `${sizes}, ${fits[fit]}: ${height}x${width} (fit ${fit})`;
}

const converted = new WeakMap<Dataset, Map<number, Dataset>>();

/**
 * A data set with another number of channels: grey becomes three equal ones, colour grey by its luma, transparency is
 * laid on white, or added as opaque. The same data set where it has as many.
 *
 * @throws InputError where there is no such rule, or the images are in a file.
 */
export function withChannels(dataset: Dataset, channels: number): Dataset {
  if (dataset.channels === channels) return dataset;
  let known = converted.get(dataset);
  if (!known) converted.set(dataset, (known = new Map()));
  let made = known.get(channels);
  if (!made) known.set(channels, (made = convert(dataset, channels)));
  return made;
}

function convert(dataset: Dataset, channels: number): Dataset {
  const { name, images, length } = dataset;
  const rule = channelRule(dataset.channels, channels);
  if (!rule) {
    throw new InputError(
      `${name} has images of ${counted(dataset.channels, "channel")}; the net takes ${channels}`,
    );
  }
  const reader = readerOf(images, dataset.channels);
  try {
    const size = commonSize(images);
    const made = Array.from({ length }, (_, at) => ({
      ...sizeAt(images, at),
      channels,
      data: rule(reader.read(at)),
    }));
    const joined = joinImages(made);
    return {
      ...dataset,
      channels,
      images: size ? imagesOf(joined.bytes, { ...size, channels }) : joined,
    };
  } finally {
    reader.close();
  }
}
