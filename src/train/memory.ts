// What a training step keeps in memory: what is recomputed, and what that costs.
//
// Unasked, what costs little to make again is not kept. Under a budget the ways are tried from the cheapest on, each
// measured by the engine before anything is allocated: everything kept, then what is cheap made again, then recomputation
// by a plan, which is made again until the measured program fits. Only where that is not enough, what is kept is
// rounded to 16 bits, and where that is not enough either, compressed: the others leave the gradient as it is.

import type { CompileOptions, Engine, MemoryReport, Program } from "../engine/engine.js";
import { sumReports } from "../engine/memory.js";
import { graphSeconds } from "../graph/cost.js";
import type { Graph, Value } from "../graph/index.js";
import { type CompressedGraph, compressSaved } from "../graph/passes/compressSaved.js";
import { halfPrecision } from "../graph/passes/halfPrecision.js";
import { rematerialise } from "../graph/passes/rematerialise.js";
import { halvable } from "../graph/recompute/blocks.js";
import { cheapValues, freeValues } from "../graph/recompute/cheap.js";
import { Planner } from "../graph/recompute/planner.js";
import { segmentsOf } from "../graph/recompute/segments.js";
import { InputError } from "../inputError.js";
import { formatBytes, parseBytes } from "../text/bytes.js";
import { percent } from "../text/format.js";
import { type CometConfig, cometSettings } from "./activationBounds.js";
import type { TrainConfig } from "./config.js";

/** How a training program saves memory. */
export interface MemorySettings {
  /** Most bytes of the programs, as `300MB`. */
  readonly memory?: string;
  /** How images are kept for the backward pass; default as f32, or whatever the memory asks for. */
  readonly keep?: Keep;
  /** Of compression, where images are kept so. */
  readonly comet?: CometConfig;
  /**
   * Segments that are recomputed, or `sqrt` for as many as the square root of the net's blocks; `off` for a step
   * as fast as can be. Default: what saves much for little time.
   */
  readonly recompute?: number | "sqrt" | "off";
  /** Of what is multiplied and of images; default f32, which `auto` is as well until a run has settled it. With bf16 images are kept so. */
  readonly precision?: TrainConfig["precision"];
}

/** What {@link compileWithin} is told besides. */
export interface FitOptions extends MemorySettings, Pick<CompileOptions, "frozen"> {
  /** Share of the memory that is this program's. */
  readonly share: number;
  /** What becomes of the graph when it is settled what is kept; default nothing. */
  readonly finish?: Finish;
}

type Finish = (graph: Graph) => Graph;

/** A number format in which images are kept. */
type Keep = NonNullable<TrainConfig["keep"]>;

/** Bytes of a kept image as a share of what it has in f32; formats in the order in which they are tried. */
const shares: Readonly<Record<Keep, number>> = { f32: 1, bf16: 0.5, comet: 0.25 };
const formats = Object.keys(shares) as Keep[];

/** Memory of the programs that train, and what was done about it. */
export interface TrainingMemory extends MemoryReport {
  /** In words; absent when nothing was asked for. */
  readonly plan?: string;
}

/** A program and the words for how it saves memory. */
export interface Fitted {
  readonly program: Program;
  /** What is compressed. */
  readonly compressed?: CompressedGraph;
  readonly plan?: string;
}

/** A graph that keeps less. */
interface Candidate {
  readonly graph: Graph;
  readonly compressed?: CompressedGraph;
  /** Recomputed values, and what the step takes longer than the plain one, as a share of that. */
  readonly recomputed: number;
  readonly cost: number;
  readonly keep: Keep;
}

/** One that the engine has measured. */
interface MeasuredCandidate extends Candidate {
  readonly report: MemoryReport;
}

/** How a way is made. */
interface CandidateOptions {
  readonly recomputed?: ReadonlySet<Value>;
  readonly keep?: Keep;
  readonly comet?: CometConfig;
  readonly finish?: Finish;
}

/** Plans made for one way before it is given up. */
const TRIES = 8;
/** Values of the backward pass beside those of the block at work: guesses, the likeliest first. */
const BESIDE = [2, 1, 3];
/** A plan that leaves less than this share of the memory is good enough. */
const CLOSE = 0.02;

const nothing: ReadonlySet<Value> = new Set();

/** Values that need not be kept in a format; in few bytes it is they that are kept, and not what they are made of. */
const freeOf = (graph: Graph, keep: Keep): ReadonlySet<Value> =>
  keep === "f32" ? freeValues(graph) : nothing;

/** A graph with some values recomputed and the others kept in a format. */
function candidateOf(
  plain: Graph,
  { recomputed = nothing, keep = "f32", comet, finish = (graph) => graph }: CandidateOptions,
): Candidate {
  const halved = keep === "bf16" ? halvable(plain, recomputed) : undefined;
  const free = freeOf(plain, keep);
  const kept = rematerialise(plain, recomputed, halved, free);
  const compressed = keep === "comet" ? compressSaved(kept, cometSettings(comet).share) : undefined;
  const graph = compressed?.graph ?? kept;
  const cost = graphSeconds(graph) / graphSeconds(rematerialise(plain, nothing, nothing, free)) - 1;
  return { graph: finish(graph), compressed, recomputed: recomputed.size, cost, keep };
}

function recomputedBy({ recompute, keep = "f32" }: MemorySettings, graph: Graph) {
  if (recompute === "off") return nothing;
  if (recompute === undefined) return keep === "f32" ? cheapValues(graph) : nothing;
  return segmentsOf(graph, recompute === "sqrt" ? undefined : recompute);
}

/** Searches for the cheapest way to stay within a number of bytes. */
class Search {
  /** The smallest program met so far. */
  private smallest = Number.POSITIVE_INFINITY;

  constructor(
    private readonly engine: Engine,
    private readonly graph: Graph,
    private readonly budget: number,
    private readonly fixed: Pick<FitOptions, "comet" | "finish" | "frozen">,
  ) {}

  async find(formats: readonly Keep[]): Promise<MeasuredCandidate> {
    const cheap = cheapValues(this.graph);
    for (const keep of formats) {
      const plain = await this.measure({ keep });
      if (this.fits(plain)) return plain;
      if (keep === "f32" && cheap.size > 0) {
        const candidate = await this.measure({ recomputed: cheap });
        if (this.fits(candidate)) return candidate;
      }
      const found = await this.recompute(plain);
      if (found) return found;
    }
    throw new InputError(
      `memory ${formatBytes(this.budget)} is too little for this net and batch: the smallest possible ` +
        `is ${formatBytes(this.smallest, Math.ceil)}; a smaller batch, or the same one in several ` +
        "micro-batches (--accumulate), needs less",
    );
  }

  /** Plans for less until the engine's measure agrees; the planner only estimates. */
  private async recompute({
    keep,
    report,
  }: MeasuredCandidate): Promise<MeasuredCandidate | undefined> {
    const planner = this.plannerFor(keep);
    let found: MeasuredCandidate | undefined;
    let aim = this.budget - (report.peakBytes - planner.plainBytes);
    // Aims that were too low, as no plan meets them or more would fit, and aims that were too high.
    let [low, high] = [Number.NEGATIVE_INFINITY, planner.plainBytes];
    let [stride, peak] = [0, 0];
    for (let at = 0; at < TRIES; at++) {
      const plan = planner.plan(aim);
      const candidate = plan && (await this.measure({ keep, recomputed: plan.recomputed }));
      const left = candidate ? this.budget - candidate.report.peakBytes : 0;
      if (candidate && left >= 0) {
        if (!found || candidate.cost < found.cost) found = candidate;
        if (left < CLOSE * this.budget) break;
      }
      if (left < 0) high = aim;
      else low = aim;
      // Further than what is missing, as plans come in steps; twice as far when that changed nothing.
      const again = candidate?.report.peakBytes === peak;
      stride = again ? 2 * stride : Math.max(-1.2 * left, CLOSE * this.budget);
      peak = candidate?.report.peakBytes ?? 0;
      const next = left < 0 ? aim - stride : aim + left;
      aim = next > low && next < high ? next : (Math.max(low, 0) + high) / 2;
    }
    if (found) return found;
    return this.least(keep);
  }

  /** The plan that needs least, under several guesses of what the estimate does not know. */
  private async least(keep: Keep): Promise<MeasuredCandidate | undefined> {
    for (const beside of BESIDE) {
      const { recomputed } = this.plannerFor(keep, beside).least();
      const candidate = await this.measure({ keep, recomputed });
      if (this.fits(candidate)) return candidate;
    }
    return undefined;
  }

  private plannerFor(keep: Keep, beside?: number): Planner {
    const { graph } = this;
    return new Planner(graph, { share: shares[keep], free: freeOf(graph, keep), beside });
  }

  private fits({ report }: MeasuredCandidate): boolean {
    return report.peakBytes <= this.budget;
  }

  private async measure(means: CandidateOptions): Promise<MeasuredCandidate> {
    const way = candidateOf(this.graph, { ...means, ...this.fixed });
    const { frozen } = this.fixed;
    const report = await this.engine.measure(way.graph, { frozen });
    this.smallest = Math.min(this.smallest, report.peakBytes);
    return { ...way, report };
  }
}

function words({ recomputed, cost, keep }: Candidate, { peakBytes }: MemoryReport): string {
  const means = [
    recomputed > 0 && `recomputing ${recomputed} values`,
    keep === "bf16" && "images kept as bfloat16, so that gradients are rounded",
    keep === "comet" &&
      "inputs of convolutions kept compressed, so that their weights' gradients have a bounded error",
    cost >= 0.005 && `about ${percent(cost, 0)} more work`,
  ].filter(Boolean);
  const how = means.length > 0 ? means.join("; ") : "nothing to do";
  return `${formatBytes(peakBytes)}: ${how}`;
}

/** Bounds that nothing would be kept under are a mistake. */
function checkComet({ memory, keep, comet = {} }: MemorySettings): void {
  const applies = keep === "comet" || (keep === undefined && memory !== undefined);
  if (applies || Object.keys(comet).length === 0) return;
  throw new InputError("setting comet: nothing is kept compressed; add keep=comet, or memory");
}

/** The last thing to become of a graph is what its numbers are. */
const finishOf = ({ finish = (graph) => graph, precision }: FitOptions): Finish =>
  precision === "bf16" ? (graph) => halfPrecision(finish(graph)) : finish;

/**
 * Compiles a training graph within its share of the memory.
 *
 * @throws InputError when that cannot be done, naming the smallest memory that can; InputError for settings of a
 *   way that is not taken.
 */
export async function compileWithin(
  engine: Engine,
  graph: Graph,
  settings: FitOptions,
): Promise<Fitted> {
  checkComet(settings);
  const { memory, recompute, keep, comet, share, precision, frozen } = settings;
  const fixed = { comet, finish: finishOf(settings), frozen };
  const rounded = precision === "bf16" ? (["f32"] as const) : formats;
  const way =
    memory === undefined
      ? candidateOf(graph, { recomputed: recomputedBy(settings, graph), keep, ...fixed })
      : await new Search(engine, graph, parseBytes(memory) * share, fixed).find(
          keep ? [keep] : rounded,
        );
  const program = await engine.compile(way.graph, { frozen });
  const asked = [memory, recompute, keep].some((setting) => setting !== undefined);
  const plan = asked || way.recomputed > 0 ? words(way, program.memory) : undefined;
  return { program, compressed: way.compressed, plan };
}

/** The memory of several programs together. */
export function togetherOf(fitted: readonly Fitted[]): TrainingMemory {
  const report = sumReports(fitted.map(({ program }) => program.memory));
  const plans = fitted.map(({ plan }) => plan).filter((plan) => plan !== undefined);
  return plans.length === 0 ? report : { ...report, plan: plans.join("; and ") };
}
