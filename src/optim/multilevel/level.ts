// One level: a net, the point it is at, and the trust-region steps it takes. Below the finest level the
// objective is tilted so that its slope where the level begins is that of the level above:
//
//   h(x) = L(x) + <tilt, x - origin>,   tilt = R grad h_above - grad L(origin).

import type { Combiner } from "../../engine/combine.js";
import type { Engine, Vector } from "../../engine/engine.js";
import type { Lsr1 } from "../trustRegion/lsr1.js";
import { accepted, type Trial } from "../trustRegion/region.js";
import type { Transfer } from "./transfer.js";

/** What a model promises must be more than this share of the value, or rounding would decide it. */
const RESOLUTION = 1e-7;

/** A point, the objective's value and its gradient there. */
export interface Point {
  readonly w: Vector;
  readonly grad: Vector;
  value: number;
}

/** What a level is made of. */
export interface LevelParts {
  readonly engine: Engine;
  readonly combiner: Combiner;
  /** Elements of all its vectors. */
  readonly length: number;
  readonly memory: Lsr1;
  /** The loss on the sample; stores its gradient. */
  readonly evaluate: (w: Vector, grad: Vector) => Promise<number>;
  readonly below?: Below;
}

/** The next coarser level, and the way there and back. */
export interface Below {
  readonly level: Level;
  readonly transfer: Transfer;
}

/** A net of a hierarchy. */
export class Level {
  /** Where it is, and where it tries to go. */
  point: Point;
  private trial: Point;
  readonly step: Vector;
  /** Where it began, and its tilt there: below the finest level. */
  readonly origin: Vector;
  private readonly tilt: Vector;
  private readonly away: Vector;
  private tilted = false;

  constructor(readonly parts: LevelParts) {
    const vector = () => parts.engine.vector(parts.length);
    const point = (): Point => ({ w: vector(), grad: vector(), value: Number.NaN });
    [this.point, this.trial] = [point(), point()];
    [this.step, this.origin] = [vector(), vector()];
    [this.tilt, this.away] = [vector(), vector()];
  }

  get below(): Below | undefined {
    return this.parts.below;
  }

  /** Goes to where `point.w` is with a value and gradient that are known; nothing is tilted. */
  async start(value: number): Promise<void> {
    this.tilted = false;
    this.point.value = value;
    await this.parts.combiner.copy(this.origin, this.point.w);
  }

  /** Begins at `point.w` below a level whose slope, restricted, is `slope`. */
  async startBelow(slope: Vector): Promise<void> {
    const { combiner, evaluate } = this.parts;
    const { w, grad } = this.point;
    await this.start(await evaluate(w, grad));
    await combiner.sum(this.tilt, [
      { vector: slope, weight: 1 },
      { vector: grad, weight: -1 },
    ]);
    await combiner.copy(grad, slope);
    this.tilted = true;
  }

  /** How far the point is from where the level began. */
  async travelled(): Promise<Vector> {
    await this.difference(this.away, this.point.w, this.origin);
    return this.away;
  }

  /** A step of the level's own model in a ball; `undefined` when there is nothing to gain. */
  async trustStep(radius: number): Promise<Trial | undefined> {
    const { memory } = this.parts;
    const { decrease } = await memory.propose(this.point.grad, radius, this.step);
    return this.tryStep(decrease);
  }

  /** Tries `step`, of which so much is promised, takes it if that comes true, and learns from it. */
  async tryStep(promised: number): Promise<Trial | undefined> {
    const { engine, combiner, memory } = this.parts;
    const { point, trial, step } = this;
    if (!(promised > RESOLUTION * Math.abs(point.value))) return undefined;
    await combiner.sum(trial.w, [
      { vector: point.w, weight: 1 },
      { vector: step, weight: 1 },
    ]);
    trial.value = await this.evaluate(trial.w, trial.grad);
    const length = await engine.reduce.norm(step);
    const slope = await engine.reduce.norm(trial.grad);
    if (!Number.isFinite(trial.value + slope)) return { ratio: Number.NEGATIVE_INFINITY, length };
    const result = { ratio: (point.value - trial.value) / promised, length };
    // Whichever of the two gradients is of no further use holds their difference.
    const taken = accepted(result);
    const change = taken ? point.grad : trial.grad;
    const sign = taken ? 1 : -1;
    if (taken) [this.point, this.trial] = [trial, point];
    await combiner.sum(change, [
      { vector: this.point.grad, weight: sign },
      { vector: change, weight: -sign },
    ]);
    await memory.add(step, change);
    return result;
  }

  /** The objective with its tilt. */
  async evaluate(w: Vector, grad: Vector): Promise<number> {
    const { engine, combiner, evaluate } = this.parts;
    const value = await evaluate(w, grad);
    if (!this.tilted) return value;
    const { away, tilt, origin } = this;
    await this.difference(away, w, origin);
    await combiner.sum(grad, [
      { vector: grad, weight: 1 },
      { vector: tilt, weight: 1 },
    ]);
    return value + (await engine.reduce.dot(tilt, away));
  }

  private async difference(target: Vector, a: Vector, b: Vector): Promise<void> {
    await this.parts.combiner.sum(target, [
      { vector: a, weight: 1 },
      { vector: b, weight: -1 },
    ]);
  }
}
