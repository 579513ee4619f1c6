// Hyperband: successive halving of many trials that begin with little, of fewer that begin with more, and so on to a few
// in full, so that one need not know how early losses tell anything (Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar 2018,
// JMLR 18, arXiv 1603.06560).

import { freshSettings } from "../fresh.js";
import { levelsOf, promotion, resourceOf, rungOptions, runs } from "../rungs.js";
import { begun, hasEnded, sampler, type Told } from "../search.js";

/** A bracket: where its trials begin, as number of a level, and how many there are. */
interface Bracket {
  readonly start: number;
  readonly size: number;
  /** Numbers of those that began. */
  readonly trials: number[];
}

/** Brackets one after the other, from the one of most trials to that of trials in full, and again. */
function bracketsOf(told: readonly Told[], levels: number, eta: number): Bracket[] {
  const brackets: Bracket[] = [];
  const open = () => {
    const start = brackets.length % levels;
    const steps = levels - 1 - start;
    const size = Math.ceil((levels / (steps + 1)) * eta ** steps);
    brackets.push({ start, size, trials: [] });
  };
  open();
  for (const [at, { from }] of told.entries()) {
    if (from !== undefined) continue;
    if (brackets.at(-1)!.trials.length === brackets.at(-1)!.size) open();
    brackets.at(-1)!.trials.push(at);
  }
  if (brackets.at(-1)!.trials.length === brackets.at(-1)!.size) open();
  return brackets;
}

/** The trial that goes on in a bracket, if one does: a rung is judged when all of it have ended. */
function nextOf(
  told: readonly Told[],
  bracket: Bracket,
  levels: readonly number[],
  eta: number,
  full: boolean,
) {
  if (bracket.trials.length < bracket.size && !full) return undefined;
  let rung: readonly number[] = bracket.trials;
  for (let level = bracket.start; level < levels.length - 1; level++) {
    if (rung.length === 0 || !rung.every((at) => hasEnded(told[at]))) return undefined;
    const share = Math.max(
      1,
      Math.floor(bracket.trials.length / eta ** (level + 1 - bracket.start)),
    );
    const next = promotion(told, rung, share, levels[level + 1]);
    if (next) return next;
    const here = new Set(rung);
    rung = [...told.keys()].filter((at) => here.has(told[at].from!));
  }
  return undefined;
}

export const hyperband = sampler({
  name: "hyperband",
  description: "successive halving from several beginnings",
  source: "Li et al. 2018, JMLR 18, arXiv 1603.06560",
  stages: true,
  options: rungOptions,
  next(asked, { eta, proposals: how }) {
    const { told, trials } = asked;
    const levels = levelsOf(resourceOf(asked), eta);
    const full = begun(told) >= trials;
    const brackets = bracketsOf(told, levels.length, eta);
    for (const bracket of brackets) {
      const next = nextOf(told, bracket, levels, eta, full);
      if (next) return next;
    }
    if (!full)
      return { settings: freshSettings(asked, how), until: levels[brackets.at(-1)!.start] };
    return runs(told) ? "wait" : "done";
  },
});
