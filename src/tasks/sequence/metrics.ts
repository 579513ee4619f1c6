// Errors of strings over an evaluation: sums of edits over sums of tokens, never means of ratios.

import type { TokenLabels } from "../../data/index.js";
import type {
  ConstantAnswer,
  Constants,
  MetricInfo,
  Metrics,
  MetricValues,
  OutputReport,
} from "../task.js";
import { editsBetween } from "./edits.js";
import type { ReadLines } from "./reading.js";
import { leastOf } from "./rejection.js";
import { tokensOf } from "./targets.js";

export const sequenceMetrics: readonly MetricInfo[] = [
  {
    ...{ name: "symbolError", better: "lower", unit: "share" },
    description: "edits from what is said to what is there, over the symbols that are there",
  },
  {
    ...{ name: "sequenceError", better: "lower", unit: "share" },
    description: "images of which not every symbol is right, over all images",
  },
  {
    ...{ name: "saidWrong", better: "lower", unit: "share" },
    description: "images that are said and not wholly right, over all images",
  },
  {
    ...{ name: "rejected", better: "lower", unit: "share" },
    description:
      "images that are not said, as the confidence is too low (tune decision), over all images",
  },
];

/** Errors of strings, token by token. */
export class SequenceMetrics implements Metrics {
  private images = 0;
  private wrong = 0;
  private saidWrong = 0;
  private rejected = 0;
  private edits = 0;
  private symbols = 0;
  private readonly there: Float64Array;
  private readonly said: Float64Array;
  private readonly right: Float64Array;

  constructor(
    private readonly labels: TokenLabels,
    private readonly read: ReadLines,
    private readonly constants: Constants = {},
  ) {
    const none = () => new Float64Array(labels.vocabulary.length);
    [this.there, this.said, this.right] = [none(), none(), none()];
  }

  add(output: Float32Array, indices: Int32Array): void {
    let at = 0;
    for (const { readings } of this.read(output)) {
      const [{ tokens, confidence }] = readings;
      const truth = tokensOf(this.labels, indices[at++]);
      const { distance, kept } = editsBetween(tokens, truth);
      this.images++;
      this.symbols += truth.length;
      this.edits += distance;
      if (distance > 0) this.wrong++;
      if (confidence < leastOf(this.constants)) this.rejected++;
      else if (distance > 0) this.saidWrong++;
      for (const token of truth) this.there[token]++;
      for (const token of tokens) this.said[token]++;
      for (const place of kept) this.right[truth[place]]++;
    }
  }

  values(): MetricValues {
    return {
      symbolError: this.edits / this.symbols,
      sequenceError: this.wrong / this.images,
      saidWrong: this.saidWrong / this.images,
      rejected: this.rejected / this.images,
    };
  }

  get constant(): ConstantAnswer {
    return { metric: "symbolError", value: 1, says: "nothing" };
  }

  outputs(): OutputReport[] {
    return this.labels.vocabulary.map((name, token) => ({
      ...{ name, support: this.there[token] },
      precision: this.right[token] / this.said[token],
      recall: this.right[token] / this.there[token],
    }));
  }
}
