// A last layer that compares angles; see ../../nn/structures/vonMises.ts.

import { z } from "zod";
import { vonMises } from "../../nn/index.js";
import { passKind } from "./pass.js";

export const vonMisesPass = passKind({
  name: "t-vmf",
  settings: {
    weights: z.string().min(1),
    kappa: z.number().min(0),
  },
  trains: true,
  make: vonMises,
});
