// What a net costs, whatever it has learned: what trials are compared by besides their scores, and what budgets bound.

import { type CostTotals, costOf, eyeriss } from "../../cost/index.js";
import type { Model } from "../../models/index.js";

/** A cost that a model alone tells. */
export interface Cost {
  readonly name: string;
  readonly description: string;
  of(totals: CostTotals): number;
}

export const costs: readonly Cost[] = [
  {
    name: "macs",
    description: "multiply-adds of the net on one image",
    of: ({ macs }) => macs,
  },
  {
    name: "params",
    description: "trainable parameters of the net",
    of: ({ params }) => params,
  },
  {
    name: "bytes",
    description: "bytes of the net's parameters as they are stored",
    of: ({ sizeBytes }) => sizeBytes,
  },
];

/** A machine of which nothing but counts is asked: an array's energy takes long. */
const { array: _, ...counting } = eyeriss;

/** What a model costs in all; the counts of `convoy cost`. */
export const totalsOf = (model: Model): CostTotals => costOf(model, { machine: counting }).totals;
