// A last layer that compares angles; see ../../nn/structures/vonMises.ts.

import { z } from "zod";
import { headOf, vonMises } from "../../nn/index.js";
import { passKind } from "./pass.js";

export const vonMisesPass = passKind({
  name: "t-vmf",
  settings: {
    weights: z.string().min(1),
    kappa: z.number().min(0),
  },
  trains: true,
  structure: {
    description: "classes by angles",
    source: "Kobayashi 2021, CVPR",
    strength: { meaning: "kappa, how fast a class becomes far, from 0", usual: 16 },
    settings: (net, kappa) => ({ weights: headOf(net), kappa }),
  },
  make: vonMises,
});
