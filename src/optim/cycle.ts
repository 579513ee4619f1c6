// Where a step stands in cycles of so many steps that follow each other and end with their epoch: the net
// that is evaluated, saved or moved by a swarm at the end of an epoch has finished its cycle.

import type { Hyper } from "./optimizer.js";

/** Where a step stands: in its cycle, and in the run. */
export interface CyclePosition {
  /** Steps before it in its cycle. */
  readonly at: number;
  /** Steps of its cycle. */
  readonly length: number;
  /** Cycles before it in the run. */
  readonly cycle: number;
}

/** The position of a step in cycles of `full` steps, a whole number from 1. */
export function positionOf({ step, stepsPerEpoch }: Hyper, full: number): CyclePosition {
  const inEpoch = (step - 1) % stepsPerEpoch;
  const at = inEpoch % full;
  const epoch = Math.floor((step - 1) / stepsPerEpoch);
  return {
    at,
    length: Math.min(full, stepsPerEpoch - (inEpoch - at)),
    cycle: epoch * Math.ceil(stepsPerEpoch / full) + Math.floor(inEpoch / full),
  };
}

/** Whether a step is the last one of its cycle. */
export const endsCycle = (hyper: Hyper, full: number): boolean => {
  const { at, length } = positionOf(hyper, full);
  return at === length - 1;
};
