// How far a model is trusted: the radius follows how much of what the model promised came true (Conn, Gould
// and Toint 2000, "Trust Region Methods", chapter 6).

/** What became of a step that was tried. */
export interface Trial {
  /** True decrease over promised decrease; minus infinity when the trial point has no finite value. */
  readonly ratio: number;
  /** Length of the step. */
  readonly length: number;
}

/** A step is taken when more than this share of its promise came true. */
const ACCEPT = 0.1;
/** From this share on the radius may grow, if the step made use of it. */
const GOOD = 0.75;
const SHRINK = 0.5;
const GROW = 2;
/** A step this near to the border was held back by it. */
const BORDER = 0.99;

/** The radius of a run's start. */
export const FIRST_RADIUS = 1;
/** Below it nothing moves any more. */
export const LEAST_RADIUS = 1e-12;
const LARGEST_RADIUS = 1e6;

/** Whether a step is taken. */
export const accepted = ({ ratio }: Trial): boolean => ratio > ACCEPT;

/**
 * The radius after a trial.
 *
 * @example
 * resized(2, { ratio: 1, length: 2 }); // 4
 * resized(2, { ratio: -1, length: 1 }); // 0.5
 */
export function resized(radius: number, trial: Trial): number {
  if (!accepted(trial)) return SHRINK * Math.min(radius, trial.length);
  const held = trial.length > BORDER * radius;
  return trial.ratio > GOOD && held ? Math.min(LARGEST_RADIUS, GROW * radius) : radius;
}
