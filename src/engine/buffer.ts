// Memory of an engine for the inputs of programs: the two forms of `buffer`, an array that JavaScript fills and elements
// that are written, and the checks of what is asked for, stored and read.

import { type DType, dtypes, zeros } from "../tensor/dtype.js";
import type { Buffer, Engine, Input } from "./engine.js";

/** Checks what memory is asked for. */
export function checkElements(dtype: DType, length: number): void {
  if (!dtypes.includes(dtype)) {
    throw new RangeError(`elements of ${String(dtype)}: expected one of ${dtypes.join(", ")}`);
  }
  if (Number.isSafeInteger(length) && length >= 0) return;
  throw new RangeError(`${length} elements of ${dtype}: expected a whole number from 0`);
}

/** Checks a part of a buffer. */
export function checkPart({ dtype, length }: Input, start: number, end: number): void {
  const whole = Number.isInteger(start) && Number.isInteger(end);
  if (whole && 0 <= start && start <= end && end <= length) return;
  throw new RangeError(`[${start}, ${end}) of a buffer of ${length} ${dtype}`);
}

/** Checks elements that are to be stored in a buffer. */
export function checkStored(to: Input, values: Buffer, start: number): void {
  const wanted = zeros(to.dtype, 0).constructor;
  if (values.constructor !== wanted) {
    const found = values.constructor.name;
    throw new RangeError(`a buffer of ${to.dtype}: expected ${wanted.name}, found ${found}`);
  }
  checkPart(to, start, start + values.length);
}

/** {@link Engine.buffer} from what makes an array of f32 and what makes elements of any type. */
export function bufferOf(
  array: (length: number) => Float32Array,
  input: (dtype: DType, length: number) => Input,
): Engine["buffer"] {
  const buffer = (first: DType | number, length?: number) =>
    typeof first === "number" ? array(first) : input(first, length!);
  return buffer as Engine["buffer"];
}
