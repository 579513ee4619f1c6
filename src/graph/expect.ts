// Checks that shape rules share: each throws a RangeError that says what was found and expected.

import type { DType } from "../tensor/dtype.js";
import { formatShape, type Shape, sameShape, sizeOf } from "../tensor/shape.js";
import type { TensorType } from "./graph.js";

/** The most elements that a value may have: 2^40, so that nobody's arithmetic on sizes ends. */
export const MOST_ELEMENTS = 2 ** 40;

/** Checks that sizes are whole numbers of at least 1, and not more elements than a value may have. */
export function expectSizes(op: string, shape: Shape): void {
  const whole = shape.every((size) => Number.isInteger(size) && size >= 1);
  if (whole && sizeOf(shape) <= MOST_ELEMENTS) return;
  throw new RangeError(
    `${op}: expected whole sizes of at least 1 and at most 2^40 elements, found ${formatShape(shape)}`,
  );
}

export function expectDtype(
  op: string,
  dtype: DType,
  ...values: readonly (TensorType | undefined)[]
) {
  for (const value of values) {
    if (!value || value.dtype === dtype) continue;
    throw new RangeError(`${op}: expected ${dtype}, found ${value.dtype}`);
  }
}

/** Checks that no value is of a type that numbers are stored in and that ops do not work with. */
export function expectArithmetic(op: string, values: readonly TensorType[]): void {
  for (const { dtype } of values) {
    if (dtype !== "i8" && dtype !== "bf16") continue;
    throw new RangeError(`${op}: expected f32, i32 or u8, found ${dtype}; use cast`);
  }
}

/** Checks that a value is what an op made that stores numbers in bytes. */
export function expectBytes(op: string, { dtype, shape }: TensorType): void {
  if (dtype === "u8" && shape.length === 1) return;
  throw new RangeError(`${op}: expected u8 [bytes], found ${dtype} ${formatShape(shape)}`);
}

/** Checks that a value, if there is one, has a shape. */
export function expectShape(op: string, what: string, shape: Shape, value?: TensorType): void {
  if (!value || sameShape(value.shape, shape)) return;
  throw new RangeError(
    `${op}: expected ${what} of ${formatShape(shape)}, found ${formatShape(value.shape)}`,
  );
}

/** Checks that a number is whole and within bounds. */
export function expectWhole(op: string, what: string, value: number, least: number, most: number) {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(
    `${op}: expected a whole number from ${least} to ${most} as ${what}, found ${value}`,
  );
}

/** Checks that a word is one of those known. */
export function expectOneOf(op: string, what: string, value: string, known: readonly string[]) {
  if (known.includes(value)) return;
  throw new RangeError(`${op}: expected ${known.join(", ")} as ${what}, found ${value}`);
}
