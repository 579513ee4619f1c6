// The running mean of one net's path: an average lies nearer the middle of a valley than any point of
// a path that bounces between its sides. Stochastic weight averaging (Izmailov et al. 2018, arXiv
// 1803.05407) and exponential moving averages (Polyak, Juditsky 1992, doi 10.1137/0330046).

import type { Combiner } from "../engine/combine.js";
import type { Vector } from "../engine/engine.js";

/** How a new point enters a mean. */
export interface Averaging {
  readonly name: string;
  readonly source: string;
  /** Share of the new point when `count` points are in the mean; 1 for the first. */
  share(count: number): number;
}

/** The plain mean of all points. */
export const swa: Averaging = {
  name: "swa",
  source: "Izmailov et al. 2018, arXiv 1803.05407",
  share: (count) => 1 / (count + 1),
};

/** A mean that forgets: a point loses the share `1 - beta` of its weight with each one after it. */
export const ema = (beta = 0.999): Averaging => {
  if (!(beta >= 0 && beta < 1)) {
    throw new RangeError(`ema: beta is ${beta}; expected a number from 0, below 1`);
  }
  return {
    name: "ema",
    source: "Polyak, Juditsky 1992, doi 10.1137/0330046",
    share: (count) => (count === 0 ? 1 : 1 - beta),
  };
};

/** A running mean. A checkpoint needs `mean` and `count`; batch statistics at `mean` are nobody's. */
export class Average {
  constructor(
    private readonly combiner: Combiner,
    private readonly averaging: Averaging,
    readonly mean: Vector,
    private points = 0,
  ) {}

  /** Points in the mean. */
  get count(): number {
    return this.points;
  }

  /** Takes in a point. The first one is copied bit for bit, whatever `mean` held before. */
  async take(point: Vector): Promise<void> {
    const { combiner, averaging, mean } = this;
    const share = Math.fround(averaging.share(this.points++));
    if (share === 1) return combiner.copy(mean, point);
    return combiner.sum(mean, [
      { vector: mean, weight: 1 - share },
      { vector: point, weight: share },
    ]);
  }
}
