// Operations on the stored bytes of an image, which `gather` does before it warps: their numbers and arguments, which
// all engines share. What each one does to a byte is as Pillow does it.

/** Numbers of one operation of a batch; see {@link Gather.operations}. */
export const OPERATION_FIELDS = 8;
/** Most arguments of an operation. */
export const OPERATION_ARGUMENTS = 6;
/** Largest argument, with either sign: places in images are then counted in whole numbers of 64 bits. */
export const LARGEST_ARGUMENT = 65536;

/** What each operation's arguments are; an operation's number is its place here, and in `native/kernels/pixels.cc`. */
export const pixelOperations = {
  /**
   * Each pixel becomes the nearest one of where a map leads, as field 0-5 of a sample; black outside. Numbers of the map
   * are rounded to multiples of 1/65536.
   */
  affine: ["a", "b", "c", "d", "e", "f"],
  /** Each channel is spread from its smallest to its largest byte. */
  autoContrast: [],
  /** Bytes of each channel become as even as its histogram allows. */
  equalise: [],
  invert: [],
  /** Bytes from the threshold on are inverted. */
  solarise: ["threshold"],
  /** As many of the highest bits stay. */
  posterise: ["bits"],
  /** Away from the image's mean brightness by a factor; below 1 towards it. */
  contrast: ["factor"],
  /** Away from each pixel's brightness; images that have not three channels stay as they are. */
  colour: ["factor"],
  /** Away from black. */
  brightness: ["factor"],
  /** Away from a smoothed image; pixels of the border stay as they are. */
  sharpness: ["factor"],
  /** A box `[left, top, right, bottom)` becomes a byte. */
  cutout: ["left", "top", "right", "bottom", "byte"],
  /**
   * What the image has become counts by a share, and the stored one starts anew: the image is the sum of its layers,
   * rounded, and what is done behind the last one is lost.
   */
  layer: ["share"],
} as const satisfies Record<string, readonly string[]>;

export type PixelOperation = keyof typeof pixelOperations;

export const pixelOperationNames = Object.keys(pixelOperations) as readonly PixelOperation[];

/** An operation with its arguments. */
export type PixelStep = readonly [operation: PixelOperation, ...args: number[]];

/**
 * Operations as an engine takes them.
 *
 * @param steps of each source, in order; sources ascend
 * @example
 * writeOperations([[0, ["solarise", 128]]]); // Float64Array.of(0, 4, 128, 0, 0, 0, 0, 0)
 */
export function writeOperations(
  steps: readonly (readonly [source: number, step: PixelStep])[],
): Float64Array {
  const fields = new Float64Array(steps.length * OPERATION_FIELDS);
  for (const [at, [source, [operation, ...args]]] of steps.entries()) {
    fields.set([source, pixelOperationNames.indexOf(operation), ...args], at * OPERATION_FIELDS);
  }
  return fields;
}
