// Dataflows: what stays in the registers of a processing element, and what passes between elements (the taxonomy of
// Chen, Emer and Sze, ISCA 2016, and of Sze, Chen, Yang and Emer 2017, arXiv 1703.09039). The mapping is simplified: a
// flow is told by how often it can use a number at most from the registers and across the array, each time that the
// number is fetched. The buffer does the rest.

import { byName } from "../text/words.js";
import type { ByOperand, Work } from "./work.js";

/** Most uses of a number each time that it is fetched. */
export interface Reuse {
  /** From the registers of one element. */
  readonly registers: number;
  /** By different elements. */
  readonly array: number;
}

/** A dataflow as data. */
export interface Dataflow {
  readonly name: string;
  readonly description: string;
  /** Numbers that each element must keep for it at least. */
  registers(work: Work): number;
  /** Whether more registers than these are of use to it. */
  readonly fills: boolean;
  /** Elements that can be busy at the same time, of as many as one likes. */
  lanes(work: Work): number;
  /** Of one group on so many elements, with registers for so many numbers each. */
  reuse(work: Work, pes: number, registers: number): ByOperand<Reuse>;
}

const ALL = Number.POSITIVE_INFINITY;
const only = (array: number): Reuse => ({ registers: 1, array });
const stays: Reuse = { registers: ALL, array: 1 };

const product = (...factors: readonly number[]) => factors.reduce((a, b) => a * b, 1);

/** Weights of a layer. */
const weightsOf = ({ loops: { outputs, inputs, groups, kernel } }: Work) =>
  product(outputs, inputs / groups, ...kernel);

/** Places of all images. */
const placesOf = ({ loops: { batch, places } }: Work) => product(batch, ...places);

/** Products that make one sum. */
const termsOf = ({ loops: { inputs, groups, kernel } }: Work) =>
  product(inputs / groups, ...kernel);

export const dataflows: readonly Dataflow[] = [
  {
    name: "row-stationary",
    description: "a row of a filter and of the image in each element, sums along rows",
    // A row of the filter, one of the image, and a sum.
    registers: ({ loops }) => 2 * loops.kernel[1] + 1,
    fills: true,
    lanes: ({ loops: { batch, outputs, inputs, groups, kernel, places } }) =>
      product(kernel[0], places[0], batch, outputs, inputs / groups),
    reuse({ loops: { outputs, kernel, places } }, pes, registers) {
      const [height, width] = kernel;
      const rows = Math.max(1, Math.min(places[0], Math.floor(pes / height)));
      // Elements that the rows leave free take other filters.
      const sets = Math.max(1, Math.min(outputs, Math.floor(pes / (height * rows))));
      const channels = Math.max(1, Math.floor((registers - 1) / (2 * width)));
      const column = Math.min(height, pes);
      return {
        weights: { registers: places[1], array: rows },
        inputs: { registers: width, array: column * sets },
        outputs: { registers: width * channels, array: column },
      };
    },
  },
  {
    name: "weight-stationary",
    description: "a weight in each element, images and sums pass by",
    registers: () => 1,
    fills: false,
    lanes: weightsOf,
    reuse: (work, pes) => ({
      weights: stays,
      inputs: only(Math.min(pes, work.loops.outputs)),
      outputs: only(Math.min(pes, termsOf(work))),
    }),
  },
  {
    name: "output-stationary",
    description: "a sum in each element, weights and images pass by",
    registers: () => 1,
    fills: false,
    lanes: (work) => work.loops.outputs * placesOf(work),
    reuse: (work, pes) => ({
      weights: only(Math.min(pes, placesOf(work))),
      inputs: only(Math.min(pes, product(...work.loops.kernel))),
      outputs: stays,
    }),
  },
  {
    name: "input-stationary",
    description: "a number of the image in each element, weights and sums pass by",
    registers: () => 1,
    fills: false,
    lanes: ({ numbers }) => numbers.inputs,
    reuse: (work, pes) => ({
      weights: only(Math.min(pes, placesOf(work))),
      inputs: stays,
      outputs: only(Math.min(pes, termsOf(work))),
    }),
  },
  {
    name: "no-local-reuse",
    description: "nothing in the elements, all room in the buffer",
    registers: () => 0,
    fills: false,
    lanes: ({ loops: { outputs, inputs, groups } }) => product(outputs, inputs / groups),
    reuse({ loops: { outputs, inputs } }, pes) {
      const side = Math.floor(Math.sqrt(pes));
      return {
        weights: only(1),
        inputs: only(Math.min(side, outputs)),
        outputs: only(Math.min(side, inputs)),
      };
    },
  },
];

/**
 * The dataflow of a name.
 *
 * @throws InputError for an unknown one, with the nearest.
 */
export const getDataflow = (name: string): Dataflow => byName("dataflow", name, dataflows);
