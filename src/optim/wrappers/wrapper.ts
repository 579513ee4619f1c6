// What a wrapper is: something that goes around any first-order optimizer, by name, as lookahead(sam(lars)).

import type { FirstOrder, Hyper } from "../optimizer.js";

/** What a wrapper changes of an optimizer; the rest stays. */
export type Changes = Partial<Omit<FirstOrder, "name" | "source" | "defaults">>;

/** A wrapper as data: a new one is a file with such a record, its case in the tests and one line in the index. */
export interface Wrapper {
  readonly name: string;
  /** Where it comes from: authors, year, arXiv id. */
  readonly source: string;
  /** Its own numbers with their defaults, named unlike those of any optimizer. */
  readonly defaults: Hyper;
  readonly wrap: (base: FirstOrder) => Changes;
}
