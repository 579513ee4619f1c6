// Which values to recompute so that a training step fits into a number of bytes at the least cost.
//
// Every block of the forward pass is kept, or kept but for what is cheap to make again (all but convolutions
// and matrix products), or belongs to a segment that is recomputed as a whole. A plan's memory is the
// largest of all blocks' in the backward pass: what the blocks in front of it keep, its own values, and
// gradients. The best plan for any number of kept bytes is built block by block: dynamic programming over
// pairs (kept bytes, cost) of which none is worse than another in both.

import { bytes, nodeSeconds } from "../cost.js";
import type { Graph, Value } from "../graph.js";
import { type Block, blocksOf, dear, wayBack } from "./blocks.js";
import { insideOf } from "./segments.js";

/** Values to recompute, and the estimated seconds that this takes. */
export interface Plan {
  readonly recomputed: ReadonlySet<Value>;
  readonly seconds: number;
}

/** Pairs that are looked at for each block. */
const PAIRS = 200;

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((all, one) => all + one, 0);

/** A block in numbers. */
interface Sizes {
  /** Kept bytes without the border, of all values and of the dear ones. */
  readonly saved: number;
  readonly dear: number;
  readonly border: number;
  readonly gradients: number;
  /** Largest value that is cheap to make again. */
  readonly cheap: number;
  /** Seconds to make again what is cheap, everything, and everything but the border. */
  readonly light: number;
  readonly full: number;
  readonly inside: number;
}

function sizesOf({ nodes, border }: Block, saved: ReadonlySet<Value>, beside: number): Sizes {
  const inside = nodes.flatMap(({ outputs }) => outputs).filter((value) => value !== border);
  const kept = inside.filter((value) => saved.has(value));
  const isDear = ({ node }: Value) => dear.has(node.op.name);
  const largest = (values: readonly Value[]) => Math.max(0, ...values.map(bytes));
  // The node that makes the border runs again only when something else of it is wanted.
  const again = nodes.filter(({ outputs }) => outputs.some((value) => value !== border));
  return {
    saved: sum(kept.map(bytes)),
    dear: sum(kept.filter(isDear).map(bytes)),
    border: border ? bytes(border) : 0,
    gradients: beside * largest(nodes.flatMap(({ outputs }) => outputs)),
    cheap: 2 * largest(kept.filter((value) => !isDear(value))),
    light: sum(again.filter((node) => !dear.has(node.op.name)).map(nodeSeconds)),
    full: sum(nodes.map(nodeSeconds)),
    inside: sum(again.map(nodeSeconds)),
  };
}

type Mode = "keep" | "light" | "full";

/** A stretch of blocks `[begin, end)` under one mode, and the best choice for those in front of it. */
interface Choice {
  readonly kept: number;
  readonly seconds: number;
  readonly begin: number;
  readonly mode: Mode;
  readonly before?: Choice;
}

const nothing: Choice = { kept: 0, seconds: 0, begin: 0, mode: "keep" };

/** Drops choices that are worse than another in both numbers, and thins what is left. */
function best(choices: Choice[]): Choice[] {
  choices.sort((a, b) => a.kept - b.kept || a.seconds - b.seconds);
  let least = Number.POSITIVE_INFINITY;
  const front = choices.filter(({ seconds }) => {
    if (seconds >= least) return false;
    least = seconds;
    return true;
  });
  if (front.length <= PAIRS) return front;
  const step = (front.length - 1) / (PAIRS - 1);
  return Array.from({ length: PAIRS }, (_, at) => front[Math.round(at * step)]);
}

/** What a {@link Planner} has to know beside the graph. */
export interface PlannerOptions {
  /** Bytes in which a value is kept, as a share of its own; default 1. */
  readonly share?: number;
  /**
   * Values of the backward pass that live beside those of the block at work, in units of its largest one; default 2. The
   * engine has its own ways to do with fewer or more.
   */
  readonly beside?: number;
  /** Values that are made again in any case; default none. */
  readonly free?: ReadonlySet<Value>;
}

/** Plans for one training graph under any budget. */
export class Planner {
  private readonly blocks: readonly Block[];
  private readonly sizes: readonly Sizes[];
  private readonly early: ReadonlySet<Value>;

  private readonly share: number;

  constructor(graph: Graph, { share = 1, beside = 2, free = new Set() }: PlannerOptions = {}) {
    const { saved, early } = wayBack(graph);
    const kept = new Set([...saved].filter((value) => !free.has(value)));
    this.share = share;
    this.early = early;
    this.blocks = blocksOf(graph);
    this.sizes = this.blocks.map((block) => sizesOf(block, kept, beside));
  }

  /** Estimated bytes of values when everything is kept. */
  get plainBytes(): number {
    let [kept, peak] = [0, 0];
    for (const { saved, border, gradients } of this.sizes) {
      peak = Math.max(peak, kept + saved + border + gradients);
      kept += this.share * (saved + border);
    }
    return peak;
  }

  /** The cheapest plan whose values need at most so many bytes by estimate; undefined if there is none. */
  plan(budget: number): Plan | undefined {
    const fronts: Choice[][] = [[nothing]];
    for (let end = 1; end <= this.sizes.length; end++) {
      const choices: Choice[] = [];
      this.addSingle(choices, fronts[end - 1], end - 1, budget);
      this.addSegments(choices, fronts, end, budget);
      fronts.push(best(choices));
    }
    const chosen = fronts[this.sizes.length].reduce<Choice | undefined>(
      (found, one) => (found && found.seconds <= one.seconds ? found : one),
      undefined,
    );
    return chosen && this.planOf(chosen);
  }

  /** The plan that needs least, by estimate. */
  least(): Plan {
    // With everything in one segment, or nothing, whatever the estimate.
    let [low, high] = [0, 2 * this.plainBytes];
    let plan = this.plan(high)!;
    while (high - low > 0.005 * high) {
      const middle = (low + high) / 2;
      const found = this.plan(middle);
      if (found) [high, plan] = [middle, found];
      else low = middle;
    }
    return plan;
  }

  /** One block that keeps all, or all but what is cheap. */
  private addSingle(to: Choice[], front: readonly Choice[], at: number, budget: number): void {
    const { saved, dear, border, gradients, cheap, light } = this.sizes[at];
    for (const before of front) {
      const work = before.kept + border + gradients;
      if (work + saved <= budget) {
        const kept = before.kept + this.share * (saved + border);
        to.push({ kept, seconds: before.seconds, begin: at, mode: "keep", before });
      }
      if (saved > dear && work + dear + cheap <= budget) {
        const kept = before.kept + this.share * (dear + border);
        to.push({ kept, seconds: before.seconds + light, begin: at, mode: "light", before });
      }
    }
  }

  /** Blocks `[begin, end)` as one recomputed segment, for every beginning. */
  private addSegments(to: Choice[], fronts: Choice[][], end: number, budget: number): void {
    const { border } = this.sizes[end - 1];
    let [inside, gradients, seconds] = [0, 0, 0];
    for (let begin = end - 1; begin >= 0; begin--) {
      const size = this.sizes[begin];
      inside += size.saved + size.border;
      gradients = Math.max(gradients, size.gradients);
      seconds += begin === end - 1 ? size.inside : size.full;
      for (const before of fronts[begin]) {
        if (before.kept + inside + gradients > budget) break;
        const kept = before.kept + this.share * border;
        to.push({ kept, seconds: before.seconds + seconds, begin, mode: "full", before });
      }
    }
  }

  private planOf(last: Choice): Plan {
    const recomputed: Value[] = [];
    let end = this.blocks.length;
    for (let choice: Choice | undefined = last; choice?.before; choice = choice.before) {
      const values = insideOf(this.blocks.slice(choice.begin, end));
      if (choice.mode === "full") recomputed.push(...values);
      if (choice.mode === "light") {
        recomputed.push(...values.filter(({ node }) => !dear.has(node.op.name)));
      }
      end = choice.begin;
    }
    return {
      recomputed: new Set(recomputed.filter((value) => !this.early.has(value))),
      seconds: last.seconds,
    };
  }
}
