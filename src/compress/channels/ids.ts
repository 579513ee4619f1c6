// Places that stay or go together, as disjoint sets (Tarjan 1975, doi 10.1145/321879.321884).

/** One id for each place along an axis. */
export type Places = Int32Array;

/** The id of places that must stay. */
export const STAYS = 0;

/** What stands for the set of an id: its smallest member. */
function find(parents: number[], id: number): number {
  let root = id;
  while (parents[root] !== root) root = parents[root];
  for (let at = id; at !== root; ) [at, parents[at]] = [parents[at], root];
  return root;
}

function unite(parents: number[], a: number, b: number): void {
  const [first, second] = [find(parents, a), find(parents, b)];
  parents[Math.max(first, second)] = Math.min(first, second);
}

/**
 * Sets of ids; the one of {@link STAYS} is never removed. Each is made of sides: what makes a channel, and what takes sums
 * over it.
 */
export class Ids {
  private readonly parents: number[] = [STAYS];
  private readonly sides: number[] = [STAYS];

  /** New ids, each in a set of its own. */
  fresh(count: number): Places {
    const first = this.parents.length;
    for (let id = first; id < first + count; id++) {
      this.parents.push(id);
      this.sides.push(id);
    }
    return Int32Array.from({ length: count }, (_, at) => first + at);
  }

  /** What stands for the set of an id. */
  rootOf(id: number): number {
    return find(this.parents, id);
  }

  /** What stands for the side of its set that an id is on. */
  sideOf(id: number): number {
    return find(this.sides, id);
  }

  /** Joins two of one side. */
  join(a: number, b: number): void {
    unite(this.parents, a, b);
    unite(this.sides, a, b);
  }

  /** Joins channels and what takes sums over them, place by place. */
  joinSides(a: Places, b: Places): void {
    for (const [at, id] of a.entries()) unite(this.parents, id, b[at]);
  }

  /** Joins places one by one. */
  joinEach(a: Places, b: Places): void {
    for (const [at, id] of a.entries()) this.join(id, b[at]);
  }

  /** Places that all go together. */
  joinAll(places: Places): void {
    for (const id of places) this.join(id, places[0]);
  }

  /** Places that stay. */
  keep(places: Places): void {
    for (const id of places) unite(this.parents, id, STAYS);
  }
}
