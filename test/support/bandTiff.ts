// For tests: TIFF files of bands with 16 bits, written by the package that also reads them, as satellites' images are.

import { writeArrayBuffer } from "geotiff";

/** What the tag PhotometricInterpretation has for numbers without colours, and for red, green, blue and more. */
export const photometric = { blackIsZero: 1, rgb: 2 } as const;

/** A TIFF of numbers [height, width, bands]. */
export async function bandTiff(
  data: Uint16Array,
  {
    width,
    bands,
    kind = "rgb",
    extra = 0,
  }: {
    readonly width: number;
    readonly bands: number;
    readonly kind?: keyof typeof photometric;
    /** What the bands beyond colours are: 0 nothing, 2 opacity. */
    readonly extra?: number;
  },
): Promise<Uint8Array> {
  const each = (value: number) => new Array<number>(bands).fill(value);
  const colours = kind === "rgb" ? 3 : 1;
  const file = await writeArrayBuffer(data, {
    width,
    height: data.length / width / bands,
    SamplesPerPixel: [bands],
    BitsPerSample: each(16),
    SampleFormat: each(1),
    PhotometricInterpretation: [photometric[kind]],
    ExtraSamples: each(extra).slice(colours),
  } as never);
  return new Uint8Array(file);
}
