// Arguments that nobody should pass: of wrong types and lengths, in memory that goes away.

import type { Addon } from "../../src/engine/native/addon.js";
import type { Random } from "../../src/tensor/philox.js";

/** A whole number from 0 on, below another. */
export const below = (random: Random, count: number): number =>
  Math.floor(random.uniform() * count);

export const pick = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)];

const numbers = [
  ...[0, 1, 2, 3, 5, 16, 17, 255, 256, -1, -2, 0.5, 1e300, Number.NaN, Number.POSITIVE_INFINITY],
  ...[
    2 ** 30,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32,
    2 ** 40,
    2 ** 53,
    2 ** 62,
    2 ** 63,
    -(2 ** 31),
    -(2 ** 63),
  ],
];

export const anyNumber = (random: Random): number => pick(random, numbers);

const arrayTypes = [
  ...[
    Float32Array,
    Uint8Array,
    Int32Array,
    Uint32Array,
    Float64Array,
    Int8Array,
    Uint8ClampedArray,
  ],
  ...[Int16Array, BigInt64Array],
] as const;

/** An array of a type, over any of the kinds of memory that there are. */
function anyArray(random: Random, addon: Addon): ArrayBufferView {
  const type = pick(random, arrayTypes);
  const length = pick(random, [0, 1, 2, 4, 5, 11, 64, 1000]);
  const bytes = type.BYTES_PER_ELEMENT * length;
  const memories: (() => ArrayBufferLike)[] = [
    () => new ArrayBuffer(bytes + 8),
    () => addon.allocate(bytes + 8),
    () => new SharedArrayBuffer(bytes + 8),
    () => resizable(bytes + 8),
  ];
  const offset = below(random, 2) * 8;
  const memory = pick(random, memories)();
  return new type(memory as ArrayBuffer, Math.min(offset, 8), length) as ArrayBufferView;
}

function resizable(bytes: number): ArrayBuffer {
  const type = ArrayBuffer as unknown as new (size: number, options: object) => ArrayBuffer;
  return new type(bytes, { maxByteLength: bytes + 4096 });
}

/** Takes an array's memory away, as far as it lets go of it. */
export function takeAway(random: Random, array: unknown): void {
  if (!ArrayBuffer.isView(array)) return;
  const buffer = array.buffer as ArrayBuffer & { resizable?: boolean; resize?(size: number): void };
  if (buffer.resizable && below(random, 2) === 0) {
    buffer.resize?.(below(random, 8));
    return;
  }
  try {
    structuredClone(buffer, { transfer: [buffer] });
  } catch {
    // Shared memory, and that of the addon, stays.
  }
}

const oddities: ((random: Random, addon: Addon) => unknown)[] = [
  anyNumber,
  () => undefined,
  () => null,
  () => "text",
  () => true,
  () => 7n,
  () => ({}),
  () => [],
  () => () => 1,
  () => Symbol("s"),
  (random) => Array.from({ length: below(random, 6) }, () => anyNumber(random)),
  anyArray,
  anyArray,
  anyArray,
  (random, addon) => [anyArray(random, addon), anyArray(random, addon)],
  (random, addon) => new Proxy(anyArray(random, addon), {}),
  (random, addon) => anyArray(random, addon).buffer,
  (random, addon) => new DataView(anyArray(random, addon).buffer),
  () => Object.create(Float32Array.prototype),
  (random, addon) => {
    const array = anyArray(random, addon);
    takeAway(random, array);
    return array;
  },
  (random, addon) => Object.defineProperty(anyArray(random, addon), "length", { value: 4 }),
];

/** Anything at all. */
export const anything = (random: Random, addon: Addon): unknown =>
  pick(random, oddities)(random, addon);

/** Arguments with up to two of them, or of their elements, replaced by anything. */
export function spoiled(random: Random, addon: Addon, right: readonly unknown[]): unknown[] {
  const given = [...right];
  for (let left = below(random, 3); left > 0; left--) {
    const at = below(random, given.length + 1);
    const old = given[at];
    if (!Array.isArray(old) || old.length === 0 || below(random, 3) === 0) {
      given[at] = anything(random, addon);
      continue;
    }
    const list = [...old];
    const element = below(random, list.length);
    if (below(random, 4) === 0) list.splice(element, 1);
    else list[element] = anything(random, addon);
    given[at] = list;
  }
  return given;
}
