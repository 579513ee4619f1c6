// Convoy itself as a contender, in each of its arrangements of engines and threads.

import { usableCores } from "../machine.js";
import type { Contender } from "./contender.js";
import { openInference } from "./convoyInference.js";
import { openTraining } from "./convoyTraining.js";
import type { Work, Workload } from "./workload.js";

/** Convoy's own side, which also knows what the work costs. */
export interface ConvoyContender extends Contender {
  /** Floating-point operations of the work of all nets, a multiply-add counting two. */
  readonly flops: number;
  readonly peakBytes: number;
  /** Cores that it uses. */
  readonly cores: number;
}

/** A contender that has warmed up. */
export interface WarmContender extends ConvoyContender {
  /** From nothing to the end of the first step: graph, compilation, step. */
  readonly firstMs: number;
}

/** Engines side by side, to which the nets are dealt out. */
export interface Arrangement {
  /** `auto`, `native` or `reference`. */
  readonly engine: string;
  readonly engines: number;
  /** Of each engine. */
  readonly threads: number;
}

type Open = (workload: Workload, arrangement: Arrangement) => Promise<ConvoyContender>;

const openers: Readonly<Record<Work, Open>> = {
  step: openTraining,
  swarm: openTraining,
  infer: openInference,
};

const WARM_UP = 3;

/** One engine with each number of threads; for several nets also one engine a core. */
function arrangementsOf({ threads, nets }: Workload, engine: string): Arrangement[] {
  const cores = Math.min(nets, usableCores());
  return [
    ...threads.map((count) => ({ engine, engines: 1, threads: count })),
    ...(cores > 1 ? [{ engine, engines: cores, threads: 1 }] : []),
  ];
}

async function openWarm(workload: Workload, arrangement: Arrangement): Promise<WarmContender> {
  const start = performance.now();
  const contender = await openers[workload.work](workload, arrangement);
  await contender.run(1);
  const firstMs = performance.now() - start;
  await contender.run(WARM_UP);
  return { ...contender, firstMs };
}

/** Opens Convoy in every arrangement. */
export async function openConvoy(workload: Workload, engine = "auto"): Promise<WarmContender[]> {
  const opened: WarmContender[] = [];
  for (const arrangement of arrangementsOf(workload, engine)) {
    opened.push(await openWarm(workload, arrangement));
  }
  return opened;
}
