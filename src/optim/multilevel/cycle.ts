// The recursive multilevel trust-region method (Gratton, Sartenaer and Toint 2008, doi 10.1137/050623012;
// for residual nets: Kopanicakova and Krause 2021, arXiv 2107.07572): a few steps on a level, a correction from
// the coarser one if that is worth it, a few steps more. The coarse level as a whole is one step of the finer
// one: its own decrease is what it promises, and the same rule takes or refuses it.

import { FIRST_RADIUS, LEAST_RADIUS, resized, type Trial } from "../trustRegion/region.js";
import type { Below, Level } from "./level.js";

/** How much is done on the levels. */
export interface CycleSettings {
  /** Trust-region steps before and after a coarse correction. */
  readonly smoothing: number;
  /** Trust-region steps on the coarsest level. */
  readonly coarseSteps: number;
}

/** A coarse level is visited when at least this share of the gradient is visible there. */
const VISIBLE = 0.1;
/** A coarse level is left when it has used up all but this share of the radius it was given. */
const UNUSED = 1e-3;
/** What a coarse step may grow by when it is prolonged: each of its blocks becomes two. */
const STRETCH = Math.SQRT2;

/** Walks a level down from its point, at most `limit` far as seen from above. */
class Walk {
  constructor(
    private readonly level: Level,
    private readonly settings: CycleSettings,
    public radius: number,
    /** What a coarse level must stay within: the way so far, and how long it may be. */
    private readonly fence?: { readonly limit: number; length(): Promise<number> },
  ) {}

  async go(): Promise<void> {
    const { below } = this.level;
    const { smoothing, coarseSteps } = this.settings;
    if (!below) return this.smooth(this.fence ? coarseSteps : 2 * smoothing);
    await this.smooth(smoothing);
    await this.take((radius) => this.correct(below, radius));
    await this.smooth(smoothing);
  }

  private async smooth(steps: number): Promise<void> {
    for (let at = 0; at < steps; at++) {
      if (!(await this.take((radius) => this.level.trustStep(radius)))) return;
    }
  }

  /** Takes a step within what is left, and learns from it how long the next may be. */
  private async take(step: (radius: number) => Promise<Trial | undefined>): Promise<boolean> {
    const { fence } = this;
    const room = fence ? fence.limit - (await fence.length()) : Number.POSITIVE_INFINITY;
    if (fence && room < UNUSED * fence.limit) return false;
    const radius = Math.min(this.radius, room / STRETCH);
    if (radius < LEAST_RADIUS) return false;
    const trial = await step(radius);
    if (trial) this.radius = resized(radius, trial);
    return trial !== undefined;
  }

  /** A step that the coarser level works out. */
  private async correct({ level, transfer }: Below, radius: number): Promise<Trial | undefined> {
    const { engine } = this.level.parts;
    const { point, step } = this.level;
    await transfer.restrict(point.grad, level.step);
    const [seen, all] = await Promise.all([
      engine.reduce.norm(level.step),
      engine.reduce.norm(point.grad),
    ]);
    if (seen < VISIBLE * all) return undefined;
    await transfer.project(point.w, level.point.w);
    await level.startBelow(level.step);
    const { value } = level.point;
    const length = async () => {
      await transfer.prolong(await level.travelled(), step);
      return engine.reduce.norm(step);
    };
    await new Walk(level, this.settings, radius, { limit: radius, length }).go();
    await length();
    return this.level.tryStep(value - level.point.value);
  }
}

/**
 * One cycle from the level's point. Returns the radius for the next.
 *
 * @param radius of the ball that the first step may use
 */
export async function cycle(
  level: Level,
  radius: number,
  settings: CycleSettings,
): Promise<number> {
  const walk = new Walk(level, settings, radius);
  await walk.go();
  if (walk.radius >= LEAST_RADIUS) return walk.radius;
  // Nothing near is better, as the model sees it: forget the model and look farther away.
  level.parts.memory.clear();
  return FIRST_RADIUS;
}
