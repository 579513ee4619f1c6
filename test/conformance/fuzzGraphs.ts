// Graphs that nobody should compile: real ones, as the addon reads them, with something in them changed.

import type { Random } from "../../src/tensor/philox.js";
import { anyNumber, below, pick } from "./fuzzArguments.js";

type Plain = Record<string | number, unknown>;

/** A place in plain data. */
interface Spot {
  readonly holder: Plain;
  readonly key: string | number;
}

function spotsOf(data: unknown, spots: Spot[] = []): Spot[] {
  if (typeof data !== "object" || data === null) return spots;
  for (const key of Object.keys(data)) {
    const holder = data as Plain;
    spots.push({ holder, key: Array.isArray(data) ? Number(key) : key });
    spotsOf(holder[key], spots);
  }
  return spots;
}

const texts = [
  "f32",
  "i32",
  "u8",
  "i8",
  "bf16",
  "relu",
  "none",
  "add",
  "select",
  "x0",
  "reshape",
  "fused",
  "",
];
const otherTypes: readonly unknown[] = [null, undefined, {}, [], "7", 7, true, [[1]], 7n];

function changedNumber(random: Random, value: number): number {
  return pick(random, [value + 1, value - 1, value * 2, -value, 2 * value + 1, anyNumber(random)]);
}

/** A change of what stands at a place, for what stands there. */
function change(random: Random, { holder, key }: Spot): void {
  const value = holder[key];
  const way = below(random, 8);
  if (way === 0) {
    holder[key] = structuredClone(pick(random, otherTypes));
  } else if (way === 1) {
    if (Array.isArray(holder)) holder.splice(key as number, 1);
    else delete holder[key];
  } else if (way === 2 && Array.isArray(holder)) {
    holder.splice(key as number, 0, structuredClone(pick(random, holder)));
  } else if (typeof value === "number") {
    holder[key] = changedNumber(random, value);
  } else if (typeof value === "string") {
    holder[key] = pick(random, texts);
  } else if (Array.isArray(value)) {
    value.reverse();
  }
}

/** The same change of a size wherever it stands, so that types and attributes go on telling the same. */
function changeEverywhere(random: Random, spots: readonly Spot[]): void {
  const isSize = (value: unknown) => typeof value === "number" && value > 1;
  const sizes = spots.filter(({ holder, key }) => isSize(holder[key]));
  if (sizes.length === 0) return;
  const { holder, key } = pick(random, sizes);
  const old = holder[key] as number;
  const made = changedNumber(random, old);
  for (const spot of sizes) if (spot.holder[spot.key] === old) spot.holder[spot.key] = made;
}

/** A copy of a graph's data with one to three changes. */
export function mutated(random: Random, data: object): object {
  const copy = structuredClone(data);
  for (let left = 1 + below(random, 3); left > 0; left--) {
    const spots = spotsOf(copy);
    if (below(random, 4) === 0) changeEverywhere(random, spots);
    else change(random, pick(random, spots));
  }
  return copy;
}
