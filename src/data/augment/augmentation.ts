// What an augmentation is: it changes the numbers that say how one image of a batch is made
// (see Gather in the engine's contract), never pixels. All of a batch's changes are then done in one pass.

import { SAMPLE_FIELDS } from "../../engine/engine.js";
import type { PixelStep } from "../../engine/pixels.js";
import type { Random } from "../../tensor/philox.js";
import { type Affine, compose, identity } from "../geometry.js";
import type { Size } from "../images.js";
import type { DrawnStep } from "./operations.js";

/** Size of the images that the batch will hold, and how many there are. */
export interface BatchSize extends Size {
  readonly count: number;
}

/** A change of images with its strength fixed. */
export interface Augmentation {
  readonly name: string;
  /** Of a policy how many of its sub-policies are drawn for each image. */
  readonly strength: number;
  /** Whether an image then shows several at once, which labels of places cannot follow; default false. */
  readonly blends?: boolean;
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
  readonly blends?: boolean;
  /** What of a sample it sets anew, so that two of these cannot stand together. */
  readonly sets?: "partner" | "box";
  apply(sample: Sample, random: Random, size: BatchSize, strength: number): void;
}

/** Which part of a stored image of a size becomes the batch's image: a map from its pixels to the stored ones. */
export type Frame = (from: Size) => Affine;

/** What most images have, made once for all of them. */
const NO_STEPS: readonly DrawnStep[] = [];
const UNCHANGED: readonly PixelStep[] = [];

/** How one image of a batch is made; changed by augmentations, then written for the engine. */
export class Sample {
  /** Output pixels set to the mean: `[left, top, right, bottom)`; empty at first. */
  box: readonly [number, number, number, number] = [0, 0, 0, 0];
  /** Place in the batch of the image to mix with, as it is made itself but moved as this one; `undefined` for none. */
  partner: number | undefined;
  /** Share of the own image against the partner. */
  weight = 1;
  /** Output pixels that show the partner alone, and all others the own image; default none, and all show both. */
  patch: readonly [number, number, number, number] | undefined;
  /** What is done to the bytes of the stored image before it is seen through the map. */
  steps: readonly DrawnStep[] = NO_STEPS;
  /** What an augmentation of a task notes for the task's targets. */
  note = 0;
  private inner = identity;

  /** @param frame in double precision, as all maps until they are written */
  constructor(public frame: Frame) {}

  /** From output pixels to those of a stored image of a size, as it is by now. */
  mapFrom(size: Size): Affine {
    return compose(this.frame(size), this.inner);
  }

  /** What is done to the bytes of a stored image of a size. */
  stepsOn(size: Size): readonly PixelStep[] {
    if (this.steps.length === 0) return UNCHANGED;
    return this.steps.flatMap((step) => {
      const one = step(size);
      return one ? [one] : [];
    });
  }

  /** From output pixels to those of the stored image before its bytes were changed: the way that labels go. */
  labelMapFrom(size: Size): Affine {
    if (this.steps.length === 0) return this.mapFrom(size);
    const moves = this.stepsOn(size).filter(([operation]) => operation === "affine");
    return [...moves.map(([, ...map]) => map as unknown as Affine), this.mapFrom(size)].reduce(
      compose,
    );
  }

  /**
   * Changes the image made so far: its pixel (x, y) becomes that at `inner(x, y)`, where both are
   * seen from the centre of the image.
   */
  warp(inner: Affine, { height, width }: Size): void {
    const [cx, cy] = [(width - 1) / 2, (height - 1) / 2];
    const [a, b, c, d, e, f] = inner;
    this.inner = compose(this.inner, [
      a,
      b,
      c + cx - a * cx - b * cy,
      d,
      e,
      f + cy - d * cx - e * cy,
    ]);
  }

  /** How the image is made where somebody looks at it through a map, seen from its centre. */
  seenBy(map: Affine, size: Size): Sample {
    if (map === identity) return this;
    const seen = Object.assign(new Sample(this.frame), this);
    seen.warp(map, size);
    return seen;
  }

  /** Writes the fields of {@link SAMPLE_FIELDS} as number `at` of a batch, with the maps of the image and its partner. */
  write(fields: Float32Array, at: number, own: Affine, partner: Affine = identity): void {
    const start = at * SAMPLE_FIELDS;
    fields.set(own, start);
    fields.set(this.box, start + 6);
    fields[start + 10] = this.patch ? 1 : this.weight;
    fields.set(partner, start + 11);
    if (this.patch) fields.set(this.patch, start + 17);
    else fields.fill(0, start + 17, start + SAMPLE_FIELDS);
  }
}

/** A number between -largest and largest, all alike. */
export function symmetric(random: Random, largest: number): number {
  return largest * (2 * random.uniform() - 1);
}
