// The numbers that a value was seen to be, and the range of them that bytes tell best.

import type { Range, RangeRule } from "./ranges.js";

const BINS = 2048;
/** Numbers that a percentile leaves out at both ends together. */
const LEFT_OUT = 1e-4;
/** Shares of the whole range that are tried for the least error. */
const SHARES = Array.from({ length: 80 }, (_, at) => 1 - at / 100);
const LEVELS = 255;

/** Counts of numbers in bins of equal width between the least and the largest. */
export class Histogram {
  private low = Number.POSITIVE_INFINITY;
  private high = Number.NEGATIVE_INFINITY;
  private readonly bins = new Float64Array(BINS);

  get isEmpty(): boolean {
    return this.low > this.high;
  }

  /** Takes numbers into the range; those that are not finite are left out. */
  widen(numbers: Float32Array): void {
    let { low, high } = this;
    for (const number of numbers) {
      if (!Number.isFinite(number)) continue;
      if (number < low) low = number;
      if (number > high) high = number;
    }
    this.low = low;
    this.high = high;
  }

  /** Counts numbers within the range as it is by now. */
  count(numbers: Float32Array): void {
    const { low, high, bins } = this;
    const factor = high > low ? BINS / (high - low) : 0;
    for (const number of numbers) {
      if (!Number.isFinite(number)) continue;
      bins[Math.min(BINS - 1, Math.floor((number - low) * factor))]++;
    }
  }

  /** The range by a rule; for `percentile` and `mse` all numbers have been counted. */
  range(rule: RangeRule): Range {
    const whole = { low: this.low, high: this.high };
    if (rule === "min-max" || this.low === this.high) return whole;
    return rule === "percentile" ? this.percentile() : this.leastError(whole);
  }

  private get width(): number {
    return (this.high - this.low) / BINS;
  }

  private percentile(): Range {
    const all = this.bins.reduce((sum, count) => sum + count, 0);
    const most = (all * LEFT_OUT) / 2;
    const first = (bins: Float64Array) => {
      let left = 0;
      return Math.max(
        0,
        bins.findIndex((count) => (left += count) > most),
      );
    };
    const above = first(Float64Array.from(this.bins).reverse());
    return { low: this.low + first(this.bins) * this.width, high: this.high - above * this.width };
  }

  /** Each end is drawn in as long as that lowers the error. */
  private leastError(whole: Range): Range {
    const ends: (keyof Range)[] = ["high", "low"];
    let best: Range = whole;
    for (const end of ends) {
      const tried = SHARES.map((share) => ({ ...best, [end]: best[end] * share }));
      const errors = tried.map((range) => this.errorOf(range));
      best = tried[errors.indexOf(Math.min(...errors))];
    }
    return best;
  }

  /** Squared error of all numbers as bytes of a range: a step's rounding inside, the distance outside. */
  private errorOf({ low, high }: Range): number {
    const [least, most] = [Math.min(low, 0), Math.max(high, 0)];
    const step = (most - least) / LEVELS;
    const rounding = (step * step) / 12;
    const { width } = this;
    return this.bins.reduce((sum, count, bin) => {
      const centre = this.low + (bin + 0.5) * width;
      const beyond = Math.max(0, least - centre, centre - most);
      // Most numbers there are 0, which has a byte of its own.
      if (Math.abs(centre) <= width) return sum;
      return sum + count * (beyond > 0 ? beyond * beyond : rounding);
    }, 0);
  }
}
