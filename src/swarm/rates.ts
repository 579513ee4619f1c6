// Learning rates of particles, as data. In PSO-ConvNet (arXiv 2205.10456) nets with small rates are
// conservative, those with large or random ones wild.

import { InputError } from "../inputError.js";
import { suggestion } from "../text/words.js";
import { rateRandom } from "./random.js";

/** Until which epoch (exclusive, from 0) a rate is drawn from which range. */
export interface RateRange {
  readonly until: number;
  readonly low: number;
  readonly high: number;
}

/** How a particle's learning rate comes about. */
export type RatePolicy =
  | { readonly kind: "fixed"; readonly rate: number }
  /** Log-uniform anew in every epoch, from the first range that has not ended. */
  | { readonly kind: "random"; readonly ranges: readonly RateRange[] };

const always = (low: number, high: number): RatePolicy => ({
  kind: "random",
  ranges: [{ until: Number.POSITIVE_INFINITY, low, high }],
});

/** The range that the authors draw wild rates from. */
export const wild: RatePolicy = always(1e-5, 1e-1);

/** Policies by name: the roles of the authors' particles. */
const named: ReadonlyMap<string, RatePolicy> = new Map([
  ["random", wild],
  ["wild", wild],
  ["fast", { kind: "fixed", rate: 1e-2 }],
  ["conservative", { kind: "fixed", rate: 1e-3 }],
]);

/** When a rate is asked for; epochs count from 0. */
export interface RateMoment {
  readonly epoch: number;
  readonly particle: number;
  readonly seed: number;
}

/** The learning rate of an epoch: a pure function, so that a resumed run has the same one. */
export function rateOf(policy: RatePolicy, { epoch, particle, seed }: RateMoment): number {
  if (policy.kind === "fixed") return policy.rate;
  const { ranges } = policy;
  const { low, high } = ranges.find(({ until }) => epoch < until) ?? ranges[ranges.length - 1];
  const share = rateRandom(seed, epoch, particle).uniform();
  return low * (high / low) ** share;
}

/**
 * What a particle's rate is of the run's, where rates are spread: evenly in the logarithm, around 1, the lowest first.
 *
 * @param spread how many times the lowest rate the highest one is
 * @example
 * [0, 1, 2].map((particle) => shareOf(4, particle, 3)); // [0.5, 1, 2]
 */
export const shareOf = (spread: number, particle: number, particles: number): number =>
  particles === 1 ? 1 : spread ** (particle / (particles - 1) - 0.5);

const isRate = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value) && value > 0;

/** `low..high` or `low..high@until`; `undefined` when it is neither. */
function parseRange(text: string): RateRange | undefined {
  const [range, end, ...more] = text.split("@");
  const [low, high, ...rest] = range.split("..").map(Number);
  const until = end === undefined ? Number.POSITIVE_INFINITY : Number(end);
  const complete = more.length === 0 && rest.length === 0 && isRate(low) && isRate(high);
  return complete && low < high && until > 0 ? { until, low, high } : undefined;
}

/** Ranges that follow each other in time, the last one without an end. */
function inOrder(ranges: readonly (RateRange | undefined)[]): ranges is readonly RateRange[] {
  return ranges.every((range, at) => {
    const ended = ranges[at - 1]?.until ?? 0;
    const last = at === ranges.length - 1;
    return range !== undefined && range.until > ended && Number.isFinite(range.until) !== last;
  });
}

function parseRate(text: string): RatePolicy {
  const word = text.trim();
  const known = named.get(word);
  if (known) return known;
  if (isRate(Number(word))) return { kind: "fixed", rate: Number(word) };
  const ranges = word.split("/").map(parseRange);
  if (inOrder(ranges)) return { kind: "random", ranges };
  throw new InputError(
    `learning rate "${word}"${suggestion(word, named.keys())}: expected a positive number, a range as ` +
      `0.001..0.1, ranges as 0.001..0.1@30/0.00001..0.001, or one of ${[...named.keys()].join(", ")}`,
  );
}

/**
 * A list of rates, one for each particle: numbers, ranges `low..high` to draw from in each epoch,
 * ranges that end before an epoch (`low..high@30/low..high`), and the names `random`, `wild`, `fast`
 * and `conservative`.
 *
 * @throws InputError for a word that is none of these, or a list of another length.
 * @example
 * parseRates("0.1,0.03,random", 3).map(({ kind }) => kind); // ["fixed", "fixed", "random"]
 */
export function parseRates(text: string, particles: number): RatePolicy[] {
  const rates = text.split(",").map(parseRate);
  if (rates.length !== particles) {
    throw new InputError(
      `the list of learning rates "${text}" has ${rates.length} entries for ${particles} particles; ` +
        "give one for each",
    );
  }
  return rates;
}
