// Filters of small weights first: Li, Kadav, Durdanovic, Samet and Graf 2017, "Pruning filters for efficient ConvNets"
// (arXiv 1608.08710), the same share of every layer. Where a residual sum couples filters of several layers, their sums
// are added up.

import type { ChannelScore } from "./score.js";

export const filters: ChannelScore = {
  name: "filters",
  source: "Li et al. 2017, arXiv 1608.08710",
  among: "group",
  score: ({ makers }, { kindOf, of }) =>
    makers.reduce((sum, maker) => sum + (kindOf(maker) === "weight" ? of(maker) : 0), 0),
};
