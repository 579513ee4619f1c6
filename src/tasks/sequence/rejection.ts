// From which confidence on a string is said: as many strings as can be, of which few are wrong. Rejecting the others is what
// makes a reader of cheques useful (LeCun, Bottou, Bengio and Haffner 1998, doi 10.1109/5.726791: 82 % right, 1 % wrong, 17 %
// rejected).

import type { TokenLabels } from "../../data/index.js";
import type { Constants, Tuner } from "../task.js";
import { editsBetween } from "./edits.js";
import type { ReadLines } from "./reading.js";
import { tokensOf } from "./targets.js";

/** A confidence that no string has. */
const NONE = 2;

/** The share of all images that may be said wrongly. */
export const WRONG = 0.01;

/** The least confidence of a string that is said. */
export const leastOf = ({ reject }: Constants): number => reject?.[0] ?? 0;

/** A string that was read. */
export interface Judged {
  readonly confidence: number;
  readonly right: boolean;
}

/**
 * The least confidence by which at most a share of all strings is said and wrong, and as many as can be are said: 0 where all
 * can be, more than 1 where none can.
 *
 * @example
 * rejectBelow([{ confidence: 0.9, right: true }, { confidence: 0.5, right: false }], 0.01); // 0.7
 */
export function rejectBelow(strings: readonly Judged[], wrong: number): number {
  const sorted = [...strings].sort((a, b) => b.confidence - a.confidence);
  let [errors, last] = [0, sorted.length];
  for (const { confidence, right } of sorted) {
    if (!right) errors++;
    if (errors <= wrong * sorted.length) continue;
    // Of strings that are as sure all are said, or none.
    last = sorted.findIndex((one) => one.confidence === confidence);
    break;
  }
  if (last === sorted.length) return 0;
  const above = last === 0 ? NONE : sorted[last - 1].confidence;
  return (above + sorted[last].confidence) / 2;
}

/** Gathers strings, and chooses from which confidence on they are said. */
export class RejectTuner implements Tuner {
  private readonly strings: Judged[] = [];

  constructor(
    private readonly labels: TokenLabels,
    private readonly read: ReadLines,
  ) {}

  add(output: Float32Array, first: number): void {
    let at = first;
    for (const { readings } of this.read(output)) {
      const [{ tokens, confidence }] = readings;
      const { distance } = editsBetween(tokens, tokensOf(this.labels, at++));
      this.strings.push({ confidence, right: distance === 0 });
    }
  }

  constants(): Constants {
    return { reject: [rejectBelow(this.strings, WRONG)] };
  }
}
