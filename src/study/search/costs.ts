// What a net costs, whatever it has learned: what trials are compared by besides their scores, and what budgets bound.

import { costOf } from "../../cost/index.js";
import type { Model } from "../../models/index.js";

/** Costs that a model alone tells. */
export interface Cost {
  readonly name: string;
  readonly description: string;
  of(model: Model): number;
}

export const costs = [
  {
    name: "macs",
    description: "multiply-adds of the net on one image",
    of: (model) => costOf(model).totals.macs,
  },
  {
    name: "params",
    description: "trainable parameters of the net",
    of: (model) => costOf(model).totals.params,
  },
  {
    name: "bytes",
    description: "bytes of the net's parameters as they are stored",
    of: (model) => costOf(model).totals.sizeBytes,
  },
] as const satisfies readonly Cost[];
