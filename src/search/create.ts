// A search from a plan, and its course: asking, trying, telling.

import { InputError } from "../inputError.js";
import { parseSettings } from "../settings.js";
import { byName } from "../text/words.js";
import { DRAW, type Excess, proposedWithin } from "./limits.js";
import { samplers } from "./samplers/index.js";
import {
  begun,
  checkTold,
  hasEnded,
  type Next,
  type RandomOf,
  type Resource,
  randomOf,
  type Sampler,
  type Told,
  type Trial,
} from "./search.js";
import { checkSpace, type Space } from "./space.js";
import { parseSpace } from "./spaceText.js";

/** What to search, and how. */
export interface SearchPlan {
  /** As data, or as text for {@link parseSpace}. */
  readonly space: Space | string;
  /** Name of a sampler, or one of your own; default "tpe". */
  readonly sampler?: string | Sampler;
  /** The sampler's own options over its defaults. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Default 0. */
  readonly seed?: number;
  /** Most trials that begin anew; default no limit. */
  readonly trials?: number;
  /** What bounds the settings; default nothing. Proposals beyond it are made anew, or changed until they lie within. */
  readonly excess?: Excess;
  /** For samplers whose trials stop early: the least before a first comparison, and the most of a trial. */
  readonly resource?: Resource;
}

/** All settings of a plan. */
const settings: Readonly<Record<keyof SearchPlan, true>> = {
  ...{ space: true, sampler: true, options: true, excess: true },
  ...{ seed: true, trials: true, resource: true },
};

/** A search: a pure function of what it is told. */
export interface Search {
  readonly space: Space;
  readonly sampler: Sampler;
  /**
   * What to do after these trials, in the order in which they were proposed; see {@link Told}.
   *
   * @param draw from 0 to 999: other numbers are other proposals for the same trial, by other random numbers; default 0
   */
  next(told: readonly Told[], draw?: number): Next;
}

/** What runs a search asks: {@link Search}, or whatever chooses among its proposals. */
export interface Proposer {
  next(told: readonly Told[]): Next | Promise<Next>;
}

function checkResource({ name, stages }: Sampler, resource: Resource | undefined): void {
  if (!stages) {
    if (!resource) return;
    throw new InputError(`search: ${name} stops no trial early, so a resource has no effect`);
  }
  if (!resource) {
    throw new InputError(
      `search: ${name} stops trials early; it needs a resource, as 1 to 27 epochs`,
    );
  }
  const { least, most } = resource;
  if (!Number.isInteger(least) || !Number.isInteger(most) || least < 1 || most < least) {
    throw new InputError(
      `search: the resource reaches from ${least} to ${most}; expected whole numbers from 1 on, the least first`,
    );
  }
}

function checkCount(what: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new InputError(`search: ${what} is ${value}; expected a whole number from ${least} on`);
}

/**
 * A search by a plan. It has no state: whoever runs it keeps what was proposed and what became of it, and asks again.
 *
 * @throws InputError for a space, sampler, option or limit that cannot be used, and for any other setting; its `next` for trials that do not fit.
 * @example
 * const search = createSearch({ space: "lr=log:1e-4:0.3,batch=16|32|64", trials: 1, seed: 1 });
 * typeof search.next([]); // "object"
 * const settings = { lr: 0.1, batch: 32 };
 * search.next([{ settings }]); // "wait"
 * search.next([{ settings, losses: [0.4] }]); // "done"
 */
export function createSearch(plan: SearchPlan): Search {
  const known = Object.keys(settings).map((name) => ({ name }));
  for (const key of Object.keys(plan)) byName("setting of a search", key, known);
  const { sampler: named = "tpe", options = {}, seed = 0, trials, resource, excess } = plan;
  const space = typeof plan.space === "string" ? parseSpace(plan.space) : plan.space;
  checkSpace(space);
  const sampler = typeof named === "string" ? byName("sampler", named, samplers) : named;
  const own = parseSettings(sampler.options, options, sampler.name);
  checkResource(sampler, resource);
  checkCount("seed", seed, 0);
  if (trials !== undefined) checkCount("trials", trials, 1);
  const most = trials ?? Number.POSITIVE_INFINITY;
  return {
    space,
    sampler,
    next(told, draw = 0) {
      checkTold(space, told);
      if (!sampler.stages && begun(told) >= most) return told.every(hasEnded) ? "done" : "wait";
      const number = told.length;
      const asked = { space, told, trials: most, resource, number };
      const propose = (random: RandomOf) => sampler.next({ ...asked, random }, own);
      const random: RandomOf = (trial, stream = 0) => randomOf(seed)(trial, stream + draw * DRAW);
      return excess ? proposedWithin(space, excess, number, random, propose) : propose(random);
    },
  };
}

/** How a search is run. */
export interface SearchRun {
  /** Trials at once; default 1. What is proposed depends on it, and with several on which of them ends first. */
  readonly workers?: number;
  /** What is known already; trials that still ran are run again. */
  readonly told?: readonly Told[];
  /** After each change, and before a trial begins: all trials so far. The search waits for it. */
  readonly onTold?: (told: readonly Told[]) => void | Promise<void>;
  /** When it aborts nothing begins any more; the search ends when those that run have ended. */
  readonly signal?: AbortSignal;
}

/** What a trial came to; `undefined` when it was interrupted, which ends the search. */
export type Evaluated = number | readonly number[] | undefined;

/**
 * Runs a search to its end.
 *
 * @param evaluate the losses of a trial, less is better: one number an objective; one that is not finite for a trial that
 * failed. What it throws ends the search, after the trials that run beside it.
 * @returns all trials, in the order in which they were proposed; those that were interrupted without losses
 * @example
 * const search = createSearch({ space: "x=float:-1:1", trials: 40 });
 * const told = await runSearch(search, async ({ settings }) => (settings.x as number) ** 2);
 * told[bestOf(told)!].losses![0] < 0.01; // true
 */
export async function runSearch(
  search: Proposer,
  evaluate: (trial: Trial, number: number) => Promise<Evaluated>,
  { workers = 1, told: known = [], onTold, signal }: SearchRun = {},
): Promise<readonly Told[]> {
  checkCount("workers", workers, 1);
  const told = [...known];
  const left = [...known.keys()].filter((number) => !hasEnded(known[number]));
  const running = new Map<number, Promise<number>>();
  let stopped = false;
  const run = async (number: number) => {
    const losses = await evaluate(told[number], number);
    if (losses === undefined) stopped = true;
    else told[number] = { ...told[number], losses: typeof losses === "number" ? [losses] : losses };
    return number;
  };
  /** The trial to begin now, if there is one. */
  const next = async (): Promise<number | undefined> => {
    if (running.size >= workers || stopped || signal?.aborted) return undefined;
    if (left.length > 0) return left.shift();
    const trial = await search.next(told);
    if (trial === "wait" || trial === "done") return undefined;
    told.push(trial);
    await onTold?.(told);
    return told.length - 1;
  };
  try {
    for (;;) {
      const number = await next();
      if (number !== undefined) {
        const end = run(number);
        // Who fails while nobody looks is heard when the next one ends.
        end.catch(() => undefined);
        running.set(number, end);
      } else if (running.size === 0) {
        return told;
      } else {
        running.delete(await Promise.race(running.values()));
        await onTold?.(told);
      }
    }
  } finally {
    await Promise.allSettled(running.values());
  }
}
