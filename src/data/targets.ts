// How labels become inputs of a program: whatever happens to an image on its way into a batch, its targets follow.

import type { Buffer, Engine } from "../engine/engine.js";
import { type DType, zeros } from "../tensor/dtype.js";
import { type Shape, sizeOf } from "../tensor/shape.js";
import type { Sample } from "./augment/augmentation.js";
import type { Affine } from "./geometry.js";
import type { Size } from "./images.js";

/** An input of a program that targets fill. */
export interface TargetInput {
  readonly dtype: DType;
  /** Of one image, without the batch. */
  readonly shape: Shape;
}

/** What a batch is made of. */
export interface BatchPlan {
  /** For each place its image and that of its partner (-1 for none), by number in the data set. */
  readonly indices: Int32Array;
  /** How each image is made. */
  readonly samples: readonly Sample[];
  /** Size of each stored image, and the map to its pixels from those of the batch. */
  readonly sizes: readonly Size[];
  readonly maps: readonly Affine[];
  /** Size of the batch's images. */
  readonly to: Size;
}

/** Makes the targets of batches of one data set. */
export interface TargetMaker {
  /** What it fills, by the names of the program's inputs. */
  readonly inputs: Readonly<Record<string, TargetInput>>;
  /** Fills the inputs of a whole batch. */
  fill(plan: BatchPlan, into: Readonly<Record<string, Buffer>>): void;
}

/** Memory for the targets of a batch, of the engine where it lends any for their type. */
export const targetBuffers = (
  engine: Pick<Engine, "buffer">,
  { inputs }: Pick<TargetMaker, "inputs">,
  batch: number,
): Readonly<Record<string, Buffer>> =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, { dtype, shape }]) => {
      const length = batch * sizeOf(shape);
      return [name, dtype === "f32" ? engine.buffer(length) : zeros(dtype, length)];
    }),
  );

/** For images whose labels do not matter. */
export const noTargets: TargetMaker = { inputs: {}, fill: () => undefined };
