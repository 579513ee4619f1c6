// Bits for each layer within a budget, exactly: the least sum of losses of all choices that the budget allows (the
// program of HAWQ-V3, Yao et al. 2020, arXiv 2011.10680, by dynamic programming instead of a solver).

import { InputError } from "../../inputError.js";
import { tied } from "./ties.js";

/** What a layer costs and loses in so many bits. */
export interface BitChoice {
  readonly bits: number;
  /** What the net loses, as {@link sensitivity} estimates it; losses of layers add up. */
  readonly loss: number;
  /** In the unit of the budget: bits of weights, bit operations, or measured time. Costs of layers add up. */
  readonly cost: number;
}

/** A layer and what it can be. */
export interface BitLayer {
  readonly name: string;
  readonly choices: readonly BitChoice[];
  /** Layers of one tie have the same bits: a shortcut and the layer that takes the same images, say. Default none. */
  readonly tie?: string;
}

/** Bits by the names of layers, and what they come to. */
export interface Allocation {
  readonly bits: ReadonlyMap<string, number>;
  readonly loss: number;
  readonly cost: number;
}

/** Layers of one tie, and what they come to together. */
interface Group {
  readonly names: readonly string[];
  readonly choices: readonly BitChoice[];
}

function groupsOf(layers: readonly BitLayer[]): Group[] {
  return tied(layers).map((members) => {
    const names = members.map(({ name }) => name);
    const choices = members[0].choices.flatMap(({ bits }) => {
      const same = members.map((layer) => layer.choices.find((choice) => choice.bits === bits));
      if (same.includes(undefined)) return [];
      const sum = (of: "loss" | "cost") => same.reduce((total, choice) => total + choice![of], 0);
      return [{ bits, loss: sum("loss"), cost: sum("cost") }];
    });
    if (choices.length > 0) return { names, choices };
    throw new InputError(`bits: ${names.join(", ")} are tied and have no number of bits in common`);
  });
}

/** The choices for some groups, as a chain from the last group to the first. */
interface State {
  readonly loss: number;
  readonly cost: number;
  readonly chosen?: { readonly bits: number; readonly before: State };
}

/** The states that no other one beats in both loss and cost, cheapest first. */
function undominated(states: State[]): State[] {
  states.sort((a, b) => a.cost - b.cost || a.loss - b.loss);
  let least = Number.POSITIVE_INFINITY;
  return states.filter(({ loss }) => {
    const better = loss < least;
    if (better) least = loss;
    return better;
  });
}

const leastCost = ({ choices }: Group): number => Math.min(...choices.map(({ cost }) => cost));

/**
 * The bits of each layer with the least sum of losses whose sum of costs is within the budget. Exact: of all ways to
 * choose for some of the layers only those are left out that another one beats in both loss and cost, or that leave too
 * little for the rest. Of equal losses the cheaper one.
 *
 * @param budget in the unit of the costs
 * @throws InputError for a budget below the smallest possible cost, which it names.
 * @example
 * const layer = (name: string, loss: number) => ({
 *   name,
 *   choices: [{ bits: 4, loss, cost: 4 }, { bits: 8, loss: 0, cost: 8 }],
 * });
 * const { bits, loss } = allocate([layer("conv1", 5), layer("conv2", 1)], 12);
 * [[...bits], loss]; // [[["conv1", 8], ["conv2", 4]], 1]
 */
export function allocate(layers: readonly BitLayer[], budget: number): Allocation {
  const groups = groupsOf(layers);
  const smallest = groups.reduce((sum, group) => sum + leastCost(group), 0);
  if (!(budget >= smallest)) {
    throw new InputError(
      `bits: a budget of ${budget} is too small; the smallest possible is ${smallest}`,
    );
  }
  let states: State[] = [{ loss: 0, cost: 0 }];
  let rest = smallest;
  for (const group of groups) {
    rest -= leastCost(group);
    // What is left over of a sum of all costs by rounding is no reason to refuse.
    const most = budget - rest + 1e-9 * budget;
    const next = states.flatMap((before) =>
      group.choices.map(({ bits, loss, cost }) => ({
        loss: before.loss + loss,
        cost: before.cost + cost,
        chosen: { bits, before },
      })),
    );
    states = undominated(next.filter(({ cost }) => cost <= most));
  }
  const best = states[states.length - 1];
  const bits = new Map<string, number>();
  let at: State = best;
  for (const { names } of [...groups].reverse()) {
    for (const name of names) bits.set(name, at.chosen!.bits);
    at = at.chosen!.before;
  }
  const ordered = layers.map(({ name }) => [name, bits.get(name)!] as const);
  return { bits: new Map(ordered), loss: best.loss, cost: best.cost };
}
