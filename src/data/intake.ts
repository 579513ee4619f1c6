// From stored images to a net's inputs: one record that training, evaluation and prediction share, so that an image
// goes the same way wherever it is met.

import { InputError } from "../inputError.js";
import { counted } from "../text/format.js";
import type { Dataset } from "./dataset.js";
import { type Affine, type Fit, fits } from "./geometry.js";
import {
  commonSize,
  type Image,
  imagesOf,
  joinImages,
  readerOf,
  sizeAt,
  sizesInWords,
} from "./images.js";
import type { Labels } from "./labels.js";
import type { Normalisation } from "./normalise.js";
import type { Segmenter } from "./pieces/index.js";
import { channelRule } from "./pixels/channels.js";
import { inkOf } from "./pixels/ink.js";

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
  /** Cuts lines into pieces, which the net sees one below the other [1, pieces * side, side]; default images are seen whole. */
  readonly segmenter?: Segmenter;
}

/** Kinds of labels that lie somewhere on an image. */
const PLACED: ReadonlySet<Labels["kind"]> = new Set(["points", "boxes", "mask", "tokens"]);

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
export function intakeInWords(
  { images }: Dataset,
  { input, fit, segmenter }: Intake,
): string | undefined {
  const [, height, width] = input;
  if (segmenter !== undefined) {
    return `${sizesInWords(images)} pixels, cut into up to ${height / width} pieces of ${width}x${width} (segmenter ${segmenter})`;
  }
  const common = commonSize(images);
  if (common?.height === height && common.width === width) return undefined;
  const sizes = `${sizesInWords(images)} pixels`;
  if (common && common.height * width === common.width * height) {
    return `${sizes}, scaled to ${height}x${width}`;
  }
  return `${sizes}, ${fits[fit]}: ${height}x${width} (fit ${fit})`;
}

/** A data set made of another one, image by image. */
function eachImage(
  dataset: Dataset,
  channels: number,
  make: (image: Image) => Pick<Image, "height" | "width" | "data">,
): Dataset {
  const { images, length } = dataset;
  const reader = readerOf(images, dataset.channels);
  try {
    const made = Array.from({ length }, (_, at) => ({
      ...make({ ...sizeAt(images, at), channels: dataset.channels, data: reader.read(at) }),
      channels,
    }));
    const joined = joinImages(made);
    const size = commonSize(joined);
    return {
      ...dataset,
      channels,
      images: size ? imagesOf(joined.bytes, { ...size, channels }) : joined,
    };
  } finally {
    reader.close();
  }
}

/** What a rule made of a data set, worked out once. */
function kept(rule: (dataset: Dataset) => Dataset): (dataset: Dataset) => Dataset {
  const made = new WeakMap<Dataset, Dataset>();
  return (dataset) => {
    let known = made.get(dataset);
    if (!known) made.set(dataset, (known = rule(dataset)));
    return known;
  };
}

const inked = kept((dataset) => {
  const { name, labels } = dataset;
  if (PLACED.has(labels.kind)) {
    throw new InputError(
      `${name} has ${labels.kind} as labels, which lie somewhere on the image; fit ink cuts images as they are written on: take another fit`,
    );
  }
  return eachImage(dataset, 1, inkOf);
});

/** A data set's images as a net with this intake starts from them: its channels, and its fit where that goes by the pixels. */
export function preparedFor(
  dataset: Dataset,
  { input: [channels], fit }: Pick<Intake, "input" | "fit">,
): Dataset {
  const own = fit === "ink" ? inked(withChannels(dataset, 1)) : dataset;
  return withChannels(own, channels);
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
  const { name } = dataset;
  const rule = channelRule(dataset.channels, channels);
  if (!rule) {
    throw new InputError(
      `${name} has images of ${counted(dataset.channels, "channel")}; the net takes ${channels}`,
    );
  }
  return eachImage(dataset, channels, ({ height, width, data }) => ({
    height,
    width,
    data: rule(data),
  }));
}
