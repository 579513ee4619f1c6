// Spaces of architectures: what may be chosen of a net, gene by gene, and the family of models that the choices make. A
// net's genes stand in its name, so a run, its weights and whatever is made of them know the net by its name alone.

import { InputError } from "../../inputError.js";
import {
  checkSettings,
  choose,
  type Setting,
  type Settings,
  type Space,
  settingOf,
} from "../../search/space.js";
import { brief } from "../../text/words.js";
import type { ModelFamily, ModelInput, ModelParts } from "../model.js";

/** A space of architectures as data: a new one is a file with such a record and one line in the index. */
export interface ArchitectureSpace extends Pick<ModelFamily, "source" | "smallest" | "published"> {
  /** Without `:`, `-` and `.`. */
  readonly name: string;
  readonly description: string;
  /** Choices. Those of one part of the net have its name with a point in front, as `stage1.width`. */
  readonly genes: Space;
  /** The net of a value for each gene. */
  create(genes: Settings, input: ModelInput): ModelParts;
}

/** What stands behind the space, between parts of the net, and between genes of a part. */
const [SPACE, PART, GENE] = [":", "-", "."];

const partOf = (gene: string): string => gene.split(GENE, 1)[0];

/**
 * The name of the net with some genes.
 *
 * @throws InputError for genes that do not lie in the space.
 */
export function architectureName(
  { name, genes: space }: ArchitectureSpace,
  genes: Settings,
): string {
  checkSettings(space, genes, `model ${name}`);
  const parts = new Map<string, Setting[]>();
  for (const { name: gene } of space) {
    if (!Object.hasOwn(genes, gene)) continue;
    parts.set(partOf(gene), [...(parts.get(partOf(gene)) ?? []), genes[gene]]);
  }
  const texts = [...parts.values()].map((values) => values.join(GENE));
  return `${name}${SPACE}${texts.join(PART)}`;
}

/** Genes from the text behind the name of their space. */
function genesFrom({ name, genes: space }: ArchitectureSpace, text: string): Settings {
  const values = text.split(PART).flatMap((part) => part.split(GENE));
  const where = `model ${brief(`${name}${SPACE}${text}`)}`;
  const genes = choose(space, () => (values.length > 0 ? settingOf(values.shift()!) : "missing"));
  checkSettings(space, genes, where);
  const expected = architectureName({ name, genes: space } as ArchitectureSpace, genes);
  if (expected === `${name}${SPACE}${text}`) return genes;
  throw new InputError(`${where}: expected it to be written ${expected}`);
}

/** A net of a space. */
export interface Architecture {
  readonly space: ArchitectureSpace;
  readonly genes: Settings;
}

/**
 * The architecture that the name of a model tells, where it names one.
 *
 * @throws InputError naming the gene that does not fit.
 */
export function architectureIn(
  name: string,
  spaces: readonly ArchitectureSpace[],
): Architecture | undefined {
  const [prefix, ...rest] = name.split(SPACE);
  const space = spaces.find((one) => one.name === prefix);
  if (!space) return undefined;
  if (rest.length > 0) return { space, genes: genesFrom(space, rest.join(SPACE)) };
  const example = architectureName(space, middleOf(space));
  throw new InputError(
    `model ${name} is a space of architectures; expected one of them, as ${example}, or: convoy tune architecture DATA --space ${name}`,
  );
}

/** The middle value of each gene. */
export const middleOf = ({ genes }: Pick<ArchitectureSpace, "genes">): Settings =>
  choose(genes, (gene) => {
    const { of } = gene as { readonly of: readonly Setting[] };
    return of[Math.floor((of.length - 1) / 2)];
  });

/** The family of models of one architecture. */
export const familyIn = (name: string, { space, genes }: Architecture): ModelFamily => ({
  name,
  source: space.source,
  smallest: space.smallest,
  published: space.published,
  create: (input) => space.create(genes, input),
});
