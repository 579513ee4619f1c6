// Targets of tags, which may be mixed, and which of them are known.

import { type TagLabels, type TargetMaker, UNKNOWN_TAG } from "../../data/index.js";
import type { Constants } from "../task.js";
import { groupsOf } from "./groups.js";

/** Input with 1 for each tag that is there, f32 [n, tags]. */
export const TARGETS = "targets";
/** Input with 1 for each tag that is known, f32 [n, tags]. */
export const KNOWN = "known";

/**
 * Makes the targets of images with tags. A mixed tag is known when it is known of both images. A group is known as a
 * whole: where it has one tag that is there.
 */
export function tagTargets({ of, classes }: TagLabels, constants: Constants = {}): TargetMaker {
  const groups = groupsOf(constants);
  const count = classes.length;
  const knows = (image: number, group: readonly number[]) => {
    const own = group.map((tag) => of[image * count + tag]);
    return !own.includes(UNKNOWN_TAG) && own.filter((value) => value === 1).length === 1;
  };
  const row = { dtype: "f32", shape: [count] } as const;
  return {
    inputs: { [TARGETS]: row, [KNOWN]: row },
    fill({ indices, samples }, { [TARGETS]: targets, [KNOWN]: known }) {
      for (const [at, { partner, weight }] of samples.entries()) {
        const [own, other] = [indices[2 * at], indices[2 * at + 1]];
        for (let tag = 0; tag < count; tag++) {
          const mine = of[own * count + tag];
          const theirs = partner === undefined ? mine : of[other * count + tag];
          const both = mine !== UNKNOWN_TAG && theirs !== UNKNOWN_TAG;
          known[at * count + tag] = both ? 1 : 0;
          targets[at * count + tag] = both ? weight * mine + (1 - weight) * theirs : 0;
        }
        for (const group of groups) {
          const asked = [own, partner === undefined ? own : other].every((image) =>
            knows(image, group),
          );
          if (asked) continue;
          for (const tag of group) known[at * count + tag] = targets[at * count + tag] = 0;
        }
      }
    },
  };
}
