// Gradients as they are, f32: what every other scheme is measured against.

import { z } from "zod";
import { parseSettings } from "../../settings.js";
import type { CompressorKind } from "./codec.js";
import { messages } from "./message.js";

const settings = z.strictObject({});

/** No compression at all. */
export const none: CompressorKind = {
  name: "none",
  source: "Goyal et al. 2017, arXiv 1706.02677",
  settings,
  feedback: false,
  make(given = {}) {
    parseSettings(settings, given, "compress=none");
    return (layout) =>
      messages({
        name: "none",
        layout,
        settings: {},
        write: (out, values) => out.floats(values),
        read: (from, values) => from.floats(values),
      });
  },
};
