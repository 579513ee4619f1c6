// How often each operand of a layer comes from memory off the chip, when the layer is cut into tiles that fit into the
// buffer. Channels out, channels in and places are cut into so many parts each, and the parts are gone through with the
// loop innermost that leaves one operand where it is.

import { sizeOf } from "../tensor/shape.js";
import type { Bits, ByOperand, Work } from "./work.js";

/** Numbers of parts that are tried: the powers of two below a size, and the size. */
function partsOf(size: number): number[] {
  const parts: number[] = [];
  for (let count = 1; count < size; count *= 2) parts.push(count);
  return [...parts, size];
}

/** Loads of each operand for cuts into so many parts, one choice for each operand that may stay. */
function loadsOf(outputs: number, inputs: number, places: number): ByOperand<number>[] {
  const all = { weights: places, inputs: outputs, outputs: inputs };
  return [
    { ...all, weights: 1 },
    { ...all, inputs: 1 },
    { ...all, outputs: 1 },
  ];
}

/** The work of one group: groups share nothing, so each is done for itself. */
export function groupOf({ loops, numbers: { weights, inputs, outputs } }: Work): Work {
  const { groups } = loops;
  return {
    loops: {
      ...{ ...loops, groups: 1 },
      ...{ inputs: loops.inputs / groups, outputs: loops.outputs / groups },
    },
    numbers: { weights: weights / groups, inputs: inputs / groups, outputs: outputs / groups },
  };
}

/** Bytes of the smallest tile: one window, its weights, one sum. */
export function smallestTile({ loops: { kernel } }: Work, { weights, activations }: Bits): number {
  return (sizeOf(kernel) * (weights + activations) + activations) / 8;
}

/** Bytes of a tile of a group that is cut into so many parts. */
function tileBytes(
  { loops, numbers }: Work,
  outputs: number,
  inputs: number,
  places: number,
  { weights, activations }: Bits,
): number {
  const window = sizeOf(loops.kernel);
  const channels = Math.ceil(loops.outputs / outputs);
  const depth = Math.ceil(loops.inputs / inputs);
  const images = Math.max(Math.ceil(numbers.inputs / (inputs * places)), depth * window);
  const sums = channels * Math.ceil(numbers.outputs / loops.outputs / places);
  return (channels * depth * window * weights + (images + sums) * activations) / 8;
}

/**
 * The ways to load the operands of one group through a buffer: how often each is loaded from memory, and for outputs how
 * often partial sums are added to. Places are cut into no more parts than must be. Empty where no tile fits.
 */
export function tilings(work: Work, bufferBytes: number, bits: Bits): ByOperand<number>[] {
  const { batch, inputs, outputs, places } = work.loops;
  const placeParts = partsOf(batch * sizeOf(places));
  return partsOf(outputs).flatMap((outs) =>
    partsOf(inputs).flatMap((ins) => {
      const fits = (spots: number) => tileBytes(work, outs, ins, spots, bits) <= bufferBytes;
      const spots = placeParts.find(fits);
      return spots === undefined ? [] : loadsOf(outs, ins, spots);
    }),
  );
}
