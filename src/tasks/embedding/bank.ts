// A memory bank: a place on the sphere for each image, which follows what the net says of it.

import type { TargetMaker } from "../../data/index.js";
import { Random } from "../../tensor/philox.js";
import type { StateOwner } from "../state.js";
import { unitRows } from "./similar.js";

/** Input with the bank, f32 [images, dimensions]. */
export const BANK = "bank";
/** Input with the rows of the batch's images, f32 [n, dimensions]: a whole mask for them would cost as much as the product. */
export const OWN = "own";
/** Target with the number of each image of the batch, i32 [n]. */
export const IMAGE = "image";

/** Tells of each place of a batch which image it shows. */
export const imageTargets: TargetMaker = {
  inputs: { [IMAGE]: { dtype: "i32", shape: [] } },
  fill({ indices }, { [IMAGE]: image }) {
    for (let at = 0; at < image.length; at++) image[at] = indices[2 * at];
  },
};

/** How large a bank is, and how it follows. */
export interface BankOptions {
  readonly images: number;
  readonly dimensions: number;
  /** Share of a row that stays when its image is seen again. */
  readonly momentum: number;
}

/** Rows of length 1, at random places at first. */
export class MemoryBank {
  /** [images, dimensions]; memory of the engine. */
  readonly rows: Float32Array;

  constructor(
    { engine, seed, particle }: StateOwner,
    private readonly options: BankOptions,
  ) {
    const { images, dimensions } = options;
    this.rows = engine.buffer(images * dimensions);
    const random = new Random({ seed, purpose: "memory", particle });
    const drawn = Float32Array.from(this.rows, () => random.between(-1, 1));
    this.rows.set(unitRows(drawn, dimensions));
  }

  /** Copies the rows of some images. */
  copy(images: ArrayLike<number>, into: Float32Array): void {
    const { dimensions } = this.options;
    for (let at = 0; at < images.length; at++) {
      const start = images[at] * dimensions;
      into.set(this.rows.subarray(start, start + dimensions), at * dimensions);
    }
  }

  /** Moves the rows of some images towards what the net gave of them, [n, dimensions] of any length. */
  follow(images: ArrayLike<number>, output: Float32Array): void {
    const { dimensions, momentum } = this.options;
    const now = unitRows(output, dimensions);
    for (let at = 0; at < images.length; at++) {
      const row = this.rows.subarray(images[at] * dimensions, (images[at] + 1) * dimensions);
      const given = now.subarray(at * dimensions, (at + 1) * dimensions);
      const mixed = row.map((value, k) => momentum * value + (1 - momentum) * given[k]);
      row.set(unitRows(mixed, dimensions));
    }
  }
}
