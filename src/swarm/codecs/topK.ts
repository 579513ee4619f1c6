// Top-k: only the largest numbers of each tensor are sent, with their places. Aji, Heafield 2017, arXiv
// 1704.05021; with error feedback: Stich, Cordonnier, Jaggi 2018, arXiv 1809.07599.
//
// Places are written as gaps in Rice's code (Rice, Plaunt 1971, doi 10.1109/TCOM.1971.1090789): for one
// number of a hundred that is eight bits instead of a word.

import { z } from "zod";
import type { ParamLayout } from "../../graph/index.js";
import { parseSettings } from "../../settings.js";
import { type BitReader, type BitWriter, WIDEST } from "./bits.js";
import type { Compressor, CompressorKind } from "./codec.js";
import { largest } from "./largest.js";
import { messages } from "./message.js";
import { type Section, sectionsOf } from "./sections.js";

/** A share of the numbers of each tensor. */
export const shareSetting = () => z.number().gt(0).max(1);

const settings = z.strictObject({
  share: shareSetting().default(0.01).describe("share of the numbers of each tensor that is sent"),
});

/** How many numbers of a tensor are sent: one at least. */
export const countOf = (size: number, share: number): number =>
  Math.min(Math.max(Math.round(size * share), 1), size);

/** Bits of a gap that are written plainly, best where gaps are geometric: log2 of ln 2 times the mean. */
const plainBits = (size: number, count: number) =>
  Math.min(Math.max(Math.floor(Math.log2((Math.LN2 * size) / count)), 0), WIDEST);

function writeGap(out: BitWriter, gap: number, plain: number): void {
  for (let left = gap >>> plain; left > 0; left--) out.bits(1, 1);
  out.bits(0, 1);
  out.bits(gap & ((1 << plain) - 1), plain);
}

/** A gap of at most `most`. */
function readGap(from: BitReader, plain: number, most: number): number {
  let high = 0;
  while (from.bits(1) === 1) {
    if (++high > most >>> plain) throw from.error("a place beyond the end of its tensor");
  }
  const gap = high * 2 ** plain + from.bits(plain);
  if (gap > most) throw from.error("a place beyond the end of its tensor");
  return gap;
}

function write(out: BitWriter, values: Float32Array, { start, end, size }: Section, k: number) {
  const plain = plainBits(size, k);
  let next = start;
  for (const place of largest(values, start, end, k)) {
    writeGap(out, place - next, plain);
    out.float(values[place]);
    next = place + 1;
  }
}

function read(from: BitReader, values: Float32Array, { start, end, size }: Section, k: number) {
  const plain = plainBits(size, k);
  let next = start;
  for (let left = k; left > 0; left--) {
    const place = next + readGap(from, plain, end - left - next);
    values[place] = from.float();
    next = place + 1;
  }
}

/** Messages with a share of each tensor's numbers; a message says which share it has. */
export function sparseMessages(
  layout: ParamLayout,
  shareAt: (epoch: number) => number,
  agreed: object,
): Compressor {
  const sections = sectionsOf(layout);
  return messages({
    name: "top-k",
    layout,
    settings: agreed,
    write(out, values, _, { epoch }) {
      const share = Math.fround(shareAt(epoch));
      out.float(share);
      for (const section of sections) write(out, values, section, countOf(section.size, share));
    },
    read(from, values) {
      const share = from.float();
      if (!(share > 0 && share <= 1)) throw from.error(`expected a share of 1, found ${share}`);
      for (const section of sections) read(from, values, section, countOf(section.size, share));
    },
  });
}

/** The k numbers of each tensor that are largest in absolute value. */
export const topK: CompressorKind = {
  name: "top-k",
  source: "Aji, Heafield 2017, arXiv 1704.05021; Stich et al. 2018, arXiv 1809.07599",
  settings,
  feedback: true,
  make(given = {}) {
    const { share } = parseSettings(settings, given, "compress=top-k");
    return (layout) => sparseMessages(layout, () => share, { share });
  },
};
