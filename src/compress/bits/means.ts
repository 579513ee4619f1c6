// Traces of blocks as means over draws, and when there have been enough of these.

/** Numbers of a vector that make a block. */
export interface Segment {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

/** What was found of a block. */
export interface BlockTrace {
  readonly name: string;
  /** Trace of the block, which an indefinite matrix may have below 0. */
  readonly trace: number;
  /** Trace by number of elements: the mean eigenvalue. */
  readonly mean: number;
  /** Standard error of the trace, over the draws. */
  readonly standardError: number;
}

/** Fewest draws that anything is judged by. */
const FEWEST = 5;

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Means and standard errors of what each block gave. */
export class Means {
  private readonly draws: number[][];

  constructor(private readonly segments: readonly Segment[]) {
    this.draws = segments.map(() => []);
  }

  /** Adds a draw and tells whether all means stayed within a share of themselves. */
  add(values: readonly number[], tolerance: number): boolean {
    const before = this.draws.map(meanOf);
    for (const [at, value] of values.entries()) this.draws[at].push(value);
    const after = this.draws.map(meanOf);
    if (this.draws[0].length < FEWEST) return false;
    return after.every((now, at) => Math.abs(now - before[at]) <= tolerance * Math.abs(now));
  }

  get traces(): BlockTrace[] {
    return this.segments.map(({ name, length }, at) => {
      const found = this.draws[at];
      const trace = meanOf(found);
      const squares = found.reduce((sum, value) => sum + (value - trace) ** 2, 0);
      const standardError = Math.sqrt(squares / (found.length - 1) / found.length);
      return { name, trace, mean: trace / length, standardError };
    });
  }
}
