// Convoy itself as a contender, at the fastest of its arrangements of engines and threads.

import { availableParallelism } from "node:os";
import type { Contender } from "./contender.js";
import { openInference } from "./convoyInference.js";
import { openTraining } from "./convoyTraining.js";
import { quantile } from "./measure.js";
import type { Task, Work } from "./task.js";

/** Convoy's own side, which also knows what the work costs. */
export interface ConvoyContender extends Contender {
  /** Floating-point operations of the work of all nets, a multiply-add counting two. */
  readonly flops: number;
  readonly peakBytes: number;
  /** Cores that it uses. */
  readonly cores: number;
}

/** Engines side by side, to which the nets are dealt out. */
export interface Arrangement {
  /** `auto`, `native` or `reference`. */
  readonly engine: string;
  readonly engines: number;
  /** Of each engine. */
  readonly threads: number;
}

type Open = (task: Task, arrangement: Arrangement) => Promise<ConvoyContender>;

const openers: Readonly<Record<Work, Open>> = {
  step: openTraining,
  swarm: openTraining,
  infer: openInference,
};

const WARM_UP = 3;
const RACE_SECONDS = 0.7;

/** One engine with each number of threads; for several nets also one engine a core. */
function arrangementsOf({ threads, nets }: Task, engine: string): Arrangement[] {
  const cores = Math.min(nets, availableParallelism());
  return [
    ...threads.map((count) => ({ engine, engines: 1, threads: count })),
    ...(cores > 1 ? [{ engine, engines: cores, threads: 1 }] : []),
  ];
}

/** Opens an arrangement, with the time from nothing to the end of its first step. */
async function openWarm(task: Task, arrangement: Arrangement) {
  const start = performance.now();
  const contender = await openers[task.work](task, arrangement);
  await contender.run(1);
  const firstMs = performance.now() - start;
  await contender.run(WARM_UP);
  return { contender, firstMs };
}

/** Median seconds of the work, over the times that fit into a race. */
async function race(contender: Contender): Promise<number> {
  const end = performance.now() + RACE_SECONDS * 1000;
  const seconds: number[] = [];
  do seconds.push(await contender.run(1));
  while (performance.now() < end);
  return quantile(seconds, 0.5);
}

/** Opens Convoy in the fastest arrangement; `firstMs` is the time from nothing to the end of its first step. */
export async function openConvoy(
  task: Task,
  engine = "auto",
): Promise<{ readonly contender: ConvoyContender; readonly firstMs: number }> {
  let fastest: { seconds: number; arrangement: Arrangement } | undefined;
  for (const arrangement of arrangementsOf(task, engine)) {
    const { contender } = await openWarm(task, arrangement);
    const seconds = await race(contender);
    await contender.close();
    if (!fastest || seconds < fastest.seconds) fastest = { seconds, arrangement };
  }
  if (!fastest) throw new RangeError("bench: no thread count is given");
  return openWarm(task, fastest.arrangement);
}
