// Which probabilities tags are said from, chosen on images whose tags are known.

import { type TagLabels, UNKNOWN_TAG } from "../../data/index.js";
import type { Constants, Tuner } from "../task.js";
import { probabilityOf, type Rule, ruleOf } from "./rule.js";
import { tuneThresholds } from "./thresholds.js";

/**
 * Gathers probabilities, and chooses the thresholds of the best mean F2 of the images. Of groups the likeliest tag is said,
 * whatever is chosen.
 */
export class TagTuner implements Tuner {
  private readonly probabilities: Float64Array;
  private readonly rule: Rule;

  constructor(
    private readonly labels: TagLabels,
    constants: Constants,
  ) {
    this.probabilities = new Float64Array(labels.of.length);
    this.rule = ruleOf(constants, labels.classes.length);
  }

  add(output: Float32Array, first: number): void {
    const { of, classes } = this.labels;
    const { length } = classes;
    for (let row = 0; row * length < output.length; row++) {
      const own = output.subarray(row * length, (row + 1) * length);
      const found = this.rule.odds(own).map(probabilityOf);
      const said = this.rule.said(own);
      for (const tag of this.rule.groups.flat()) found[tag] = said[tag];
      // What is not known is neither there nor said, whatever is chosen.
      const start = (first + row) * length;
      const known = found.map((p, tag) => (of[start + tag] === UNKNOWN_TAG ? -1 : p));
      this.probabilities.set(known, start);
    }
  }

  constants(): Constants {
    const { of, classes } = this.labels;
    const truth = of.map((value) => (value === 1 ? 1 : 0));
    const { probabilities } = this;
    return { thresholds: tuneThresholds({ probabilities, truth, tags: classes.length }) };
  }
}
