// TIFF files of bands, as satellites give them: each band is numbers of its own, where sharp takes one for opacity, or
// refuses so many. They are read by geotiff, an optional dependency that is loaded only when there is a TIFF file.

import { InputError } from "../../inputError.js";
import type { Size } from "../images.js";
import { bytesOfFloats } from "./depth.js";
import { transposes, turned } from "./orientation.js";

/** What a file holds, as it is. */
export interface Bands extends Size {
  readonly channels: number;
  /** [height, width, channels] */
  readonly data: Uint8Array | Uint16Array;
}

/** A file of bands that is not decoded yet. */
export interface BandFile {
  /** Turned as the file says. */
  readonly size: Size;
  readonly channels: number;
  /** Whether these are grey or colours, which other channels can be made of. */
  readonly colours: boolean;
  /** Whether its numbers are whole and have more than 8 bits. */
  readonly wide: boolean;
  read(): Promise<Bands>;
}

async function loadGeotiff() {
  try {
    return await import("geotiff");
  } catch (error) {
    throw new InputError(
      `TIFF files are looked at by the package geotiff, which does not load ` +
        `(${(error as Error).message.split("\n")[0]}); type: npm install geotiff`,
    );
  }
}

/** How a TIFF begins: the order of its bytes, and 42 or, in large ones, 43. */
const isTiff = (file: Uint8Array): boolean =>
  /^(II[*+]\0|MM\0[*+])$/.test(Buffer.from(file.subarray(0, 4)).toString("latin1"));

/** How many samples of a pixel are colours, by the tag PhotometricInterpretation; those of other values are sharp's. */
const coloursOf: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 3 };
/** What the tag ExtraSamples has for a band without a meaning; other values are opacity. */
const UNSPECIFIED = 0;
/** Values of the tag SampleFormat. */
const format = { unsigned: 1, signed: 2, fractions: 3 } as const;
/** Numbers of an image or a tile at most: 4 bands of 5,792 x 5,792 pixels. */
const MOST_NUMBERS = 2 ** 27;

/** Opens a file whose bands are to be read as they are; `undefined` for any that sharp reads as well. */
export async function openBands(file: Uint8Array): Promise<BandFile | undefined> {
  if (!isTiff(file)) return undefined;
  const { fromArrayBuffer } = await loadGeotiff();
  const image = await (await fromArrayBuffer(new Uint8Array(file).buffer)).getImage();
  const tag = async (name: Parameters<typeof image.fileDirectory.loadValue>[0], usual: number[]) =>
    [(await image.fileDirectory.loadValue(name)) ?? usual]
      .flat()
      .flatMap((value) =>
        typeof value === "number" ? value : Array.from(value as ArrayLike<number>),
      );
  const channels = image.getSamplesPerPixel();
  const [photometric] = await tag("PhotometricInterpretation", [1]);
  const [kind] = await tag("SampleFormat", [format.unsigned]);
  const [bits] = await tag("BitsPerSample", [1]);
  const [orientation] = await tag("Orientation", [1]);
  const [extra] = await tag("ExtraSamples", [UNSPECIFIED]);

  const count = coloursOf[photometric];
  if (count === undefined) return undefined;
  const opacity = channels === count + 1 && extra !== UNSPECIFIED;
  const usual =
    (kind === format.unsigned && bits <= 16) || (kind === format.fractions && bits === 32);
  if (usual && (channels === count || opacity)) return undefined;

  const [height, width] = [image.getHeight(), image.getWidth()];
  return {
    size: transposes(orientation) ? { height: width, width: height } : { height, width },
    channels,
    colours: channels === count,
    wide: kind !== format.fractions && bits > 8 && bits <= 16,
    async read() {
      requireRoom(height, width, channels);
      requireRoom(image.getTileHeight(), image.getTileWidth(), channels);
      const data = await image.readRasters({ interleave: true }).catch((thrown) => {
        // Its decoders throw texts as well, as short as "buffer error".
        throw new Error(
          `its pixels cannot be decoded, as where a file is cut off (${thrown?.message ?? thrown})`,
        );
      });
      const numbers = numbersOf(data as unknown as NumberArray);
      return turned({ height, width, channels, data: numbers }, orientation);
    },
  };
}

/** Refuses what decoding would have no memory for, and sizes that are none. */
function requireRoom(height: number, width: number, channels: number): void {
  const numbers = height * width * channels;
  if (numbers > 0 && numbers <= MOST_NUMBERS) return;
  throw new Error(
    `it has ${height}x${width} pixels of ${channels} bands; expected 1 to ${MOST_NUMBERS} numbers: cut it into chips`,
  );
}

type Fractions = Float32Array | Float64Array;
type NumberArray = Bands["data"] | Int8Array | Int16Array | Int32Array | Uint32Array | Fractions;

/** Numbers of the kinds that there are rules for; fractions as bytes, since sharp makes none smaller that it did not read. */
function numbersOf(data: NumberArray): Bands["data"] {
  if (data instanceof Float32Array || data instanceof Float64Array) return bytesOfFloats(data);
  if (data instanceof Int16Array) {
    const negative = data.find((value) => value < 0);
    if (negative === undefined) return new Uint16Array(data.buffer);
    throw new Error(`it has the number ${negative}; expected numbers from 0 to 65535`);
  }
  if (data instanceof Int8Array || data instanceof Int32Array || data instanceof Uint32Array) {
    const kind = data.constructor.name.replace("Array", "").toLowerCase();
    throw new Error(
      `its numbers are ${kind}; expected uint8, uint16, int16 from 0, or fractions from 0 to 1`,
    );
  }
  return data;
}
