// For tests: TIFF files of bands, as satellites' images are: little-endian, in one strip.

import { deflateSync } from "node:zlib";

/** What the tag PhotometricInterpretation has for numbers without colours, and for red, green, blue and more. */
export const photometric = { blackIsZero: 1, rgb: 2 } as const;

type Numbers =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array;

const format = (data: Numbers): number =>
  data instanceof Float32Array || data instanceof Float64Array
    ? 3
    : data instanceof Uint8Array || data instanceof Uint16Array
      ? 1
      : 2;

const [SHORT, LONG] = [3, 4];
const BEGIN = 8;

/** A TIFF of numbers [height, width, bands]. */
export function bandTiff(
  data: Numbers,
  {
    width,
    bands,
    kind = "rgb",
    extra = 0,
    orientation = 1,
    deflate = false,
    height = data.length / width / bands,
  }: {
    readonly width: number;
    readonly bands: number;
    readonly kind?: keyof typeof photometric;
    /** What the bands beyond colours are: 0 nothing, 2 opacity. */
    readonly extra?: number;
    readonly orientation?: number;
    readonly deflate?: boolean;
    /** What the file says; default as many as there are numbers for. */
    readonly height?: number;
  },
): Uint8Array {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const body = deflate ? deflateSync(raw) : raw;
  const each = (value: number) => new Array<number>(bands).fill(value);
  const others = each(extra).slice(kind === "rgb" ? 3 : 1);
  const list: [tag: number, type: number, values: number[]][] = [
    [256, LONG, [width]],
    [257, LONG, [height]],
    [258, SHORT, each(8 * data.BYTES_PER_ELEMENT)],
    [259, SHORT, [deflate ? 8 : 1]],
    [262, SHORT, [photometric[kind]]],
    [273, LONG, [BEGIN]],
    [274, SHORT, [orientation]],
    [277, SHORT, [bands]],
    [278, LONG, [height]],
    [279, LONG, [body.length]],
    [338, SHORT, others],
    [339, SHORT, each(format(data))],
  ];
  const tags = list.filter(([, , values]) => values.length > 0);
  // The pixels first, then the lists that a tag has no room for, then the tags.
  const padded = Buffer.alloc(body.length + (body.length % 2), 0);
  padded.set(body);
  const parts: Buffer[] = [padded];
  let end = BEGIN + padded.length;
  const directory = Buffer.alloc(2 + 12 * tags.length + 4);
  directory.writeUInt16LE(tags.length, 0);
  for (const [at, [tag, type, values]] of tags.entries()) {
    const place = 2 + 12 * at;
    const bytes = Buffer.from(
      (type === SHORT ? Uint16Array : Uint32Array).from(values).buffer as ArrayBuffer,
    );
    directory.writeUInt16LE(tag, place);
    directory.writeUInt16LE(type, place + 2);
    directory.writeUInt32LE(values.length, place + 4);
    if (bytes.length <= 4) bytes.copy(directory, place + 8);
    else {
      directory.writeUInt32LE(end, place + 8);
      parts.push(bytes);
      end += bytes.length;
    }
  }
  const head = Buffer.from("II*\0\0\0\0\0", "latin1");
  head.writeUInt32LE(end, 4);
  return Buffer.concat([head, ...parts, directory]);
}
