// Filters of waves; see ../../nn/structures/harmonic.ts.

import { harmonic } from "../../nn/index.js";
import { passKind } from "./pass.js";

export const harmonicPass = passKind({
  name: "harmonic",
  settings: {},
  trains: true,
  make: harmonic,
});
