// Convolutions that show nothing of borders; see ../../nn/structures/fullConv.ts.

import { fullConvolution } from "../../nn/index.js";
import { passKind } from "./pass.js";

export const fullConvPass = passKind({
  name: "full-conv",
  settings: {},
  trains: true,
  structure: {
    description: "every pixel meets every place of a window",
    source: "Kayhan and van Gemert 2020, arXiv 2003.07064",
    settings: () => ({}),
  },
  make: fullConvolution,
});
