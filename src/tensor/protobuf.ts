// Protocol Buffers' wire format (https://protobuf.dev/programming-guides/encoding), read and written by tables of fields:
// no code is generated. Every length is checked against the bytes that are there, and messages nest only so deep.

import { FormatError } from "./formatError.js";

/** What a field holds beside other messages. 64-bit integers become the nearest number that JavaScript has. */
type Scalar = "int" | "uint" | "float" | "double" | "text" | "bytes";

/** A field of a message: its number, and what it holds. A message is named by a function, since messages hold each other. */
export interface Field {
  readonly id: number;
  readonly kind: Scalar | (() => Schema);
  readonly repeated?: true;
}

/** The fields of a message by name. */
export type Schema = Readonly<Record<string, Field>>;

/** A table that names every field of a type. */
export type SchemaOf<T> = { readonly [K in keyof T]-?: Field };

/** Messages within messages. */
const MOST_DEPTH = 64;
const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

const wireTypes: Readonly<Record<Scalar, number>> = {
  int: VARINT,
  uint: VARINT,
  float: FIXED32,
  double: FIXED64,
  text: LENGTH,
  bytes: LENGTH,
};
const wireTypeOf = ({ kind }: Field) => (typeof kind === "function" ? LENGTH : wireTypes[kind]);

/** Fields that a file lacks and that hold lists. */
const NONE: readonly never[] = Object.freeze([]);

/** Reads one file. */
class Reader {
  private readonly view: DataView;
  private readonly texts = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  constructor(
    private readonly bytes: Uint8Array,
    private readonly source: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  fail(at: number, message: string): never {
    throw new FormatError(this.source, at, message);
  }

  /** The place behind `size` bytes from `at`, which must lie before `end`. */
  private behind(at: number, size: number, end: number): number {
    if (size <= end - at) return at + size;
    return this.fail(at, `${size} bytes are announced, ${end - at} are left: damaged or truncated`);
  }

  /** A number of 7 bits a byte, as [value, place behind it]. */
  private varint(at: number, end: number, signed: boolean): [number, number] {
    let value = 0;
    for (let count = 0; count < 7; count++) {
      const byte = this.bytes[this.behind(at + count, 1, end) - 1];
      value += (byte & 127) * 2 ** (7 * count);
      if (byte < 128) return [value, at + count + 1];
    }
    let large = BigInt(value);
    for (let count = 7; count < 10; count++) {
      const byte = this.bytes[this.behind(at + count, 1, end) - 1];
      large += BigInt(byte & 127) << BigInt(7 * count);
      if (byte < 128) {
        const whole = signed ? BigInt.asIntN(64, large) : BigInt.asUintN(64, large);
        return [Number(whole), at + count + 1];
      }
    }
    return this.fail(at, "a number of more than 10 bytes: damaged, or no such file");
  }

  private scalar(kind: Scalar, at: number, end: number): [unknown, number] {
    if (kind === "int" || kind === "uint") return this.varint(at, end, kind === "int");
    const behind = this.behind(at, kind === "float" ? 4 : 8, end);
    const float = kind === "float";
    return [float ? this.view.getFloat32(at, true) : this.view.getFloat64(at, true), behind];
  }

  private text(from: number, to: number): string {
    try {
      return this.texts.decode(this.bytes.subarray(from, to));
    } catch {
      return this.fail(from, "a text that is not UTF-8");
    }
  }

  /** The place behind a field that no table names. */
  private skip(wire: number, at: number, end: number): number {
    if (wire === VARINT) return this.varint(at, end, false)[1];
    if (wire === FIXED64) return this.behind(at, 8, end);
    if (wire === FIXED32) return this.behind(at, 4, end);
    if (wire !== LENGTH)
      return this.fail(at, `a field of wire type ${wire}; expected 0, 1, 2 or 5`);
    const [length, from] = this.varint(at, end, false);
    return this.behind(from, length, end);
  }

  /** What lies in `[from, to)`: of numbers as many as there are, else one thing. */
  private *content(kind: Field["kind"], from: number, to: number, depth: number) {
    if (typeof kind === "function") yield this.message(kind(), from, to, depth + 1);
    else if (kind === "text") yield this.text(from, to);
    else if (kind === "bytes") yield this.bytes.subarray(from, to);
    else {
      for (let at = from; at < to; ) {
        const [value, behind] = this.scalar(kind, at, to);
        yield value;
        at = behind;
      }
    }
  }

  message(schema: Schema, from: number, end: number, depth: number): Record<string, unknown> {
    if (depth > MOST_DEPTH) this.fail(from, `more than ${MOST_DEPTH} messages within each other`);
    const names = namesOf(schema);
    const found: Record<string, unknown> = {};
    for (const [name, { repeated }] of Object.entries(schema)) if (repeated) found[name] = NONE;
    for (let at = from; at < end; ) {
      const [tag, next] = this.varint(at, end, false);
      const [id, wire] = [Math.floor(tag / 8), tag % 8];
      const name = names.get(id);
      if (id === 0) this.fail(at, "a field of number 0: damaged, or no such file");
      if (name === undefined) {
        at = this.skip(wire, next, end);
        continue;
      }
      at = this.field(schema[name], name, wire, next, end, depth, found);
    }
    return found;
  }

  /** Reads a field into a message, and gives the place behind it. */
  private field(
    field: Field,
    name: string,
    wire: number,
    at: number,
    end: number,
    depth: number,
    found: Record<string, unknown>,
  ): number {
    const { kind, repeated } = field;
    const add = (value: unknown) => {
      if (!repeated) found[name] = value;
      else if (found[name] === NONE) found[name] = [value];
      else (found[name] as unknown[]).push(value);
    };
    if (wire === LENGTH && (wireTypeOf(field) === LENGTH || repeated)) {
      const [length, from] = this.varint(at, end, false);
      const to = this.behind(from, length, end);
      for (const value of this.content(kind, from, to, depth)) add(value);
      return to;
    }
    if (wire !== wireTypeOf(field)) {
      this.fail(at, `field ${name} is of wire type ${wire}; expected ${wireTypeOf(field)}`);
    }
    const [value, behind] = this.scalar(kind as Scalar, at, end);
    add(value);
    return behind;
  }
}

const known = new WeakMap<Schema, ReadonlyMap<number, string>>();

/** Names of fields by their numbers. */
function namesOf(schema: Schema): ReadonlyMap<number, string> {
  let names = known.get(schema);
  if (!names) {
    names = new Map(Object.entries(schema).map(([name, { id }]) => [id, name]));
    known.set(schema, names);
  }
  return names;
}

/**
 * Reads a message. Fields that it lacks are `undefined`, lists empty; those that no table names are left out. Of a field
 * that comes twice and is no list the last one counts. Bytes are not copied.
 *
 * @param source name for messages
 * @throws FormatError naming the byte when it is damaged, truncated or nests too deep.
 */
export const decodeMessage = <T>(schema: SchemaOf<T>, bytes: Uint8Array, source: string): T =>
  new Reader(bytes, source).message(schema as Schema, 0, bytes.length, 0) as T;

/** Collects bytes. */
class Writer {
  private readonly chunks: Uint8Array[] = [];
  private size = 0;

  add(chunk: Uint8Array): void {
    this.chunks.push(chunk);
    this.size += chunk.length;
  }

  varint(value: number): void {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    this.add(Uint8Array.of(...bytes, Number(rest)));
  }

  sized(chunk: Uint8Array): void {
    this.varint(chunk.length);
    this.add(chunk);
  }

  /** A message within this one, whose bytes are not copied. */
  nested(message: Writer): void {
    this.varint(message.size);
    for (const chunk of message.chunks) this.add(chunk);
  }

  get bytes(): Uint8Array {
    const whole = new Uint8Array(this.size);
    let at = 0;
    for (const chunk of this.chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }
}

const scalars: Readonly<Record<Scalar, (writer: Writer, value: never) => void>> = {
  int: (writer, value: number) => writer.varint(value),
  uint: (writer, value: number) => writer.varint(value),
  float: (writer, value: number) => writer.add(new Uint8Array(Float32Array.of(value).buffer)),
  double: (writer, value: number) => writer.add(new Uint8Array(Float64Array.of(value).buffer)),
  text: (writer, value: string) => writer.sized(new TextEncoder().encode(value)),
  bytes: (writer, value: Uint8Array) => writer.sized(value),
};

function writeField(writer: Writer, field: Field, value: unknown): void {
  const { id, kind, repeated } = field;
  const one = (to: Writer, item: unknown) => {
    if (typeof kind === "function") to.nested(written(kind(), item as object));
    else scalars[kind](to, item as never);
  };
  const wire = wireTypeOf(field);
  if (!repeated) {
    writer.varint(id * 8 + wire);
    one(writer, value);
  } else if (wire === LENGTH) {
    for (const item of value as unknown[]) {
      writer.varint(id * 8 + wire);
      one(writer, item);
    }
  } else if ((value as unknown[]).length > 0) {
    const packed = new Writer();
    for (const item of value as unknown[]) one(packed, item);
    writer.varint(id * 8 + LENGTH);
    writer.nested(packed);
  }
}

function written(schema: Schema, message: object): Writer {
  const writer = new Writer();
  for (const [name, field] of Object.entries(schema)) {
    const value = (message as Record<string, unknown>)[name];
    if (value !== undefined) writeField(writer, field, value);
  }
  return writer;
}

/** Writes a message: its fields in the order of the table, those that are `undefined` left out, lists of numbers packed. */
export const encodeMessage = <T extends object>(schema: SchemaOf<T>, message: T): Uint8Array =>
  written(schema as Schema, message).bytes;
