// A genetic algorithm on subsets (Siedlecki and Sklansky 1989, "A note on genetic algorithms for large-scale feature
// selection", Pattern Recognition Letters 10): tournaments of two, uniform crossover, and the best one lives on.

import { Random } from "../tensor/philox.js";
import { type Mask, randomMask, type Selector } from "./selector.js";

const defaults = {
  /** Chance that a child has bits of both parents. */
  crossover: 0.9,
  /** Bits of a child that change, on average. */
  mutations: 1,
};

interface Member {
  readonly x: Mask;
  readonly fitness: number;
}

function child(a: Mask, b: Mask, { crossover, mutations }: typeof defaults, random: Random): Mask {
  const mixes = random.uniform() < crossover;
  return a.map((bit, at) => {
    const taken = mixes && random.uniform() < 0.5 ? b[at] : bit;
    return random.uniform() < mutations / a.length ? 1 - taken : taken;
  });
}

/** A genetic algorithm. Options: `crossover` 0.9, `mutations` 1 (bits of a child that change, on average). */
export const genetic: Selector = {
  name: "genetic",
  description: "genetic algorithm",
  source: "Siedlecki and Sklansky 1989, Pattern Recognition Letters 10",
  defaults,
  search({ fitness, population }, options, key) {
    const random = new Random(key);
    const rates = { ...defaults, ...options } as typeof defaults;
    const member = (x: Mask): Member => ({ x, fitness: fitness.of(x) });
    let members = Array.from({ length: population }, () =>
      member(randomMask(fitness.columns, random)),
    );
    const parent = () => {
      const [a, b] = [0, 0].map(() => members[random.integer(population)]);
      return b.fitness > a.fitness ? b.x : a.x;
    };
    while (fitness.left > 0) {
      const { mask, fitness: most } = fitness.best!;
      // The best one is known: it costs no evaluation.
      const next: Member[] = [{ x: mask, fitness: most }];
      do {
        next.push(member(child(parent(), parent(), rates, random)));
      } while (next.length < population && fitness.left > 0);
      while (next.length < population) next.push(next[0]);
      members = next;
    }
  },
};
