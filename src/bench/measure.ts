// Measures contenders side by side: rounds go A B A B, so that whatever else the machine does hits
// both alike.

import { setTimeout as pause } from "node:timers/promises";
import type { Contender } from "./contender.js";

/** Step time of one contender over all rounds, in milliseconds. */
export interface StepTime {
  readonly medianMs: number;
  /** Distance between the quartiles. */
  readonly spreadMs: number;
}

/** Seconds that one round should take. */
const ROUND_SECONDS = 0.4;
/** Seconds after which no further round begins. */
const LIMIT_SECONDS = 90;
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

/** Median and spread of each contender's step time over so many rounds, or as many as time allows. */
export async function measure(
  contenders: readonly Contender[],
  rounds: number,
): Promise<StepTime[]> {
  const end = performance.now() + LIMIT_SECONDS * 1000;
  const steps: number[] = [];
  for (const contender of contenders) {
    await settle();
    steps.push(Math.max(1, Math.round(ROUND_SECONDS / (await contender.run(1)))));
  }
  const times: number[][] = contenders.map(() => []);
  for (let done = 0; done < rounds; done++) {
    for (const [at, contender] of contenders.entries()) {
      times[at].push(await round(contender, steps[at]));
    }
    if (performance.now() > end) break;
  }
  return times.map(summarise);
}
