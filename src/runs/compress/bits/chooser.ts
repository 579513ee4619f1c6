// What chooses bits for the layers of a run's net.

import type { BitLayer, BitPlan, BitsOf } from "../../../compress/index.js";
import type { Dataset } from "../../../data/index.js";
import type { Trained } from "../../trained.js";

/** What is asked of a chooser. */
export interface BitQuestion {
  /** Folder of the run. */
  readonly run: string;
  readonly net: Trained;
  readonly plan: BitPlan;
  /** Training images that the net is looked at on. */
  readonly images: Dataset;
  /** Where the data of the run are now; default where they were. */
  readonly data?: string;
  readonly signal?: AbortSignal;
  /** Is told what looks wrong. */
  readonly onWarning?: (text: string) => void;
}

/** What a chooser says. */
export interface BitAnswer {
  /** Of the layers in question; they cost no more than the plan's budget. */
  readonly bits: BitsOf;
  /** What it went by, a number for each of these layers. */
  readonly measure: ReadonlyMap<string, number>;
  /** What each choice was taken to lose, where losses of layers were added up. */
  readonly layers?: readonly BitLayer[];
}

/** A way to choose bits. A new one is a file with such a record, and a line in the index. */
export interface BitChooser {
  readonly name: string;
  /** Where it comes from: authors, year, arXiv id. */
  readonly source: string;
  /** What its number for a layer is. */
  readonly measures: string;
  /**
   * `undefined` when `signal` has ended it.
   *
   * @throws InputError for a net that it cannot be asked about.
   */
  choose(question: BitQuestion): Promise<BitAnswer | undefined>;
}
