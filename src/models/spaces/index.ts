// The registry of spaces of architectures. A new one is its file and one line here.

import type { ModelFamily } from "../model.js";
import { mobile } from "./mobile.js";
import { nasbench201 } from "./nasbench201.js";
import { type Architecture, type ArchitectureSpace, architectureIn, familyIn } from "./space.js";

export { type Architecture, type ArchitectureSpace, architectureName } from "./space.js";

/** Every space. */
export const architectureSpaces: readonly ArchitectureSpace[] = [mobile, nasbench201];

/**
 * The space and the genes that the name of a model tells; `undefined` for a model of no space.
 *
 * @throws InputError for a name that begins as one of a space, with the gene that does not fit.
 * @example
 * architectureOf("mobile:32-res.3.16.2-mb4.3.24.1-dwsep.5.48.3")!.genes["stage3.depth"]; // 3
 * architectureOf("resnet20"); // undefined
 */
export const architectureOf = (name: string): Architecture | undefined =>
  architectureIn(name, architectureSpaces);

/** The family of a model of a space; see {@link architectureOf}. */
export function architectureFamily(name: string): ModelFamily | undefined {
  const found = architectureOf(name);
  return found && familyIn(name, found);
}
