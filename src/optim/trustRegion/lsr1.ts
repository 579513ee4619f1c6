// Curvature from a few recent steps: the symmetric rank-one update with limited memory, in compact form
// (Byrd, Nocedal and Schnabel 1994, doi 10.1007/BF01582063), and the exact minimiser of its quadratic in a
// ball by an orthonormal basis (Brust, Erway and Marcia 2017, doi 10.1007/s10589-016-9868-3):
//
//   B = gamma I + Psi M Psi',   Psi = Y - gamma S,   M = (D + L + L' - gamma S'S)^-1,   S'Y = L + D + U.
//
// Unlike BFGS it may find directions that bend downwards, which is what a trust region is for. Vectors stay
// with the engine; JavaScript sees their dot products and works on small matrices.

import type { Combiner, WeightedVector } from "../../engine/combine.js";
import type { Engine, Vector } from "../../engine/engine.js";
import { coordinates, type Gram, type Spectrum, spectrumOf, updateAngle } from "./spectrum.js";
import { minimiseInBall } from "./subproblem.js";

/** A pair is kept when |s'(y - Bs)| is at least this share of |s| |y - Bs|: else the update explodes. */
const LEAST_ANGLE = 1e-8;

/**
 * Curvature where no pair tells of one. A fixed number did better than the newest pair's, whose steepness lay
 * on all that the memory does not span.
 */
const GAMMA = 1;

/** Of a gradient, the share of its square across the memory's span that is rounding error. */
const ROUNDING = 1e-12;

/** A step and the gradient's change along it, both divided by the step's length. */
interface Pair {
  readonly step: Vector;
  readonly change: Vector;
}

/** What the model promises of a step. */
export interface Proposal {
  readonly length: number;
  /** By how much the model falls. */
  readonly decrease: number;
}

const noPairs: Gram = { ss: [], sy: [], yy: [] };

/** A quadratic model of a function, made of steps and the changes of its gradient along them. */
export class Lsr1 {
  /** A ring with one place more than there are pairs in use, for the one that asks to be taken in. */
  private readonly ring: readonly Pair[];
  /** Pairs that the dot products below are of, counted from the start. */
  private known = 0;
  private gram = noPairs;
  private spectrum: Spectrum = spectrumOf(noPairs, GAMMA);

  constructor(
    private readonly engine: Engine,
    private readonly combiner: Combiner,
    /** Elements of all vectors. */
    length: number,
    private readonly capacity: number,
    /** Pairs taken in so far: with the vectors all that there is to remember. */
    private readonly count: { taken: number } = { taken: 0 },
  ) {
    const vector = () => engine.vector(length);
    this.ring = Array.from({ length: capacity + 1 }, () => ({ step: vector(), change: vector() }));
  }

  /** What a checkpoint has to keep beside the count. */
  get vectors(): Readonly<Record<string, Vector>> {
    return Object.fromEntries(
      this.ring.flatMap(({ step, change }, at) => [
        [`step${at}`, step],
        [`change${at}`, change],
      ]),
    );
  }

  /** Pairs in use, oldest first. */
  private get pairs(): readonly Pair[] {
    const { taken } = this.count;
    const size = Math.min(taken, this.capacity);
    return Array.from({ length: size }, (_, at) => this.place(taken - size + at));
  }

  get size(): number {
    return this.pairs.length;
  }

  /** Forgets everything: the model is |s|^2 / 2 again. */
  clear(): void {
    this.count.taken = 0;
  }

  /**
   * Takes in a step and the gradient's change along it, in place of the oldest pair when it is full. Says
   * whether it did: a pair that the model knows already, or cannot follow, is left out.
   */
  async add(step: Vector, change: Vector): Promise<boolean> {
    await this.refresh();
    const length = await this.engine.reduce.norm(step);
    if (!(length > 0 && length < Number.POSITIVE_INFINITY)) return false;
    const pair = this.place(this.count.taken);
    await Promise.all([
      this.combiner.sum(pair.step, [{ vector: step, weight: 1 / length }]),
      this.combiner.sum(pair.change, [{ vector: change, weight: 1 / length }]),
    ]);
    const gram = await this.extended(this.gram, this.pairs, pair);
    const numbers = [gram.ss, gram.sy, gram.yy].flat(2);
    if (!numbers.every(Number.isFinite)) return false;
    if (updateAngle(this.spectrum, gram) < LEAST_ANGLE) return false;
    this.count.taken++;
    this.keep(gram);
    return true;
  }

  /** Stores in `target` the minimiser of `grad . s + s . B s / 2` with |s| <= radius. */
  async propose(grad: Vector, radius: number, target: Vector): Promise<Proposal> {
    await this.refresh();
    const { spectrum } = this;
    const { gamma, values } = spectrum;
    const { dot } = this.engine.reduce;
    const [square, ...products] = await Promise.all([
      dot(grad, grad),
      ...this.pairs.map(async ({ step, change }) => {
        const [withStep, withChange] = await Promise.all([dot(step, grad), dot(change, grad)]);
        return withChange - gamma * withStep;
      }),
    ]);
    const slope = coordinates(spectrum, products);
    const rest = slope.reduce((sum, value) => sum - value * value, square);
    const across = rest > ROUNDING * square ? Math.sqrt(rest) : 0;
    const { step, decrease } = minimiseInBall([...values, gamma], [...slope, across], radius);
    const along = across === 0 ? 0 : step[values.length] / across;
    const weights = slope.map((value, at) => step[at] - along * value);
    await this.combiner.sum(target, [{ vector: grad, weight: along }, ...this.inPairs(weights)]);
    return { length: Math.hypot(...step), decrease };
  }

  /** A sum of eigenvectors, as one of steps and changes. */
  private inPairs(weights: readonly number[]): WeightedVector[] {
    const { gamma, columns } = this.spectrum;
    return this.pairs.flatMap(({ step, change }, at) => {
      const weight = weights.reduce((sum, one, k) => sum + one * columns[k][at], 0);
      return [
        { vector: change, weight },
        { vector: step, weight: -gamma * weight },
      ];
    });
  }

  private place(number: number): Pair {
    return this.ring[number % this.ring.length];
  }

  /** Works out again what does not belong to the pairs any more: after a pause, or a new start. */
  private async refresh(): Promise<void> {
    if (this.known === this.count.taken) return;
    let gram = noPairs;
    for (const [at, pair] of this.pairs.entries()) {
      gram = await this.extended(gram, this.pairs.slice(0, at), pair);
    }
    this.keep(gram);
  }

  /** Takes dot products as those of the pairs in use, without the oldest where there is one too many. */
  private keep(gram: Gram): void {
    const first = Math.max(0, gram.ss.length - this.capacity);
    const cut = (matrix: Gram["ss"]) => matrix.slice(first).map((row) => row.slice(first));
    this.gram = { ss: cut(gram.ss), sy: cut(gram.sy), yy: cut(gram.yy) };
    this.spectrum = spectrumOf(this.gram, GAMMA);
    this.known = this.count.taken;
  }

  /** Dot products with one more pair. */
  private async extended(gram: Gram, pairs: readonly Pair[], pair: Pair): Promise<Gram> {
    const { dot } = this.engine.reduce;
    const all = [...pairs, pair];
    const rowOf = (a: keyof Pair, b: keyof Pair) =>
      Promise.all(all.map((other) => dot(pair[a], other[b])));
    const [ss, sy, ys, yy] = await Promise.all([
      rowOf("step", "step"),
      rowOf("step", "change"),
      rowOf("change", "step"),
      rowOf("change", "change"),
    ]);
    const bordered = (matrix: Gram["ss"], column: number[], row: number[]) => [
      ...matrix.map((own, at) => [...own, column[at]]),
      row,
    ];
    return {
      ss: bordered(gram.ss, ss, ss),
      sy: bordered(gram.sy, ys, sy),
      yy: bordered(gram.yy, yy, yy),
    };
  }
}
