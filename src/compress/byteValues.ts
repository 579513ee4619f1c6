// The values of a net on their way into another graph, some as f32 and some as bytes.

import { type ByteScale, dequantise, integerPool2d, quantise, type Value } from "../graph/index.js";
import { InputError } from "../inputError.js";
import type { Planned } from "./plan.js";

/** Bytes and what they stand for. */
export type Bytes = readonly [value: Value, scale: ByteScale];

/** The error for a value that is to be bytes, and of which nobody knows the range. */
export const noRange = (name: string) =>
  new InputError(`ranges: there is none of what ${name} takes; they belong to another net`);

/** Where the values of the net are, and as what. */
export class ByteValues {
  private readonly scales = new Map<Value, ByteScale>();
  private readonly floats = new Map<Value, Value>();
  private readonly bytes = new Map<Value, Value>();

  /**
   * @param image of a value of the net in the new graph
   * @param planned what bytes of a value stand for
   */
  constructor(
    private readonly image: (value: Value) => Value,
    readonly planned: Planned,
  ) {}

  /** Says that a value's image is bytes. */
  set(value: Value, scale: ByteScale): void {
    this.scales.set(value, scale);
  }

  is(value: Value): boolean {
    return this.scales.has(value);
  }

  asFloats(value: Value): Value {
    const scale = this.scales.get(value);
    if (!scale) return this.image(value);
    const known = this.floats.get(value) ?? dequantise(this.image(value), scale);
    this.floats.set(value, known);
    return known;
  }

  asBytes(value: Value): Bytes {
    const own = this.scales.get(value);
    if (own) return [this.image(value), own];
    const scale = this.planned(value);
    if (!scale) throw noRange(String(value));
    const known = this.bytes.get(value) ?? quantise(this.image(value), scale);
    this.bytes.set(value, known);
    return [known, scale];
  }

  /** Images in bytes of a given scale. */
  inScale(value: Value, wanted: ByteScale): Value {
    const [bytes, { scale, zero }] = this.asBytes(value);
    if (scale === wanted.scale && zero === wanted.zero) return bytes;
    const change = { zero, outZero: wanted.zero, multiplier: scale / wanted.scale };
    return integerPool2d(bytes, { mode: "mean", kernel: 1, ...change });
  }
}
