// Groups of tags of which an image has exactly one, as they are saved with the weights: the number of each tag's group,
// or -1 for a tag that depends on no other.

import type { TagLabels } from "../../data/index.js";
import type { Constants } from "../task.js";

/** Groups as numbers of tags. */
export type Groups = readonly (readonly number[])[];

/** What is saved of the groups of labels: nothing where there are none. */
export function savedGroups({ classes, oneOf = [] }: TagLabels): Constants {
  if (oneOf.length === 0) return {};
  return { oneOf: classes.map((_, tag) => oneOf.findIndex((group) => group.includes(tag))) };
}

/** The groups that were saved. */
export function groupsOf({ oneOf = [] }: Constants): Groups {
  const groups = Array.from({ length: Math.max(-1, ...oneOf) + 1 }, (): number[] => []);
  for (const [tag, group] of oneOf.entries()) if (group >= 0) groups[group].push(tag);
  return groups;
}

/** The tags that are in no group, of so many. */
export const ungrouped = (groups: Groups, tags: number): number[] =>
  Array.from({ length: tags }, (_, tag) => tag).filter(
    (tag) => !groups.some((group) => group.includes(tag)),
  );
