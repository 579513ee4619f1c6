// Channels that normalisation scales down go first: Liu, Li, Shen, Huang, Yan and Zhang 2017, "Learning efficient
// convolutional networks through network slimming" (arXiv 1708.06519), one threshold for the whole net. Where a residual
// sum couples several normalisations, the mean of their scales counts. Channels without a scale stay.

import type { ChannelScore } from "./score.js";

export const slimming: ChannelScore = {
  name: "slimming",
  source: "Liu et al. 2017, arXiv 1708.06519",
  among: "net",
  score({ makers }, { kindOf, of }) {
    const scales = makers.filter((maker) => kindOf(maker) === "scale");
    const places = scales.reduce((sum, { at }) => sum + at.length, 0);
    if (places === 0) return undefined;
    return scales.reduce((sum, maker) => sum + of(maker), 0) / places;
  },
};
