// TernGrad: each number becomes -s, 0 or s at random, so that the mean is right. Wen, Xu, Yan, Wu, Wang,
// Chen, Li 2017, arXiv 1705.07878. Five of them fill a byte.

import { z } from "zod";
import { parseSettings } from "../../settings.js";
import type { CompressorKind } from "./codec.js";
import { Dither } from "./dither.js";
import { messages } from "./message.js";
import { type Section, sectionsOf } from "./sections.js";

const settings = z.strictObject({
  clip: z
    .number()
    .min(0)
    .default(2.5)
    .describe("numbers are clipped at so many standard deviations of their tensor; 0 for none"),
});

const PER_BYTE = 5;

/** The largest absolute value of a tensor after clipping. */
function scaleOf(values: Float32Array, { start, end, size }: Section, clip: number): number {
  let [sum, square, largest] = [0, 0, 0];
  for (let at = start; at < end; at++) {
    sum += values[at];
    square += values[at] ** 2;
    largest = Math.max(largest, Math.abs(values[at]));
  }
  const std = Math.sqrt(Math.max(square / size - (sum / size) ** 2, 0));
  return clip > 0 && std > 0 ? Math.min(largest, clip * std) : largest;
}

/** `s * sign(g) * Bernoulli(|g| / s)`, unbiased for what is not clipped. */
export const ternGrad: CompressorKind = {
  name: "terngrad",
  source: "Wen et al. 2017, arXiv 1705.07878",
  settings,
  feedback: false,
  make(given = {}) {
    const parsed = parseSettings(settings, given, "compress=terngrad");
    return (layout) => {
      const sections = sectionsOf(layout);
      return messages({
        name: "terngrad",
        layout,
        settings: parsed,
        write(out, values, _, moment) {
          const dither = new Dither(moment, layout.trainable);
          for (const section of sections) {
            const scale = Math.fround(scaleOf(values, section, parsed.clip));
            out.float(scale);
            for (let first = section.start; first < section.end; first += PER_BYTE) {
              const last = Math.min(first + PER_BYTE, section.end) - 1;
              let packed = 0;
              for (let at = last; at >= first; at--) {
                const share = scale > 0 ? Math.min(Math.abs(values[at]) / scale, 1) : 0;
                const level = dither.round(share, at);
                packed = 3 * packed + (values[at] < 0 ? 1 - level : 1 + level);
              }
              out.bits(packed, 8);
            }
          }
        },
        read(from, values) {
          for (const { start, end } of sections) {
            const scale = from.float();
            for (let first = start; first < end; first += PER_BYTE) {
              let packed = from.bits(8);
              const last = Math.min(first + PER_BYTE, end);
              for (let at = first; at < last; at++) {
                values[at] = scale * ((packed % 3) - 1);
                packed = Math.floor(packed / 3);
              }
              if (packed > 0) throw from.error("the byte stands for more than its ternary digits");
            }
          }
        },
      });
    };
  },
};
