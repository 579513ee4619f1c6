// Which net a swarm gives, when it has been evaluated: one of its particles, a mean of them, or all of them together.

import { merit, type Score } from "../tasks/index.js";
import { byName } from "../text/words.js";
import type { Evaluation } from "../train/index.js";

/** A particle as it was evaluated on the selection set. */
export interface Evaluated {
  readonly particle: number;
  readonly evaluation: Evaluation;
}

/** Who stands for the swarm: one particle, or the mean of several, and how well it does. */
export interface Chosen {
  readonly members: readonly number[];
  readonly evaluation: Evaluation;
}

/** What a choice may ask for. */
export interface Choosing {
  readonly score: Score;
  /** Evaluates the net that particles make together on the selection set. */
  together(members: readonly number[]): Promise<Evaluation>;
}

/** A way to make one net of many. */
export interface Deployment {
  readonly name: string;
  readonly description: string;
  /** How several become one: by the mean of their weights, or of their outputs, at the cost of all where it is used. */
  readonly joins: "weights" | "outputs";
  /** @param particles at least one, in ascending order */
  choose(particles: readonly Evaluated[], choosing: Choosing): Promise<Chosen>;
}

/** More is better; what cannot be told is worst. */
function meritOf({ metrics }: Evaluation, score: Score): number {
  const value = metrics[score.metric];
  return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : merit(score, value);
}

/** Best first; of equal ones the lowest number. */
const ranked = (particles: readonly Evaluated[], score: Score) =>
  [...particles].sort(
    (a, b) =>
      meritOf(b.evaluation, score) - meritOf(a.evaluation, score) || a.particle - b.particle,
  );

const best: Deployment = {
  name: "best",
  description: "the net with the best score",
  joins: "weights",
  async choose(particles, { score }) {
    const [{ particle, evaluation }] = ranked(particles, score);
    return { members: [particle], evaluation };
  },
};

const mean: Deployment = {
  name: "mean",
  description: "the mean of all nets' weights",
  joins: "weights",
  async choose(particles, { together }) {
    const members = particles.map(({ particle }) => particle);
    if (members.length === 1) return { members, evaluation: particles[0].evaluation };
    return { members, evaluation: await together(members) };
  },
};

/** Wortsman et al., "Model soups", 2022, arXiv 2203.05482: the greedy recipe, which takes what does no harm. */
const soup: Deployment = {
  name: "soup",
  description: "the best net, and the mean with each next one while the score does not fall",
  joins: "weights",
  async choose(particles, { score, together }) {
    const [first, ...others] = ranked(particles, score);
    let chosen: Chosen = { members: [first.particle], evaluation: first.evaluation };
    for (const { particle } of others) {
      const members = [...chosen.members, particle].sort((a, b) => a - b);
      const evaluation = await together(members);
      if (meritOf(evaluation, score) >= meritOf(chosen.evaluation, score)) {
        chosen = { members, evaluation };
      }
    }
    return chosen;
  },
};

const ensemble: Deployment = {
  name: "ensemble",
  description: "all nets side by side, the mean of what they say; as many times the work of one",
  joins: "outputs",
  async choose(particles, { together }) {
    const members = particles.map(({ particle }) => particle);
    return { members, evaluation: await together(members) };
  },
};

export const deployments: readonly Deployment[] = [best, mean, soup, ensemble];

/** The deployment with a name; throws an `InputError` with the nearest one when there is none. */
export const getDeployment = (name: string): Deployment => byName("deployment", name, deployments);
