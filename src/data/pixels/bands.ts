// TIFF files of several bands with 16 bits, as satellites give them: each band is numbers of its own, where sharp takes the
// fourth for opacity. They are read by geotiff, an optional dependency that is loaded only when there is such a file.

import { InputError } from "../../inputError.js";

/** What a file holds, as it is. */
export interface Bands {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** [height, width, channels] */
  readonly data: Uint16Array;
}

async function loadGeotiff() {
  try {
    return await import("geotiff");
  } catch (error) {
    throw new InputError(
      `TIFF files of several bands with 16 bits are read by the package geotiff, which does not load ` +
        `(${(error as Error).message.split("\n")[0]}); type: npm install geotiff`,
    );
  }
}

/** What the tag ExtraSamples has for a band without a meaning; other values are opacity. */
const UNSPECIFIED = 0;

/** The bands of a TIFF file whose numbers have 16 bits; `undefined` where one of them is opacity. */
export async function readBands(file: Uint8Array): Promise<Bands | undefined> {
  const { fromArrayBuffer } = await loadGeotiff();
  const image = await (await fromArrayBuffer(new Uint8Array(file).buffer)).getImage();
  const extra = image.fileDirectory.getValue("ExtraSamples") as ArrayLike<number> | undefined;
  if (extra && Array.from(extra).some((kind) => kind !== UNSPECIFIED)) return undefined;
  const data = await image.readRasters({ interleave: true });
  return {
    height: image.getHeight(),
    width: image.getWidth(),
    channels: image.getSamplesPerPixel(),
    data: Uint16Array.from(data as unknown as ArrayLike<number>),
  };
}
