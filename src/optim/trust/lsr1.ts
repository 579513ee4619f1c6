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

/** A quadratic model of a function, made of steps and the changes of its gradient along them. */
export class Lsr1 {
  /** Oldest first. */
  private readonly pairs: Pair[] = [];
  private readonly free: Pair[];
  private gram: Gram = { ss: [], sy: [], yy: [] };
  private spectrum: Spectrum = spectrumOf(this.gram, 1);

  constructor(
    private readonly engine: Engine,
    private readonly combiner: Combiner,
    /** Elements of all vectors. */
    length: number,
    capacity: number,
  ) {
    const vector = () => engine.vector(length);
    this.free = Array.from({ length: capacity }, () => ({ step: vector(), change: vector() }));
  }

  /** Pairs in use. */
  get size(): number {
    return this.pairs.length;
  }

  /** Forgets everything: the model is |s|^2 / 2 again. */
  clear(): void {
    this.free.push(...this.pairs.splice(0));
    this.gram = { ss: [], sy: [], yy: [] };
    this.spectrum = spectrumOf(this.gram, 1);
  }

  /**
   * Takes in a step and the gradient's change along it, in place of the oldest pair when it is full. Says
   * whether it did: a pair that the model knows already, or cannot follow, is left out.
   */
  async add(step: Vector, change: Vector): Promise<boolean> {
    const length = await this.engine.reduce.norm(step);
    if (!(length > 0 && length < Number.POSITIVE_INFINITY)) return false;
    const dropped = this.free.length === 0 ? this.pairs.shift() : undefined;
    if (dropped) this.keep(this.gramFrom(1));
    const pair = dropped ?? this.free.pop()!;
    await Promise.all([
      this.combiner.sum(pair.step, [{ vector: step, weight: 1 / length }]),
      this.combiner.sum(pair.change, [{ vector: change, weight: 1 / length }]),
    ]);
    const gram = await this.extended(pair);
    const numbers = [...gram.ss.flat(), ...gram.sy.flat(), ...gram.yy.flat()];
    if (numbers.every(Number.isFinite) && updateAngle(this.spectrum, gram) >= LEAST_ANGLE) {
      this.pairs.push(pair);
      this.keep(gram);
      return true;
    }
    this.free.push(pair);
    return false;
  }

  /** Stores in `target` the minimiser of `grad . s + s . B s / 2` with |s| <= radius. */
  async propose(grad: Vector, radius: number, target: Vector): Promise<Proposal> {
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

  private keep(gram: Gram): void {
    this.gram = gram;
    this.spectrum = spectrumOf(gram, gammaFor(gram));
  }

  /** Dot products without the oldest pairs. */
  private gramFrom(first: number): Gram {
    const cut = (matrix: Gram["ss"]) => matrix.slice(first).map((row) => row.slice(first));
    return { ss: cut(this.gram.ss), sy: cut(this.gram.sy), yy: cut(this.gram.yy) };
  }

  /** Dot products with one more pair. */
  private async extended(pair: Pair): Promise<Gram> {
    const { dot } = this.engine.reduce;
    const all = [...this.pairs, pair];
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
      ss: bordered(this.gram.ss, ss, ss),
      sy: bordered(this.gram.sy, ys, sy),
      yy: bordered(this.gram.yy, yy, yy),
    };
  }
}

/** The curvature to expect where no pair tells of one: that along the newest step, at its steepest. */
function gammaFor({ sy, yy }: Gram): number {
  const last = yy.length - 1;
  if (last < 0) return 1;
  const ratio = yy[last][last] / Math.abs(sy[last][last]);
  return Number.isFinite(ratio) && ratio > 0 ? ratio : 1;
}
