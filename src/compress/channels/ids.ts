// Places that stay or go together, as disjoint sets (Tarjan 1975, doi 10.1145/321879.321884).

/** One id for each place along an axis. */
export type Places = Int32Array;

/** The id of places that must stay. */
export const STAYS = 0;

/** Sets of ids; the one of {@link STAYS} is never removed. */
export class Ids {
  private readonly parents: number[] = [STAYS];

  /** New ids, each in a set of its own. */
  fresh(count: number): Places {
    const first = this.parents.length;
    for (let at = 0; at < count; at++) this.parents.push(first + at);
    return Int32Array.from({ length: count }, (_, at) => first + at);
  }

  /** What stands for the set of an id: its smallest member. */
  rootOf(id: number): number {
    const { parents } = this;
    let root = id;
    while (parents[root] !== root) root = parents[root];
    for (let at = id; at !== root; ) [at, parents[at]] = [parents[at], root];
    return root;
  }

  join(a: number, b: number): void {
    const [first, second] = [this.rootOf(a), this.rootOf(b)];
    this.parents[Math.max(first, second)] = Math.min(first, second);
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
    for (const id of places) this.join(id, STAYS);
  }
}
