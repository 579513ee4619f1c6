// What can be added to a task's loss while a net learns.

import type { Labels } from "../../data/index.js";
import type { Value } from "../../graph/index.js";
import type { Net } from "../../nn/index.js";

/** What a penalty sees of a batch beside its net. */
export interface Penalised {
  /** Of each image [n]. */
  readonly losses: Value;
  /** The inputs that the task's targets fill, by name. */
  readonly targets: Readonly<Record<string, Value>>;
  /** Losses [n] of other outputs against the same targets. */
  lossesOf(outputs: Value): Value;
}

/** A penalty as data: a new one is a file with such a record, its test and one line in the index. */
export interface Penalty {
  readonly name: string;
  /** In words, for help. */
  readonly description: string;
  /** Authors, year, and where it was published. */
  readonly source: string;
  /** What the number behind its name means, and that number where there is none. */
  readonly strength: { readonly meaning: string; readonly usual: number };
  /** The kind of labels that it needs; default any. */
  readonly labels?: Labels["kind"];
  /**
   * The penalty [] of a batch, of strength 1.
   *
   * @throws InputError for a net that it cannot look into
   */
  of(net: Net, penalised: Penalised): Value;
}
