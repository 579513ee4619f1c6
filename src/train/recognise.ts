// Which architecture a weights file of another program belongs to: found by the names and shapes of its tensors.

import { createModel, listModels } from "../models/index.js";
import type { NameMap } from "../models/nameMaps/index.js";
import { build } from "../nn/index.js";
import { FormatError } from "../tensor/formatError.js";
import type { HostTensor } from "../tensor/host.js";
import { formatShape, type Shape, sameShape } from "../tensor/shape.js";

type Tensors = ReadonlyMap<string, HostTensor>;

/** How many differences a message names. */
const SHOWN = 3;

/** Batches that PyTorch's batch normalisation has seen: a number beside its statistics that no net needs. */
const isCount = (name: string, { dtype, data }: HostTensor): boolean =>
  name.endsWith(".num_batches_tracked") && dtype === "i32" && data.length === 1;

/** A file's tensors without what no net needs. */
export const usedTensors = (tensors: Tensors): Tensors =>
  new Map([...tensors].filter(([name, tensor]) => !isCount(name, tensor)));

/** Whether shapes are the same but for axes of length 1: a 1x1 convolution is a full connection of each pixel. */
export const sameButOnes = (a: Shape, b: Shape): boolean =>
  sameShape(
    a.filter((size) => size !== 1),
    b.filter((size) => size !== 1),
  );

/** The file's names of a map's last layer, its weight first; none where it is as any other. */
const headNames = ({ head, tensors }: NameMap): string[] =>
  head === undefined ? [] : [tensors[`${head}.weight`], tensors[`${head}.bias`]];

/** Names of the classes of a file: those of the map, or numbers where they are not as many; none without a last layer. */
export function classesIn(map: NameMap, tensors: Tensors): readonly string[] {
  if (map.head === undefined) return map.classes;
  const count = tensors.get(headNames(map)[0])?.shape[0] ?? 0;
  return count === map.classes.length
    ? map.classes
    : Array.from({ length: count }, (_, at) => String(at));
}

/** Whether a file has the names of a map, neither more nor fewer; the last layer may be missing as a whole. */
function hasNames(map: NameMap, tensors: Tensors): boolean {
  const head = headNames(map).filter((name) => !tensors.has(name));
  const missing = head.length === 2 ? head : [];
  const names = Object.values(map.tensors).filter((name) => !missing.includes(name));
  return names.length === tensors.size && names.every((name) => tensors.has(name));
}

/** Tensors whose shapes are not those of the map's model, in words; of a model that is not registered nothing is known. */
function shapeDifferences(map: NameMap, tensors: Tensors): string[] {
  if (!listModels().includes(map.model)) return [];
  const [channels, height, width] = map.images.input;
  const outputs = Math.max(1, classesIn(map, tensors).length);
  const { layer, input } = createModel(map.model, { channels, height, width, outputs });
  const { layout } = build(layer, [1, ...input], { training: false });
  return layout.params.flatMap(({ name, shape }) => {
    const theirs = map.tensors[name];
    const found = tensors.get(theirs);
    if (!found || sameButOnes(found.shape, shape)) return [];
    return [`"${theirs}" is ${formatShape(found.shape)}, not ${formatShape(shape)}`];
  });
}

/** Names that a file lacks or has too many for a map, in words. */
function nameDifferences({ tensors: names }: NameMap, tensors: Tensors): string[] {
  const theirs = new Set(Object.values(names));
  return [
    ...[...theirs].filter((name) => !tensors.has(name)).map((name) => `"${name}" is missing`),
    ...[...tensors.keys()]
      .filter((name) => !theirs.has(name))
      .map((name) => `"${name}" is not among its tensors`),
  ];
}

/** Share of the names of a file and a map that both have. */
function likeness({ tensors: names }: NameMap, tensors: Tensors): number {
  const theirs = Object.values(names);
  const common = theirs.filter((name) => tensors.has(name)).length;
  return common / (theirs.length + tensors.size - common);
}

/** Share of the names of a file and a map that both have, and where all are the same, of shapes. */
function closeness(map: NameMap, tensors: Tensors): number {
  const all = likeness(map, tensors);
  return hasNames(map, tensors) ? 2 - shapeDifferences(map, tensors).length / tensors.size : all;
}

/** The map whose tensors are those of a file by names and shapes. */
export const findMap = (tensors: Tensors, maps: readonly NameMap[]): NameMap | undefined =>
  maps.find((map) => hasNames(map, tensors) && shapeDifferences(map, tensors).length === 0);

/**
 * What to say of a file that no map fits: the nearest one, and the first tensors that differ.
 *
 * @param before how the message begins, where there is more to say
 */
export function unknownArchitecture(
  tensors: Tensors,
  maps: readonly NameMap[],
  source: string,
  before = "",
): FormatError {
  const say = (what: string, more: string) =>
    new FormatError(
      source,
      8,
      `${before}the ${what} of the tensors are not those of a known map; ${more}`,
    );
  const [nearest] = maps
    .map((map) => ({ map, closeness: closeness(map, tensors) }))
    .sort((a, b) => b.closeness - a.closeness);
  if (!nearest || nearest.closeness === 0) {
    const first = [...tensors.keys()].slice(0, SHOWN).map((name) => `"${name}"`);
    return say("names", `none has one of its names, which begin with ${first.join(", ")}`);
  }
  const { map } = nearest;
  const [what, differences] = hasNames(map, tensors)
    ? ["shapes", shapeDifferences(map, tensors)]
    : ["names", nameDifferences(map, tensors)];
  const rest = differences.length - SHOWN;
  const shown = differences.slice(0, SHOWN).join("; ") + (rest > 0 ? `; and ${rest} more` : "");
  return say(what, `the nearest is ${map.name} of ${map.source}: ${shown}`);
}
