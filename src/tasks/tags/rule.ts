// When a tag is said to be there: one rule for decoder, metrics and training. Of a group of which an image has exactly one
// tag the likeliest is said; any other tag from a probability on.

import { concat, constant, neg, reshape, slice, step, sub, type Value } from "../../graph/index.js";
import { classesAhead } from "../ahead.js";
import type { Constants } from "../task.js";
import { rowsOf } from "../weighting.js";
import { type Groups, groupsOf, ungrouped } from "./groups.js";

export const probabilityOf = (logit: number): number => 1 / (1 + Math.exp(-logit));

const logitOf = (probability: number): number => Math.log(probability / (1 - probability));

/** log(sum of exp) of numbers. */
function logSum(values: readonly number[]): number {
  const largest = Math.max(...values);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}

/** What is made of the outputs of one image [tags]. */
export interface Rule {
  readonly groups: Groups;
  /** Logits of the probabilities of tags; of a tag in a group that of its softmax probability [tags]. */
  odds(output: Float32Array): readonly number[];
  /** 1 for each tag that is said, else 0 [tags]. */
  said(output: Float32Array): Uint8Array;
  /** How probable each answer is that is given, from the probabilities of the tags and which are said: of a tag alone that it
   * is there, or is not, and of a group that it is the one that is said. */
  sureness(probabilities: readonly number[], said: ArrayLike<number>): number[];
}

/**
 * The rule that constants give: groups, and `thresholds`, probabilities that were chosen for each tag after training;
 * before, all are 0.5.
 *
 * @param confidence in place of the thresholds
 */
export function ruleOf(constants: Constants, tags: number, confidence?: number): Rule {
  const groups = groupsOf(constants);
  const alone = ungrouped(groups, tags);
  const thresholds =
    confidence === undefined ? constants.thresholds : new Array<number>(tags).fill(confidence);
  const from = thresholds?.map(logitOf) ?? new Array<number>(tags).fill(0);
  return {
    groups,
    odds(output) {
      const odds = Array.from(output);
      for (const group of groups) {
        for (const tag of group) {
          const others = group.filter((other) => other !== tag).map((other) => output[other]);
          odds[tag] = output[tag] - logSum(others);
        }
      }
      return odds;
    },
    said(output) {
      const said = Uint8Array.from(output, (logit, tag) => (logit >= from[tag] ? 1 : 0));
      for (const group of groups) {
        const best = group.reduce((a, b) => (output[b] > output[a] ? b : a));
        for (const tag of group) said[tag] = tag === best ? 1 : 0;
      }
      return said;
    },
    sureness: (probabilities, said) => [
      ...alone.map((tag) => (said[tag] === 1 ? probabilities[tag] : 1 - probabilities[tag])),
      ...groups.map((group) => Math.max(...group.map((tag) => probabilities[tag]))),
    ],
  };
}

/** The column of a tag [n, 1] of rows [n, tags]. */
export const columnOf = (rows: Value, tag: number): Value =>
  slice(rows, [0, tag], [rows.shape[0], 1]);

/** The columns of some tags of rows [n, tags], side by side. */
export const columnsOf = (rows: Value, tags: readonly number[]): Value =>
  concat(
    tags.map((tag) => columnOf(rows, tag)),
    1,
  );

/** 1 for the tag of a group that has the largest logit, else 0 [n, 1]; at a tie the lower tag goes first. */
function leads(logits: Value, group: readonly number[], tag: number): Value {
  const rivals = columnsOf(logits, group);
  const lower = rowsOf(
    rivals,
    group.map((other) => (other < tag ? 1 : 0)),
  );
  const ahead = classesAhead(rivals, columnOf(logits, tag), lower);
  return reshape(sub(constant(logits.graph, 1), step(ahead)), [logits.shape[0], 1]);
}

/** Rows [n, tags] in which groups have columns of their own [n, 1], one for each of their tags. */
export function withGroups(
  rows: Value,
  groups: Groups,
  columns: (group: readonly number[]) => readonly Value[],
): Value {
  if (groups.length === 0) return rows;
  const own = new Map(
    groups.flatMap((group) => columns(group).map((column, at) => [group[at], column] as const)),
  );
  const all = Array.from(
    { length: rows.shape[1] },
    (_, tag) => own.get(tag) ?? columnOf(rows, tag),
  );
  return concat(all, 1);
}

/** Before anything was chosen, in a graph: 1 for each tag that is said, else 0 [n, tags]. */
export const said = (logits: Value, groups: Groups): Value =>
  withGroups(sub(constant(logits.graph, 1), step(neg(logits))), groups, (group) =>
    group.map((tag) => leads(logits, group, tag)),
  );
