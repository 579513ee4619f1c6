// Rules that a graph must fulfil before the native engine compiles it: a node on the edge of what is taken, and
// changes that lead just beyond it.

import type { DType } from "../../src/tensor/dtype.js";

export interface Typed {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** A node on inputs of its own. */
export interface Asked {
  readonly operands: readonly Typed[];
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly results: readonly Typed[];
}

/** A node that is right, and changes that make it wrong; those of attributes are added to the right ones. */
export interface Rule extends Asked {
  readonly op: string;
  readonly wrong: readonly (readonly [change: Partial<Asked>, message: RegExp])[];
}

const typed =
  (dtype: DType) =>
  (...shape: number[]): Typed => ({ dtype, shape });
export const [f32, i32, u8, i8] = (["f32", "i32", "u8", "i8"] as const).map(typed);
export const attrs = (changed: Asked["attrs"]) => ({ attrs: changed });
export const operands = (...changed: Typed[]) => ({ operands: changed });

export const MISFIT = /operands do not fit each other/;
