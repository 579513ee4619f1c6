// PowerSGD: a matrix is sent as the product of two thin ones, from one step of power iteration that
// begins where the last one ended. Vogels, Karimireddy, Jaggi 2019, arXiv 1905.13727.
//
// In the paper the learners add up their first factors before the second step, and all have one product
// of rank r. Here each sends a product of its own; their mean may have a rank as high as all of theirs
// together, for the same bytes sent.

import { z } from "zod";
import type { ParamLayout } from "../../graph/index.js";
import { parseSettings } from "../../settings.js";
import { Random } from "../../tensor/philox.js";
import { COMPRESSION } from "../random.js";
import { allFinite } from "./bits.js";
import { type CompressorKind, type Memory, type MessageMoment, NotFiniteError } from "./codec.js";
import { bound, type Factors, powerStep, product } from "./lowRank.js";
import { messages } from "./message.js";
import { type Section, sectionsOf } from "./sections.js";

const settings = z.strictObject({
  rank: z.int().min(1).default(2).describe("columns of the factors that stand for a matrix"),
});

/** A tensor and, where two factors are smaller than it is, where its second one begins in memory. */
interface Part extends Section {
  readonly factor?: number;
}

/** The tensors of a layout, and the length of all second factors together. */
function partsOf(layout: ParamLayout, rank: number) {
  let length = 0;
  const parts = sectionsOf(layout).map((section): Part => {
    const { rows, columns, size } = section;
    if (rank * (rows + columns) >= size) return section;
    const factor = length;
    length += rank * columns;
    return { ...section, factor };
  });
  return { parts, length };
}

/** Columns of zeros know no direction: at the start, and after a gradient of lower rank. */
function drawEmpty(right: Float32Array, rank: number, first: number, moment: MessageMoment): void {
  const { seed, epoch, step } = moment;
  const random = new Random({ seed, purpose: "swarm", epoch, step }, COMPRESSION);
  for (let column = 0; column < rank; column++) {
    let empty = true;
    for (let at = column; at < right.length; at += rank) empty &&= right[at] === 0;
    if (!empty) continue;
    for (let at = column; at < right.length; at += rank) right[at] = random.normal(first + at);
  }
}

/** Throws where a number of the product might be too large for f32. */
function expectFactors({ right }: Factors, rank: number): void {
  const most = bound(right, rank);
  if (!Number.isFinite(Math.fround(most))) throw new NotFiniteError(`a factor of ${most}`);
}

/** Products of rank r; tensors that would not shrink are sent as they are. */
export const powerSgd: CompressorKind = {
  name: "power-sgd",
  source: "Vogels et al. 2019, arXiv 1905.13727",
  settings,
  feedback: true,
  make(given = {}) {
    const parsed = parseSettings(settings, given, "compress=power-sgd");
    const { rank } = parsed;
    return (layout) => {
      const { parts, length } = partsOf(layout, rank);
      const factorsOf = (
        values: Float32Array,
        { start, end, rows, columns }: Part,
        factor: number,
        memory: Memory,
        moment: MessageMoment,
      ): Factors => {
        const right = memory.q.slice(factor, factor + rank * columns);
        drawEmpty(right, rank, factor, moment);
        return powerStep({ values: values.subarray(start, end), rows, columns }, right, rank);
      };
      return messages({
        name: "power-sgd",
        layout,
        settings: parsed,
        memory: { q: length },
        write(out, values, memory, moment) {
          const found = parts.map((part) => {
            if (part.factor === undefined) return undefined;
            return factorsOf(values, part, part.factor, memory, moment);
          });
          for (const [at, factors] of found.entries()) {
            const { start, end } = parts[at];
            out.floats(factors?.left ?? values.subarray(start, end));
            if (factors) out.floats(factors.right);
            if (factors) expectFactors(factors, rank);
          }
          for (const [at, factors] of found.entries()) {
            if (factors) memory.q.set(factors.right, parts[at].factor);
          }
        },
        read(from, values) {
          for (const { start, end, rows, columns, factor } of parts) {
            const own = values.subarray(start, end);
            if (factor === undefined) {
              from.floats(own);
              continue;
            }
            const left = new Float32Array(rank * rows);
            const right = new Float32Array(rank * columns);
            from.floats(left);
            from.floats(right);
            product({ left, right }, rank, own);
            if (!allFinite(own)) throw from.error("a product that is too large");
          }
        },
      });
    };
  },
};
