// Energy of an operation on an array of processing elements, by the analysis of Chen, Emer and Sze (ISCA 2016, section
// VI.C): the uses of a number are split into loads from memory (a), of each from the buffer (b), of each by elements of
// the array (c), of each from registers (d). A number that is read costs a DRAM + ab buffer + abc array + abcd register;
// a sum costs (2a-1) DRAM + 2a(b-1) buffer + ab(c-1) array + 2abc(d-1) register.

import { macsOf } from "../graph/index.js";
import { InputError } from "../inputError.js";
import type { Dataflow, Reuse } from "./dataflows.js";
import type { PeArray } from "./machine.js";
import { groupOf, smallestTile, tilings } from "./tiling.js";
import { type Bits, type ByOperand, bitsOf, type Operand, operands, type Work } from "./work.js";

/** The memories, from far to near. */
export const levels = ["dram", "buffer", "array", "register"] as const;
export type Level = (typeof levels)[number];
export type ByLevel<T> = Readonly<Record<Level, T>>;

/** What an operation takes on an array, for a whole batch. */
export interface Energy {
  /** In the machine's unit: of multiply-adds, of each memory, and of all together. */
  readonly mac: number;
  readonly levels: ByLevel<number>;
  readonly total: number;
  /** Bytes to and from memory off the chip; never fewer than each number once. */
  readonly dramBytes: number;
}

/** Accesses of one number of an operand at each level: loads from memory given, `uses` in all. */
function accessesOf(operand: Operand, uses: number, loads: number, reuse: Reuse): ByLevel<number> {
  const a = loads;
  // Where images are taken with gaps, numbers are loaded that nobody uses.
  const each = Math.max(1, uses / a);
  const d = Math.min(reuse.registers, each);
  const c = Math.min(reuse.array, each / d);
  const b = each / (c * d);
  return operand === "outputs"
    ? {
        dram: 2 * a - 1,
        buffer: 2 * a * (b - 1),
        array: a * b * (c - 1),
        register: 2 * a * b * c * (d - 1),
      }
    : { dram: a, buffer: a * b, array: a * b * c, register: a * each };
}

/** Picojoules of a multiplication of 8 bits and of an addition of 32 bits at 45 nm (Horowitz, ISSCC 2014). */
const MULTIPLY = 0.2;
const ADD = 0.1;

/** A multiply-add's energy for its widths: the multiplier grows with their product, the 32 bits added up stay. */
const macEnergy = (weights: number, activations: number): number =>
  MULTIPLY * ((weights * activations) / 64) + ADD;

/** Accesses of all numbers at each level, weighed by their width in numbers of the array's own. */
function wordsOf(
  work: Work,
  loads: ByOperand<number>,
  reuse: ByOperand<Reuse>,
  bits: Bits,
  own: number,
): ByLevel<number> {
  const sums = { dram: 0, buffer: 0, array: 0, register: 0 };
  for (const operand of operands) {
    const count = work.numbers[operand];
    const uses = Math.max(1, macsOf(work.loops) / count);
    const accesses = accessesOf(operand, uses, loads[operand], reuse[operand]);
    const words = (count * bitsOf(operand, bits)) / own;
    for (const level of levels) sums[level] += words * accesses[level];
  }
  return sums;
}

/** The buffer for a dataflow: registers that it has no use for are room in the buffer, in the same area. */
function bufferBytes({ registers, fills }: Dataflow, work: Work, array: PeArray, bits: number) {
  const spare = fills ? 0 : Math.max(0, array.registerBytes - (registers(work) * bits) / 8);
  return array.bufferBytes + Math.floor(spare * array.pes);
}

function expectRegisters(flow: Dataflow, work: Work, array: PeArray, wide: number, layer: string) {
  const needed = Math.ceil((flow.registers(work) * wide) / 8);
  if (needed <= array.registerBytes) return;
  throw new InputError(
    `layer ${layer}: ${flow.name} needs ${needed} bytes of registers in each processing element, found ` +
      `registerBytes ${array.registerBytes}; take another dataflow, fewer bits or another machine`,
  );
}

/**
 * Energy of an operation under a dataflow, cut into the tiles that take least.
 *
 * @param layer its name, for messages
 * @throws InputError when the registers are too few for the dataflow, or the buffer for one window.
 * @example
 * const loops = { batch: 1, inputs: 4, outputs: 8, groups: 1, kernel: [1, 1], places: [2, 2] };
 * const work = { loops, numbers: { weights: 32, inputs: 16, outputs: 32 } };
 * const bits = { weights: 16, activations: 16 };
 * const { mac, dramBytes } = energyOf(work, getDataflow("row-stationary"), eyeriss.array!, bits, "conv");
 * [mac, dramBytes]; // [128, 160]
 */
export function energyOf(
  work: Work,
  flow: Dataflow,
  array: PeArray,
  bits: Bits,
  layer: string,
): Energy {
  const { groups } = work.loops;
  const group = groupOf(work);
  const wide = Math.max(bits.weights, bits.activations);
  expectRegisters(flow, work, array, wide, layer);
  const room = bufferBytes(flow, work, array, wide);
  const reuse = flow.reuse(group, array.pes, Math.floor((8 * array.registerBytes) / wide));
  const { energy, bits: own } = array;
  const perMac = (energy.mac * macEnergy(bits.weights, bits.activations)) / macEnergy(own, own);
  const mac = macsOf(work.loops) * perMac;
  let best: Energy | undefined;
  for (const loads of tilings(group, room, bits)) {
    const words = wordsOf(group, loads, reuse, bits, own);
    const each = Object.fromEntries(
      levels.map((level) => [level, groups * words[level] * energy[level]]),
    ) as ByLevel<number>;
    const total = levels.reduce((sum, level) => sum + each[level], mac);
    if (best && best.total <= total) continue;
    best = { mac, levels: each, total, dramBytes: (groups * words.dram * own) / 8 };
  }
  if (best) return best;
  throw new InputError(
    `layer ${layer}: its smallest tile takes ${Math.ceil(smallestTile(group, bits))} bytes, found a buffer of ` +
      `${room} (${flow.name}); take fewer bits or a machine with more bufferBytes`,
  );
}
