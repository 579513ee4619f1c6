// The two forms of an engine's `buffer`: an array that JavaScript fills, and elements that are written.

import type { DType } from "../tensor/dtype.js";
import type { Engine, Input } from "./engine.js";

/** {@link Engine.buffer} from what makes an array of f32 and what makes elements of any type. */
export function bufferOf(
  array: (length: number) => Float32Array,
  input: (dtype: DType, length: number) => Input,
): Engine["buffer"] {
  const buffer = (first: DType | number, length?: number) =>
    typeof first === "number" ? array(first) : input(first, length!);
  return buffer as Engine["buffer"];
}
