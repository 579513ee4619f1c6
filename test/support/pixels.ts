// Results of pixel operations as Pillow makes them: a few of small images kept here (pixels.py), and many of the golden
// figures where these are there.

import { existsSync, readFileSync } from "node:fs";
import { operations } from "../../src/data/augment/operations.js";
import type { PixelStep } from "../../src/engine/pixels.js";
import type { Pixels } from "../../src/engine/reference/pixels.js";
import { readNpz } from "../../src/tensor/npz.js";
import { goldenPath } from "./golden.js";

/** An image and operations on it, with what Pillow makes of it. */
export interface PixelCases {
  readonly image: Pixels;
  readonly cases: readonly {
    readonly step: PixelStep | undefined;
    readonly expected: Uint8Array;
  }[];
}

const MIDDLE = [0.5, 0.5] as const;

/** The step of an operation as torchvision names it and its magnitudes. */
const steps: Readonly<Record<string, (magnitude: number, image: Pixels) => PixelStep | undefined>> =
  {
    ShearX: (m, size) => operations.shearX.step(m, size, MIDDLE),
    ShearY: (m, size) => operations.shearY.step(m, size, MIDDLE),
    TranslateX: (m) => ["affine", 1, 0, -Math.trunc(m), 0, 1, 0],
    TranslateY: (m) => ["affine", 1, 0, 0, 0, 1, -Math.trunc(m)],
    Rotate: (m, size) => operations.rotate.step(m, size, MIDDLE),
    Brightness: (m) => ["brightness", 1 + m],
    Color: (m) => ["colour", 1 + m],
    Contrast: (m) => ["contrast", 1 + m],
    Sharpness: (m) => ["sharpness", 1 + m],
    Posterize: (m) => ["posterise", m],
    Solarize: (m) => ["solarise", m],
    AutoContrast: () => ["autoContrast"],
    Equalize: () => ["equalise"],
    Invert: () => ["invert"],
    Identity: () => undefined,
  };

const packed = (text: string) => new Uint8Array(Buffer.from(text, "base64"));

interface Fixture {
  readonly images: readonly (Omit<Pixels, "bytes"> & { readonly bytes: string })[];
  readonly results: readonly (readonly [
    image: number,
    operation: string,
    magnitude: number,
    bytes: string,
  ])[];
}

/** The small images. */
export function smallCases(): PixelCases[] {
  const { images, results } = JSON.parse(
    readFileSync("test/fixtures/pixels.json", "utf8"),
  ) as Fixture;
  return images.map((stored, at) => {
    const image = { ...stored, bytes: packed(stored.bytes) };
    const own = results.filter(([number]) => number === at);
    const cases = own.map(([, operation, magnitude, bytes]) => ({
      step: steps[operation](magnitude, image),
      expected: packed(bytes),
    }));
    return { image, cases };
  });
}

/** The golden images; none where the file is not there. */
export function goldenPixels(): PixelCases[] {
  const [archive, list] = [goldenPath("pixels.npz"), goldenPath("operations.json")];
  if (!existsSync(archive) || !existsSync(list)) return [];
  const names = JSON.parse(readFileSync(list, "utf8")) as string[];
  const arrays = readNpz(readFileSync(archive));
  const numbers = (name: string) => arrays.get(name)!.data as ArrayLike<number>;
  const [pairs, magnitudes] = [numbers("cases"), numbers("magnitude")];
  return [0, 1, 2, 3, 4].map((picture) => {
    const { data, shape } = arrays.get(`pictures_${picture}`)!;
    const [height, width, channels] = shape;
    const image = { bytes: data as Uint8Array, height, width, channels };
    const results = numbers(`results_${picture}`) as Uint8Array;
    const own = Array.from({ length: magnitudes.length }, (_, at) => at).filter(
      (at) => pairs[2 * at] === picture,
    );
    const cases = own.map((at, place) => ({
      step: steps[names[pairs[2 * at + 1]]](magnitudes[at], image),
      expected: results.subarray(place * data.length, (place + 1) * data.length),
    }));
    return { image, cases };
  });
}
