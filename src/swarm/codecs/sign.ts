// EF-signSGD: one bit a number and one scale a tensor. Karimireddy et al. 2019, arXiv 1901.09847.
//
// A zero is sent as a positive number; what that is wrong by is left to the error feedback, without
// which signs do not converge.

import { z } from "zod";
import { parseSettings } from "../../settings.js";
import type { CompressorKind } from "./codec.js";
import { messages } from "./message.js";
import { sectionsOf } from "./sections.js";

const settings = z.strictObject({});

/** `Q(p) = |p|_1 / d * sign(p)` for each tensor of d numbers. */
export const sign: CompressorKind = {
  name: "sign",
  source: "Karimireddy et al. 2019, arXiv 1901.09847",
  settings,
  feedback: true,
  make(given = {}) {
    parseSettings(settings, given, "compress=sign");
    return (layout) => {
      const sections = sectionsOf(layout);
      return messages({
        name: "sign",
        layout,
        settings: {},
        write(out, values) {
          for (const { start, end, size } of sections) {
            let sum = 0;
            for (let at = start; at < end; at++) sum += Math.abs(values[at]);
            out.float(sum / size);
            out.signs(values, start, end);
          }
        },
        read(from, values) {
          for (const { start, end } of sections) {
            const scale = from.float();
            from.signs(values, start, end, [scale, -scale]);
          }
        },
      });
    };
  },
};
