// What an augmentation is: it changes the numbers that say how one image of a batch is made
// (see Gather in the engine's contract), never pixels. All of a batch's changes are then done in one pass.

import { SAMPLE_FIELDS } from "../../engine/engine.js";
import type { Random } from "../../tensor/philox.js";

/** Size of the images that the batch will hold, and how many there are. */
export interface BatchSize {
  readonly height: number;
  readonly width: number;
  readonly count: number;
}

/** A change of images with its strength fixed. */
export interface Augmentation {
  readonly name: string;
  readonly strength: number;
  /** Draws its numbers in order from `random` and changes `sample`. */
  apply(sample: Sample, random: Random, size: BatchSize): void;
}

/** A kind of augmentation: a new one is a file with such a record and one line in the index. */
export interface AugmentationKind {
  readonly name: string;
  /** Where it comes from: authors, year, arXiv id; absent for what everybody does. */
  readonly source?: string;
  /** What the strength means, with its unit. At 0 images stay as they are. */
  readonly meaning: string;
  /** Strength when none is given. */
  readonly usual: number;
  readonly largest: number;
  apply(sample: Sample, random: Random, size: BatchSize, strength: number): void;
}

/** An affine map `[a, b, c, d, e, f]`: `(x, y) -> (a x + b y + c, d x + e y + f)`. */
export type Affine = readonly [number, number, number, number, number, number];

/** How one image of a batch is made; changed by augmentations, then written for the engine. */
export class Sample {
  /** Output pixels set to the mean: `[left, top, right, bottom)`; empty at first. */
  box: readonly [number, number, number, number] = [0, 0, 0, 0];
  /** Place in the batch of the image to mix with; `undefined` for none. */
  partner: number | undefined;
  /** Share of the own image against the partner. */
  weight = 1;

  /** @param map from output to source pixels, in double precision until it is written */
  constructor(private toSource: Affine) {}

  /** From output to source pixels, as it is by now. */
  get map(): Affine {
    return this.toSource;
  }

  /**
   * Changes the image made so far: its pixel (x, y) becomes that at `inner(x, y)`, where both are
   * seen from the centre of the image.
   */
  warp(inner: Affine, { height, width }: BatchSize): void {
    const [cx, cy] = [(width - 1) / 2, (height - 1) / 2];
    const [a, b, c, d, e, f] = inner;
    this.toSource = compose(this.toSource, [
      a,
      b,
      c + cx - a * cx - b * cy,
      d,
      e,
      f + cy - d * cx - e * cy,
    ]);
  }

  /** Writes the fields of {@link SAMPLE_FIELDS} as number `at` of a batch. */
  write(fields: Float32Array, at: number): void {
    const start = at * SAMPLE_FIELDS;
    fields.set(this.map, start);
    fields.set(this.box, start + 6);
    fields[start + 10] = this.weight;
  }
}

/** A number between -largest and largest, all alike. */
export function symmetric(random: Random, largest: number): number {
  return largest * (2 * random.uniform() - 1);
}

/** The map that does `inner` first and `outer` then. */
function compose(outer: Affine, inner: Affine): Affine {
  const [a, b, c, d, e, f] = outer;
  const [A, B, C, D, E, F] = inner;
  return [
    a * A + b * D,
    a * B + b * E,
    a * C + b * F + c,
    d * A + e * D,
    d * B + e * E,
    d * C + e * F + f,
  ];
}

/** The map from the pixels of an image of one size to those of another: fills it, edge to edge. */
export function resizeMap(
  from: { height: number; width: number },
  to: { height: number; width: number },
): Affine {
  const [sx, sy] = [from.width / to.width, from.height / to.height];
  return [sx, 0, (sx - 1) / 2, 0, sy, (sy - 1) / 2];
}
