import { byName } from "../text/words.js";
import { aapso } from "./aapso.js";
import { bpso } from "./bpso.js";
import { genetic } from "./genetic.js";
import { mutualInformationFilter } from "./mutualInformation.js";
import { none } from "./none.js";
import { randomSearch } from "./randomSearch.js";
import { rfe } from "./rfe.js";
import type { Selector } from "./selector.js";

export { Fitness, type FitnessOptions, type Rated } from "./fitness.js";
export {
  type Dropped,
  type FoldResult,
  type SelectionOptions,
  selectInFold,
  selectInFolds,
} from "./nested.js";
export type { Labelled, Mask, Selector, SelectorOptions, SelectorTask } from "./selector.js";
export { selectorOptions } from "./selector.js";

/** All selectors. */
export const selectors: readonly Selector[] = [
  aapso,
  bpso,
  genetic,
  randomSearch,
  rfe,
  mutualInformationFilter,
  none,
];

/** The selector with a name; throws an `InputError` when there is none. */
export const getSelector = (name: string): Selector => byName("selector", name, selectors);
