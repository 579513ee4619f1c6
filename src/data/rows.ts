// What images have become on their way through a net, for a net that goes on from there.

/** Numbers that stand for images: so many of each. */
export interface Rows {
  readonly width: number;
  /** Copies those of some images one behind the other [n, width]; waits for them where they are not there yet. */
  read(images: Int32Array, into: Float32Array): Promise<void>;
}

/** The rows of the images at the given indices, in that order. */
export const takeRows = (rows: Rows, indices: ArrayLike<number>): Rows => ({
  width: rows.width,
  read: (images, into) =>
    rows.read(
      images.map((image) => indices[image]),
      into,
    ),
});
