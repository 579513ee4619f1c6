// Training within a given memory: what is recomputed, which kernels run, and what that costs.
//
// The ways are tried from the cheapest on, each measured by the engine before anything is allocated:
// everything kept with the fastest kernels, then with frugal ones, then with recomputation, whose plan is
// made again until the measured program fits.

import { formatBytes, parseBytes } from "../bytes.js";
import type { CompileOptions, Engine, MemoryReport, Program } from "../engine/engine.js";
import { sumReports } from "../engine/memory.js";
import type { Graph, Value } from "../graph/index.js";
import { rematerialise } from "../graph/passes/rematerialise.js";
import { estimateSeconds, type Plan, Planner } from "../graph/recompute/planner.js";
import { segmentsOf } from "../graph/recompute/segments.js";

/** How a training program saves memory. */
export interface MemorySettings {
  /** Most bytes of the programs, as `300MB`. */
  readonly memory?: string;
  /** Segments that are recomputed, or `sqrt` for as many as the square root of the net's blocks. */
  readonly recompute?: number | "sqrt";
}

/** Memory of the programs that train, and what was done about it. */
export interface TrainingMemory extends MemoryReport {
  /** In words; absent when nothing was asked for. */
  readonly plan?: string;
}

/** A program and the words for how it saves memory. */
export interface Fitted {
  readonly program: Program;
  readonly plan?: string;
}

/** A graph with the settings that it is compiled with, measured. */
interface Candidate {
  readonly graph: Graph;
  readonly options: CompileOptions;
  readonly report: MemoryReport;
  /** Recomputed values, and their time as a share of the plain step's. */
  readonly recomputed?: number;
  readonly cost: number;
}

/** Plans made for one way before it is given up. */
const TRIES = 6;

/** A graph with some values recomputed, measured. */
async function measure(
  engine: Engine,
  plain: Graph,
  options: CompileOptions = {},
  recomputed: ReadonlySet<Value> = new Set(),
): Promise<Candidate> {
  const graph = rematerialise(plain, recomputed);
  const report = await engine.measure(graph, options);
  const cost = estimateSeconds(graph) / estimateSeconds(plain) - 1;
  return { graph, options, report, recomputed: recomputed.size, cost };
}

/** Searches for the cheapest way to stay within a number of bytes. */
class Search {
  /** The smallest program met so far. */
  private smallest = Number.POSITIVE_INFINITY;

  constructor(
    private readonly engine: Engine,
    private readonly graph: Graph,
    private readonly budget: number,
  ) {}

  async find(): Promise<Candidate> {
    const { engine, graph, budget } = this;
    const ways: readonly CompileOptions[] = [{}, { frugal: true }];
    const plain: Candidate[] = [];
    for (const options of ways) {
      plain.push(await measure(engine, graph, options));
    }
    const planner = new Planner(graph);
    const fits =
      plain.find(({ report }) => report.peakBytes <= budget) ??
      (await this.recompute(planner, plain[0])) ??
      (await this.recompute(planner, plain[1]));
    if (fits) return fits;
    throw new RangeError(
      `memory ${formatBytes(budget)} is too little for this net and batch: the smallest possible is ` +
        `${formatBytes(this.smallest, Math.ceil)}; a smaller batch, or the same one in several ` +
        "micro-batches (--accumulate), needs less",
    );
  }

  /** Plans for less until the engine's measure agrees; the planner only estimates. */
  private async recompute(planner: Planner, plain: Candidate): Promise<Candidate | undefined> {
    const { budget } = this;
    let found: Candidate | undefined;
    let aim = budget - (plain.report.peakBytes - planner.plainBytes);
    for (let at = 0; at < TRIES; at++) {
      const plan = planner.plan(aim);
      if (!plan) break;
      const candidate = await this.try(plan, plain.options);
      const left = budget - candidate.report.peakBytes;
      if (left >= 0 && (!found || candidate.cost < found.cost)) found = candidate;
      // What is left goes back into the plan in part, so that the aim closes in from below.
      aim += left < 0 ? left : left / 2;
      if (left >= 0 && left < 0.02 * budget) break;
    }
    if (found) return found;
    const least = await this.try(planner.least().plan, plain.options);
    return least.report.peakBytes <= budget ? least : undefined;
  }

  private async try({ recomputed }: Plan, options: CompileOptions): Promise<Candidate> {
    const candidate = await measure(this.engine, this.graph, options, recomputed);
    this.smallest = Math.min(this.smallest, candidate.report.peakBytes);
    return candidate;
  }
}

function words({ options, report, recomputed, cost }: Candidate): string {
  const means = [
    recomputed && `recomputing ${recomputed} values, about ${percent(cost)} more work`,
    options.frugal && "kernels with little scratch space",
  ].filter(Boolean);
  const how = means.length > 0 ? means.join("; ") : "nothing to do";
  return `${formatBytes(report.peakBytes)}: ${how}`;
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/**
 * Compiles a training graph within its share of the memory.
 *
 * @throws RangeError when that cannot be done, naming the smallest memory that can.
 */
export async function compileWithin(
  engine: Engine,
  graph: Graph,
  { memory, recompute }: MemorySettings,
  share: number,
): Promise<Fitted> {
  if (memory === undefined && recompute === undefined) {
    return { program: await engine.compile(graph) };
  }
  const chosen =
    memory === undefined
      ? await measure(
          engine,
          graph,
          {},
          segmentsOf(graph, recompute === "sqrt" ? undefined : recompute),
        )
      : await new Search(engine, graph, parseBytes(memory) * share).find();
  return { program: await engine.compile(chosen.graph, chosen.options), plan: words(chosen) };
}

/** The memory of several programs together. */
export function togetherOf(fitted: readonly Fitted[]): TrainingMemory {
  const report = sumReports(fitted.map(({ program }) => program.memory));
  const plans = fitted.map(({ plan }) => plan).filter((plan) => plan !== undefined);
  return plans.length === 0 ? report : { ...report, plan: plans.join("; and ") };
}
