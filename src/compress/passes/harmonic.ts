// Filters of waves; see ../../nn/structures/harmonic.ts.

import { harmonic } from "../../nn/index.js";
import { passKind } from "./pass.js";

export const harmonicPass = passKind({
  name: "harmonic",
  settings: {},
  trains: true,
  structure: {
    description: "filters are sums of waves",
    source: "Ulicny, Krylov and Dahyot 2022, arXiv 2001.06570",
    plainAre: "filters, which are no shares of waves",
    settings: () => ({}),
  },
  make: harmonic,
});
