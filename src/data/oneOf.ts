// Tags of which every image has exactly one, as the weather of a satellite's image: a fact of the data that no file tells.

import { InputError } from "../inputError.js";
import { counted } from "../text/format.js";
import { unknownName } from "../text/words.js";
import { type Dataset, type Splits, subset } from "./dataset.js";
import { type Labels, labelKinds, type TagLabels, UNKNOWN_TAG } from "./labels.js";
import type { WrongFile } from "./readers/reader.js";
import { mapParts } from "./readers/roles.js";

/** Groups of names from text: names between commas, groups between slashes, as `clear,haze,cloudy/day,night`. */
const groupsIn = (text: string): string[][] =>
  text.split("/").map((group) =>
    group
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== ""),
  );

/** Settings of {@link withOneOf}. */
export interface OneOfOptions {
  /** A net's own tags, of which the data may show some. */
  readonly known?: readonly string[];
  /** Collects images with several tags of a group, and goes on without them; by default they are refused. */
  readonly wrong?: WrongFile[];
}

/**
 * Refuses groups of labels that are no tags, and those with tags that there are not.
 *
 * @param source for messages
 */
export function checkGroups(
  labels: Labels,
  text: string,
  source: string,
  options: OneOfOptions = {},
): asserts labels is TagLabels {
  if (labels.kind === "tags") return void numbersOf(text, labels, options);
  throw new InputError(
    `setting oneOf is ${text}: ${source} has ${labelKinds[labels.kind].title}, not tags; leave it out`,
  );
}

/** Groups as numbers of tags; one with a net's own tag that the data do not have is left out. */
function numbersOf(
  text: string,
  { classes }: TagLabels,
  { known = [] }: OneOfOptions,
): readonly (readonly number[])[] {
  const groups = groupsIn(text);
  const all = groups.flat();
  const unknown = all.find((name) => !classes.includes(name) && !known.includes(name));
  if (unknown !== undefined) throw unknownName("tag in setting oneOf", unknown, classes);
  const twice = all.find((name, at) => all.indexOf(name) !== at);
  if (twice !== undefined) throw new InputError(`setting oneOf has the tag "${twice}" twice`);
  const single = groups.find((group) => group.length < 2);
  if (single) {
    throw new InputError(
      `setting oneOf has a group of ${counted(single.length, "tag")} (${single.join()}); expected at least two, as ` +
        "clear,haze,cloudy",
    );
  }
  return groups
    .map((group) => group.map((name) => classes.indexOf(name)))
    .filter((group) => !group.includes(-1));
}

/** The group of which an image has several tags, as their numbers; `undefined` for none. */
function clashAt({ of, classes, oneOf = [] }: TagLabels, image: number): number[] | undefined {
  const has = (tag: number) => of[image * classes.length + tag] === 1;
  return oneOf.map((group) => group.filter(has)).find((there) => there.length > 1);
}

/** `both "a" and "b"`, `"a", "b" and "c"`. */
function quoted(names: readonly string[]): string {
  const each = names.map((name) => `"${name}"`);
  const whole = `${each.slice(0, -1).join(", ")} and ${each.at(-1)}`;
  return names.length === 2 ? `both ${whole}` : whole;
}

/** What is wrong with an image that has several tags of a group; `undefined` for nothing. */
export function clashOf(labels: TagLabels, image: number): string | undefined {
  const clash = clashAt(labels, image);
  if (!clash) return undefined;
  return `has ${quoted(clash.map((tag) => labels.classes[tag]))}, which exclude each other (--one-of)`;
}

/**
 * Labels that say of a whole group what one of its tags says: where one is there the others are not, known or not, and
 * where none is, nothing is known of the group.
 */
export function completed(labels: TagLabels): TagLabels {
  const { classes, oneOf } = labels;
  if (!oneOf) return labels;
  const of = labels.of.slice();
  for (let first = 0; first < of.length; first += classes.length) {
    for (const group of oneOf) {
      const found = group.some((tag) => of[first + tag] === 1);
      for (const tag of group) {
        if (of[first + tag] !== 1) of[first + tag] = found ? 0 : UNKNOWN_TAG;
      }
    }
  }
  return { ...labels, of };
}

/** The images of a part that have no two tags of a group; others are refused, or collected. */
function consistent(dataset: Dataset<TagLabels>, wrong: WrongFile[] | undefined): Dataset {
  const { name, length, labels, ids } = dataset;
  const usable: number[] = [];
  for (let image = 0; image < length; image++) {
    const fault = clashOf(labels, image);
    const path = ids?.[image] ?? `image ${image}`;
    if (fault === undefined) usable.push(image);
    else if (wrong) wrong.push({ path, reason: fault });
    else throw new InputError(`${name}: ${path} ${fault}; mend its tags`);
  }
  return usable.length === length ? dataset : subset(dataset, usable);
}

/**
 * Data that know of which of their tags an image has exactly one.
 *
 * @param text names between commas, groups between slashes
 * @throws InputError for labels of another kind, tags that there are not, and images with several tags of a group,
 * by name.
 * @example
 * const labels = { kind: "tags", of: Uint8Array.of(1, 2, 2), classes: ["clear", "haze", "road"] } as const;
 * const images = imagesOf(new Uint8Array(1), { height: 1, width: 1, channels: 1 });
 * const { train } = withOneOf({ train: { name: "set", length: 1, channels: 1, images, labels } }, "clear,haze");
 * labelData(train.labels); // Uint8Array(3) [ 1, 0, 2 ]
 */
export function withOneOf(splits: Splits, text: string, options: OneOfOptions = {}): Splits {
  const parts = mapParts(splits, (part): Dataset => {
    const { labels, name } = part;
    checkGroups(labels, text, name, options);
    const grouped = completed({ ...labels, oneOf: numbersOf(text, labels, options) });
    return consistent({ ...part, labels: grouped }, options.wrong);
  });
  const { classes, oneOf } = parts.train.labels as TagLabels;
  const groups = oneOf!.map((group) => group.map((tag) => classes[tag]).join(", "));
  const notes = groups.map((names) => `of these tags each image has exactly one: ${names}`);
  return { ...splits, ...parts, notes: [...(splits.notes ?? []), ...notes] };
}
