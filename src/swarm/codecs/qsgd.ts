// QSGD: numbers rounded at random to a few levels of their bucket's norm, so that the mean is right.
// Alistarh, Grubic, Li, Tomioka, Vojnovic 2017, arXiv 1610.02132. Levels are written in whole bits, not
// in the paper's Elias code.

import { z } from "zod";
import { parseSettings } from "../../settings.js";
import type { CompressorKind } from "./codec.js";
import { Dither } from "./dither.js";
import { messages } from "./message.js";
import { sectionsOf } from "./sections.js";

const settings = z.strictObject({
  levels: z
    .int()
    .min(1)
    .max(32767)
    .default(7)
    .describe("levels from 0 to the norm; 7 take four bits"),
  bucket: z.int().min(1).default(512).describe("numbers that share a norm"),
});

/** `norm * sign(g) * level / levels`, unbiased. */
export const qsgd: CompressorKind = {
  name: "qsgd",
  source: "Alistarh et al. 2017, arXiv 1610.02132",
  settings,
  feedback: false,
  make(given = {}) {
    const parsed = parseSettings(settings, given, "compress=qsgd");
    const { levels, bucket } = parsed;
    const width = Math.ceil(Math.log2(2 * levels + 1));
    return (layout) => {
      const buckets = sectionsOf(layout).flatMap(({ start, end, size }) =>
        Array.from({ length: Math.ceil(size / bucket) }, (_, number) => {
          const from = start + number * bucket;
          return [from, Math.min(from + bucket, end)] as const;
        }),
      );
      return messages({
        name: "qsgd",
        layout,
        settings: parsed,
        write(out, values, _, moment) {
          const dither = new Dither(moment, layout.trainable);
          for (const [start, end] of buckets) {
            let square = 0;
            for (let at = start; at < end; at++) square += values[at] ** 2;
            const norm = Math.fround(Math.sqrt(square));
            out.float(norm);
            const scale = norm > 0 ? levels / norm : 0;
            for (let at = start; at < end; at++) {
              const level = Math.min(dither.round(Math.abs(values[at]) * scale, at), levels);
              out.bits(values[at] < 0 ? levels - level : levels + level, width);
            }
          }
        },
        read(from, values) {
          for (const [start, end] of buckets) {
            const unit = from.float() / levels;
            for (let at = start; at < end; at++) {
              const code = from.bits(width);
              if (code > 2 * levels) throw from.error(`level ${code - levels} of ${levels}`);
              values[at] = unit * (code - levels);
            }
          }
        },
      });
    };
  },
};
