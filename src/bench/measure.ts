// Measures contenders side by side: rounds go A B A B, so that whatever else the machine does hits both alike. A side
// may have several contenders, its settings, and counts with its best one: which that is can change with the state of
// the machine, so it is not settled beforehand.

import { setTimeout as pause } from "node:timers/promises";
import type { Contender } from "./contender.js";

/** Step time of one contender over all rounds, in milliseconds. */
export interface StepTime {
  readonly medianMs: number;
  /** Distance between the quartiles. */
  readonly spreadMs: number;
}

/** The best contender of a side, by its place there, and its time. */
export interface SideTime extends StepTime {
  readonly at: number;
}

/** Seconds that one round should take. */
const ROUND_SECONDS = 0.4;
/** Seconds after which no further round begins. */
const LIMIT_SECONDS = 90;
/** Rounds after which settings that never came near their side's fastest round have no more of them. */
const TRIAL_ROUNDS = 3;
const NEAR = 1.5;
/** Threads of a library that has ended its work spin for a while, onnxruntime's for 30 ms. */
const SETTLE_MS = 100;

/** The value below which a share of the numbers lies, with linear interpolation. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

function summarise(milliseconds: readonly number[]): StepTime {
  return {
    medianMs: quantile(milliseconds, 0.5),
    spreadMs: quantile(milliseconds, 0.75) - quantile(milliseconds, 0.25),
  };
}

/** Waits until what ran before has let go of the cores, which belong to whoever comes next. */
export const settle = () => pause(SETTLE_MS);

/** A round of one contender: a step to wake it up, then the timed ones; milliseconds a step. */
async function round(contender: Contender, steps: number): Promise<number> {
  await settle();
  if (steps > 1) await contender.run(1);
  return ((await contender.run(steps)) / steps) * 1000;
}

/** A contender and its rounds so far, in milliseconds a step. */
interface Entry {
  readonly contender: Contender;
  readonly steps: number;
  readonly times: number[];
}

async function enter(contender: Contender): Promise<Entry> {
  await settle();
  const steps = Math.max(1, Math.round(ROUND_SECONDS / (await contender.run(1))));
  return { contender, steps, times: [] };
}

const fastest = ({ times }: Entry) => Math.min(...times);

/** Those of a side that may still be its best. */
function near(side: readonly Entry[]): readonly Entry[] {
  const limit = NEAR * Math.min(...side.map(fastest));
  return side.filter((entry) => fastest(entry) <= limit);
}

function bestOf(all: readonly Entry[], running: readonly Entry[]): SideTime {
  const results = running.map((entry) => ({ ...summarise(entry.times), at: all.indexOf(entry) }));
  return results.reduce((a, b) => (b.medianMs < a.medianMs ? b : a));
}

/**
 * Median and spread of the step time of each side's best contender over so many rounds of each, or as many as time
 * allows.
 */
export async function measure(
  sides: readonly (readonly Contender[])[],
  rounds: number,
): Promise<SideTime[]> {
  const end = performance.now() + LIMIT_SECONDS * 1000;
  const all: Entry[][] = [];
  for (const side of sides) {
    const entries: Entry[] = [];
    for (const contender of side) entries.push(await enter(contender));
    all.push(entries);
  }
  let running: readonly (readonly Entry[])[] = all;
  for (let done = 0; done < rounds; done++) {
    if (done === TRIAL_ROUNDS) running = running.map(near);
    for (const { contender, steps, times } of running.flat()) {
      times.push(await round(contender, steps));
    }
    if (performance.now() > end) break;
  }
  return all.map((entries, side) => bestOf(entries, running[side]));
}
