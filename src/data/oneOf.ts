// Tags of which every image has exactly one, as the weather of a satellite's image: a fact of the data that no file tells.

import { InputError } from "../inputError.js";
import { unknownName } from "../text/words.js";
import { type Dataset, type Splits, subset } from "./dataset.js";
import { type Labels, labelKinds, namesOf, type TagLabels, UNKNOWN_TAG } from "./labels.js";
import { refuseWrong } from "./readers/imageFiles.js";
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
  /** A net's own tags, of which the data may have some: of the others nothing is known. */
  readonly known?: readonly string[];
  /** Collects images with several tags of a group, and goes on without them; by default they are refused. */
  readonly wrong?: WrongFile[];
}

/** What a group has too few of, in words. */
const EXPECTED =
  "expected at least two in each, as clear,haze,cloudy, and several groups between slashes";

/**
 * The groups, as names.
 *
 * @throws InputError for a group of fewer than two tags, a tag in two, and one that is not among `names`.
 */
function groupsOf(text: string, names: readonly string[]): string[][] {
  const groups = groupsIn(text);
  const all = groups.flat();
  const unknown = all.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const { message } = unknownName("tag in setting oneOf", unknown, names);
    const unsaid = names.find((name) => /[,/]/.test(name));
    const hint = `; "${unsaid}" cannot be said there, for commas and slashes part names: rename it`;
    throw new InputError(unsaid === undefined ? message : message + hint);
  }
  const twice = all.find((name, at) => all.indexOf(name) !== at);
  if (twice !== undefined) throw new InputError(`setting oneOf has the tag "${twice}" twice`);
  const short = groups.findIndex((group) => group.length < 2);
  if (short < 0) return groups;
  const found = groups[short].length === 0 ? "is empty" : `has one tag (${groups[short][0]})`;
  throw new InputError(`setting oneOf is ${text}: group ${short + 1} ${found}; ${EXPECTED}`);
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
  { known = [] }: OneOfOptions = {},
): asserts labels is TagLabels {
  if (labels.kind === "tags") {
    groupsOf(text, [...new Set([...labels.classes, ...known])]);
    return;
  }
  throw new InputError(
    `setting oneOf is ${text}: ${source} has ${labelKinds[labels.kind].title}, not tags; leave it out`,
  );
}

/** Labels with more tags behind their own, of which nothing is known. */
function extended(labels: TagLabels, more: readonly string[]): TagLabels {
  const { classes, of } = labels;
  const width = classes.length + more.length;
  const wide = new Uint8Array((of.length / classes.length) * width).fill(UNKNOWN_TAG);
  for (const [at, tag] of of.entries()) {
    wide[Math.floor(at / classes.length) * width + (at % classes.length)] = tag;
  }
  return { ...labels, of: wide, classes: [...classes, ...more] };
}

/** Labels with groups. Of a tag that others know and these labels lack nothing is known; its group stays whole. */
function withGroups(labels: TagLabels, text: string, known: readonly string[]): TagLabels {
  const groups = groupsOf(text, [...new Set([...labels.classes, ...known])]);
  const missing = groups.flat().filter((name) => !labels.classes.includes(name));
  const whole = missing.length > 0 ? extended(labels, missing) : labels;
  const oneOf = groups.map((group) => group.map((name) => whole.classes.indexOf(name)));
  return completed({ ...whole, oneOf });
}

/**
 * Whether two settings mean the same groups, in whatever order.
 *
 * @example
 * sameGroups("clear,haze/day,night", "night, day/clear,haze"); // true
 */
export function sameGroups(a: string, b: string): boolean {
  const sorted = (text: string) =>
    groupsIn(text)
      .map((group) => JSON.stringify(group.sort()))
      .sort();
  return sorted(a).join() === sorted(b).join();
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

/** The images of a part that have no two tags of a group; others are refused, or collected if any are left. */
function consistent(dataset: Dataset<TagLabels>, wrong: WrongFile[] | undefined): Dataset {
  const { name, length, labels, ids } = dataset;
  const usable: number[] = [];
  const clashing: WrongFile[] = [];
  for (let image = 0; image < length; image++) {
    const fault = clashOf(labels, image);
    const path = ids?.[image] ?? `image ${image}`;
    if (fault === undefined) usable.push(image);
    else if (wrong) clashing.push({ path, reason: fault });
    else throw new InputError(`${name}: ${path} ${fault}; mend its tags`);
  }
  if (clashing.length === 0) return dataset;
  if (usable.length === 0) {
    refuseWrong(clashing, `images, all of ${name}, have tags that exclude each other (--one-of)`);
  }
  wrong?.push(...clashing);
  return subset(dataset, usable);
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
  const own = namesOf(splits.train.labels);
  const parts = mapParts(splits, (part): Dataset => {
    const { labels, name } = part;
    const known = options.known ?? (part === splits.train ? [] : own);
    checkGroups(labels, text, name, { known });
    return consistent({ ...part, labels: withGroups(labels, text, known) }, options.wrong);
  });
  const { classes, oneOf } = parts.train.labels as TagLabels;
  const groups = oneOf!.map((group) => group.map((tag) => classes[tag]).join(", "));
  const notes = groups.map((names) => `of these tags each image has exactly one: ${names}`);
  return { ...splits, ...parts, notes: [...(splits.notes ?? []), ...notes] };
}
