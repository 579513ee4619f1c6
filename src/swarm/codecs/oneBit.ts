// 1-bit SGD: one bit a number, and for each output of a tensor the mean of its positive and of its
// negative numbers. Seide, Fu, Droppo, Li, Yu 2014, "1-Bit Stochastic Gradient Descent and Its
// Application to Data-Parallel Distributed Training of Speech DNNs", Interspeech.

import { z } from "zod";
import { parseSettings } from "../../settings.js";
import type { CompressorKind } from "./codec.js";
import { messages } from "./message.js";
import { sectionsOf } from "./sections.js";

const settings = z.strictObject({});

/** Means of the numbers from 0 and of those below, in `[start, end)`; 0 where there are none. */
function halves(values: Float32Array, start: number, end: number): readonly [number, number] {
  let [above, below, count] = [0, 0, 0];
  for (let at = start; at < end; at++) {
    if (values[at] < 0) below += values[at];
    else {
      above += values[at];
      count++;
    }
  }
  return [above / Math.max(count, 1), below / Math.max(end - start - count, 1)];
}

/** Each number becomes one of two, row by row. */
export const oneBit: CompressorKind = {
  name: "one-bit",
  source: "Seide et al. 2014, Interspeech, doi 10.21437/Interspeech.2014-274",
  settings,
  feedback: true,
  make(given = {}) {
    parseSettings(settings, given, "compress=one-bit");
    return (layout) => {
      const rows = sectionsOf(layout).flatMap(({ start, rows: count, columns }) =>
        Array.from({ length: count }, (_, row) => start + row * columns),
      );
      const ends = [...rows.slice(1), layout.trainable];
      return messages({
        name: "one-bit",
        layout,
        settings: {},
        write(out, values) {
          rows.forEach((start, row) => {
            for (const mean of halves(values, start, ends[row])) out.float(mean);
            out.signs(values, start, ends[row]);
          });
        },
        read(from, values) {
          rows.forEach((start, row) => {
            from.signs(values, start, ends[row], [from.float(), from.float()]);
          });
        },
      });
    };
  },
};
