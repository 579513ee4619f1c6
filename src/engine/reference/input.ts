// Inputs of the reference engine: typed arrays, held as they are.

import { bfloat16Of, floatsOf } from "../../tensor/bfloat16.js";
import { type DType, type HostData, zeros } from "../../tensor/dtype.js";
import { checkElements, checkPart, checkStored } from "../buffer.js";
import type { Buffer, Input } from "../engine.js";

/** Elements that programs read. */
export class ReferenceInput<D extends DType = DType> implements Input<D> {
  readonly values: HostData[D];

  constructor(
    readonly dtype: D,
    readonly length: number,
  ) {
    checkElements(dtype, length);
    this.values = zeros(dtype, length);
  }

  async read(start = 0, end = this.length): Promise<HostData[D]> {
    checkPart(this, start, end);
    return this.values.slice(start, end) as HostData[D];
  }

  async write(values: HostData[D], start = 0): Promise<void> {
    checkStored(this, values, start);
    this.values.set(values, start);
  }
}

/** The array behind an input that must be this engine's, or an array itself. */
export function arrayOf(input: Buffer | Input): Buffer {
  if (input instanceof ReferenceInput) return input.values;
  if (ArrayBuffer.isView(input)) return input;
  throw new TypeError("the reference engine was given a buffer of another engine");
}

/** An input's elements as numbers. */
export const numbersOf = (dtype: DType, elements: Buffer): ArrayLike<number> =>
  dtype === "bf16" ? floatsOf(elements) : elements;

/** Numbers of a type as they leave the engine. */
export function elementsOf<D extends DType>(dtype: D, numbers: Float64Array): HostData[D] {
  if (dtype === "bf16") return bfloat16Of(numbers) as HostData[D];
  const result = zeros(dtype, numbers.length);
  result.set(numbers);
  return result;
}
