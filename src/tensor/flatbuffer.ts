// FlatBuffers: tables of fields at offsets (https://flatbuffers.dev/internals). Every read checks that its bytes are
// there, and nothing is followed but what is asked for, so that no file leads outside of itself or round in a circle.

import { FormatError } from "./formatError.js";

/** How often the bytes of a file are read at most, all taken together. */
const MOST_READ = 4;

/** The bytes of a file, little-endian. */
class FlatBytes {
  private readonly view: DataView;
  /** Bytes of vectors that may still be read: a forged file could lead to the same ones a million times. */
  private left: number;

  constructor(
    readonly bytes: Uint8Array,
    readonly source: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.left = MOST_READ * bytes.length;
  }

  fail(at: number, message: string): never {
    throw new FormatError(this.source, Math.max(0, at), message);
  }

  /** `at` where `size` bytes begin there; all bytes are in the file. */
  within(at: number, size: number): number {
    const { length } = this.bytes;
    if (at >= 0 && size <= length - at) return at;
    return this.fail(at, `${size} bytes are asked for there, the file has ${length}: damaged`);
  }

  /** As {@link FlatBytes.within}, for bytes that are all going to be read. */
  spend(at: number, size: number): number {
    this.left -= size;
    return this.left < 0 ? this.fail(at, "its parts lead to each other") : this.within(at, size);
  }

  u8 = (at: number): number => this.view.getUint8(this.within(at, 1));
  i8 = (at: number): number => this.view.getInt8(this.within(at, 1));
  u16 = (at: number): number => this.view.getUint16(this.within(at, 2), true);
  u32 = (at: number): number => this.view.getUint32(this.within(at, 4), true);
  i32 = (at: number): number => this.view.getInt32(this.within(at, 4), true);
  f32 = (at: number): number => this.view.getFloat32(this.within(at, 4), true);
  i64 = (at: number): number => Number(this.view.getBigInt64(this.within(at, 8), true));
}

/** A type of single numbers, and its bytes. */
const numberTypes = { u8: 1, i8: 1, u32: 4, i32: 4, f32: 4, i64: 8 } as const;

/** A name of {@link numberTypes}. */
export type FlatNumber = keyof typeof numberTypes;

/** A table; fields count from 0, in the order of the schema, and may be absent. */
export class FlatTable {
  private readonly fields: number;
  private readonly count: number;

  constructor(
    private readonly file: FlatBytes,
    private readonly at: number,
  ) {
    this.fields = at - file.i32(at);
    this.count = Math.floor((file.u16(this.fields) - 4) / 2);
  }

  /** Where a field lies. */
  private place(field: number): number | undefined {
    if (field >= this.count) return undefined;
    const offset = this.file.u16(this.fields + 4 + 2 * field);
    return offset === 0 ? undefined : this.at + offset;
  }

  /** Where what a field refers to begins. */
  private target(field: number): number | undefined {
    const place = this.place(field);
    return place === undefined ? undefined : place + this.file.u32(place);
  }

  /** First element and length of a vector, all of whose bytes are there. */
  private vector(field: number, bytes: number): readonly [first: number, length: number] {
    const at = this.target(field);
    if (at === undefined) return [0, 0];
    const length = this.file.u32(at);
    return [this.file.spend(at + 4, length * bytes), length];
  }

  /** A number; `absent` where the field is. */
  number(field: number, type: FlatNumber, absent = 0): number {
    const place = this.place(field);
    return place === undefined ? absent : this.file[type](place);
  }

  numbers(field: number, type: FlatNumber): number[] {
    const size = numberTypes[type];
    const [first, length] = this.vector(field, size);
    return Array.from({ length }, (_, at) => this.file[type](first + size * at));
  }

  /** Not copied. */
  bytes(field: number): Uint8Array {
    const [first, length] = this.vector(field, 1);
    return this.file.bytes.subarray(first, first + length);
  }

  text(field: number): string {
    return new TextDecoder().decode(this.bytes(field));
  }

  table(field: number): FlatTable | undefined {
    const at = this.target(field);
    return at === undefined ? undefined : new FlatTable(this.file, at);
  }

  tables(field: number): FlatTable[] {
    const [first, length] = this.vector(field, 4);
    return Array.from({ length }, (_, at) => {
      const place = first + 4 * at;
      return new FlatTable(this.file, place + this.file.u32(place));
    });
  }
}

/** The table that a file begins with. Throws a FormatError when there is none. */
export function rootTable(bytes: Uint8Array, source: string): FlatTable {
  const file = new FlatBytes(bytes, source);
  return new FlatTable(file, file.u32(0));
}
