// What is left of a net with gates: weights times the gates before them, without channels that nothing takes notice of.

import type { CompactNet, Net } from "../../nn/index.js";
import { sizeOf } from "../../tensor/shape.js";
import { deadChannels, type Removed, withoutChannels } from "../channels/index.js";
import { fixedGate } from "./hardConcrete.js";
import { type GateRun, gatesOf } from "./places.js";

/** Multiplies numbers along an axis, in place. */
function scale(
  numbers: Float32Array,
  shape: readonly number[],
  axis: number,
  by: readonly number[],
) {
  const inner = sizeOf(shape.slice(axis + 1));
  for (const at of numbers.keys()) numbers[at] *= by[Math.floor(at / inner) % shape[axis]];
}

/**
 * The numbers of a net with gates for the same net without them, which gives the same in use.
 *
 * @param before the net as it is where the gates come in
 * @param plain the whole net without gates
 * @param names of the gates
 */
export function withoutGates(
  { net, w }: CompactNet,
  before: Net,
  plain: Net,
  names: readonly string[],
): CompactNet {
  const gated = new Map(net.layout.params.map((param) => [param.name, param]));
  const numbersOf = (name: string) => {
    const { offset, shape } = gated.get(name)!;
    return w.subarray(offset, offset + sizeOf(shape));
  };
  const gatesIn = ({ name, first, count, times }: GateRun): number[] => {
    if (name === undefined) return new Array(count * times).fill(1);
    const own = Array.from(numbersOf(name).subarray(first, first + count), fixedGate);
    return own.flatMap((gate) => new Array<number>(times).fill(gate));
  };
  const small = new Float32Array(plain.layout.length);
  const { axes } = gatesOf(before, names);
  for (const { name, shape, offset } of plain.layout.params) {
    const numbers = small.subarray(offset, offset + sizeOf(shape));
    numbers.set(numbersOf(name));
    for (const { axis, runs } of axes.filter(({ param }) => param === name)) {
      scale(numbers, shape, axis, runs.flatMap(gatesIn));
    }
  }
  return { net: plain, w: small };
}

/**
 * A net without channels that nothing takes notice of, and what was removed one after the other: what is gone may have been all
 * that took notice of others.
 */
export function withoutDead(compact: CompactNet): { small: CompactNet; removed: Removed[] } {
  const removed: Removed[] = [];
  let small = compact;
  for (;;) {
    const dead = deadChannels(small);
    if (Object.keys(dead).length === 0) return { small, removed };
    removed.push(dead);
    small = withoutChannels(small, dead);
  }
}
