// Genes among the parameters of a search: a space of architectures is searched as parts of the setting `model`, which is
// fixed as the name of that space.

import { InputError } from "../../inputError.js";
import {
  type ArchitectureSpace,
  architectureName,
  architectureOf,
  architectureSpaces,
} from "../../models/index.js";
import type { Setting, Settings, Space } from "../../search/index.js";
import { byName, unknownName } from "../../text/words.js";

const PREFIX = "model.";

/** Whether a parameter is one. */
export const isGene = (name: string): boolean => name.startsWith(PREFIX);

const ownName = (name: string): string => name.slice(PREFIX.length);

/**
 * The genes of a space of architectures as parameters of a search.
 *
 * @throws InputError for a space that is not known
 * @example
 * geneParameters("mobile")[0]; // { name: "model.resolution", kind: "choice", of: [16, 24, 32] }
 */
export const geneParameters = (space: string): Space =>
  spaceCalled(space).genes.map((gene) => ({ ...gene, name: `${PREFIX}${gene.name}` }));

const spaceCalled = (name: string): ArchitectureSpace =>
  byName("space of architectures", name, architectureSpaces);

/** The genes of a trial, by their own names; `undefined` when it has none. */
export function genesIn(trial: Settings): Settings | undefined {
  const own = Object.entries(trial).filter(([name]) => isGene(name));
  if (own.length === 0) return undefined;
  return Object.fromEntries(own.map(([name, value]) => [ownName(name), value]));
}

/** The name of the model that genes of a space make. */
export const modelWith = (space: string | undefined, genes: Settings): string =>
  architectureName(spaceCalled(space ?? ""), genes);

/** Settings of a trial as people read them: with the name of the net in the place of its genes. */
export function readable(trial: Settings, space: string | undefined): Settings {
  const genes = genesIn(trial);
  if (!genes) return trial;
  const others = Object.entries(trial).filter(([name]) => !isGene(name));
  return { model: modelWith(space, genes), ...Object.fromEntries(others) };
}

/** The value that a model has for a gene. */
export const geneOf = (model: string | undefined, name: string): Setting | undefined =>
  model === undefined ? undefined : architectureOf(model)?.genes[ownName(name)];

/**
 * Checks the genes of a space, if it has any.
 *
 * @param model the setting
 * @throws InputError naming the one that the space of architectures does not have, that is missing, or has other values.
 */
export function checkGenes(space: Space, model: string | undefined): void {
  const given = space.filter(({ name }) => isGene(name));
  if (given.length === 0) return;
  if (model === undefined) {
    throw new InputError(
      `space: ${given[0].name}: expected the setting model to name the space of architectures, as ${architectureSpaces[0].name}`,
    );
  }
  const known = geneParameters(model);
  const names = known.map(({ name }) => name);
  const strange = given.find(({ name }) => !names.includes(name));
  if (strange) throw unknownName(`gene of ${model}`, strange.name, names);
  for (const gene of known) {
    const { name, of } = gene as { readonly name: string; readonly of: readonly Setting[] };
    const found = given.find((one) => one.name === name);
    if (!found) throw new InputError(`space: ${name} is missing; expected ${of.join("|")}`);
    const values = found.kind === "choice" ? found.of : [];
    if (values.length > 0 && values.every((value) => of.includes(value))) continue;
    throw new InputError(`space: ${name}: expected some of ${of.join("|")}`);
  }
}
