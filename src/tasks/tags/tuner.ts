// Which probabilities tags are said from, chosen on images whose tags are known.

import { type TagLabels, UNKNOWN_TAG } from "../../data/index.js";
import type { Constants, Tuner } from "../task.js";
import { probabilityOf } from "./rule.js";
import { tuneThresholds } from "./thresholds.js";

/** Gathers probabilities, and chooses the thresholds of the best mean F2 of the images. */
export class TagTuner implements Tuner {
  private readonly probabilities: Float64Array;

  constructor(private readonly labels: TagLabels) {
    this.probabilities = new Float64Array(labels.of.length);
  }

  add(output: Float32Array, first: number): void {
    const { of, classes } = this.labels;
    const start = first * classes.length;
    for (const [at, logit] of output.entries()) {
      // What is not known is neither there nor said, whatever is chosen.
      const known = of[start + at] !== UNKNOWN_TAG;
      this.probabilities[start + at] = known ? probabilityOf(logit) : -1;
    }
  }

  constants(): Constants {
    const { of, classes } = this.labels;
    const truth = of.map((value) => (value === 1 ? 1 : 0));
    const { probabilities } = this;
    return { thresholds: tuneThresholds({ probabilities, truth, tags: classes.length }) };
  }
}
