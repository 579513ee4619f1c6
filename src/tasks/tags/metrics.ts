// Metrics of tags.

import { type TagLabels, UNKNOWN_TAG } from "../../data/index.js";
import type { RankedAnswers } from "../precisionRecall.js";
import type {
  ConstantAnswer,
  Constants,
  MetricInfo,
  Metrics,
  MetricValues,
  OutputReport,
} from "../task.js";
import { averagePrecision } from "./averagePrecision.js";
import { type Rule, ruleOf } from "./rule.js";

const share = { better: "higher", unit: "share" } as const;

export const tagMetrics: readonly MetricInfo[] = [
  {
    name: "f2",
    ...share,
    description: "F2 of each image, averaged; 1 where there is and was said nothing",
  },
  { name: "f1", ...share, description: "F1 of each image, averaged" },
  { name: "macroF2", ...share, description: "F2 of each tag, averaged" },
  { name: "microF2", ...share, description: "F2 of all tags of all images together" },
  { name: "macroF1", ...share, description: "F1 of each tag, averaged" },
  {
    name: "subsetAccuracy",
    ...share,
    trained: true,
    description: "share of the images of which every tag is right",
  },
  { name: "map", ...share, description: "mean average precision of the tags that occur" },
  {
    name: "consistent",
    ...share,
    description:
      "share of the images of which exactly one tag of each group is said; of data with such groups",
  },
];

/** What was found of what is there. */
interface Counts {
  right: number;
  said: number;
  there: number;
}

const noCounts = (): Counts => ({ right: 0, said: 0, there: 0 });

/**
 * F-beta from counts: (1 + b^2) right / (b^2 there + said). `empty` where nothing is there and nothing was said.
 *
 * @example
 * fBeta({ right: 1, said: 2, there: 1 }, 2, 1); // 5 / 6
 */
export function fBeta({ right, said, there }: Counts, beta: number, empty: number): number {
  const whole = beta * beta * there + said;
  return whole === 0 ? empty : ((1 + beta * beta) * right) / whole;
}

/** The counts of all tags together. */
const total = (counts: readonly Counts[]): Counts => {
  const sum = (of: (one: Counts) => number) => counts.reduce((all, one) => all + of(one), 0);
  return {
    right: sum((one) => one.right),
    said: sum((one) => one.said),
    there: sum((one) => one.there),
  };
};

const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

/**
 * Sums over an evaluation; tags that are not known do not count, nor do images of which none is. By scikit-learn's
 * names: `f2` and `f1` average over "samples", `macroF2`, `macroF1` and `map` are "macro" averages over tags, the last one
 * over those that occur, `microF2` is "micro". Where an image has no tag and none is said, all is right: its F1 and F2 are 1, as contests have it;
 * scikit-learn counts 0 there (`zero_division=0`).
 */
export class TagMetrics implements Metrics {
  private images = 0;
  private f1 = 0;
  private f2 = 0;
  private exact = 0;
  /** Of saying all tags of every image. */
  private allF2 = 0;
  private readonly counts: readonly Counts[];
  /** Logits and truths of each tag, where it is known. */
  private readonly scores: readonly { readonly logits: number[]; readonly truths: number[] }[];

  /** Images that say exactly one tag of each group that the labels have. */
  private consistent = 0;
  private readonly rule: Rule;

  constructor(
    private readonly labels: TagLabels,
    constants: Constants = {},
  ) {
    this.rule = ruleOf(constants, labels.classes.length);
    this.counts = labels.classes.map(noCounts);
    this.scores = labels.classes.map(() => ({ logits: [], truths: [] }));
  }

  add(output: Float32Array, indices: Int32Array): void {
    const { length } = this.labels.classes;
    for (const [row, image] of indices.entries()) {
      this.addImage(output.subarray(row * length, (row + 1) * length), image);
    }
  }

  private addImage(output: Float32Array, image: number): void {
    const { of, oneOf = [] } = this.labels;
    const own = noCounts();
    let [known, mistakes] = [0, 0];
    const answers = this.rule.said(output);
    for (const [tag, logit] of this.rule.odds(output).entries()) {
      const there = of[image * output.length + tag];
      if (there === UNKNOWN_TAG) continue;
      known++;
      const said = answers[tag];
      for (const counts of [own, this.counts[tag]]) {
        counts.right += said * there;
        counts.said += said;
        counts.there += there;
      }
      if (said !== there) mistakes++;
      this.scores[tag].logits.push(logit);
      this.scores[tag].truths.push(there);
    }
    if (known === 0) return;
    this.images++;
    this.f1 += fBeta(own, 1, 1);
    this.f2 += fBeta(own, 2, 1);
    if (mistakes === 0) this.exact++;
    const saidOf = (group: readonly number[]) => group.reduce((sum, tag) => sum + answers[tag], 0);
    if (oneOf.every((group) => saidOf(group) === 1)) this.consistent++;
    this.allF2 += fBeta({ right: own.there, said: known, there: own.there }, 2, 1);
  }

  get ranked(): readonly RankedAnswers[] {
    return this.scores.map(({ logits, truths }, tag) => ({
      ...{ name: this.labels.classes[tag], scores: logits, truths },
    }));
  }

  private averagePrecisions(): number[] {
    return this.scores.map(({ logits, truths }) => averagePrecision(logits, truths));
  }

  values(): MetricValues {
    const precisions = this.averagePrecisions().filter((value) => !Number.isNaN(value));
    const known = this.counts.filter((_, tag) => this.scores[tag].truths.length > 0);
    const perTag = (beta: number) => mean(known.map((counts) => fBeta(counts, beta, 0)));
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    return {
      f2: this.f2 / this.images,
      f1: this.f1 / this.images,
      macroF2: perTag(2),
      microF2: fBeta(total(known), 2, known.length > 0 ? 0 : Number.NaN),
      macroF1: perTag(1),
      subsetAccuracy: this.exact / this.images,
      map: mean(precisions),
      ...(this.labels.oneOf?.length && { consistent: this.consistent / this.images }),
    };
  }

  get constant(): ConstantAnswer {
    return { metric: "f2", value: this.allF2 / this.images, says: "all tags" };
  }

  outputs(): OutputReport[] {
    const precisions = this.averagePrecisions();
    return this.counts.map((counts, tag) => ({
      name: this.labels.classes[tag],
      support: counts.there,
      precision: ratio(counts.right, counts.said),
      recall: ratio(counts.right, counts.there),
      f1: fBeta(counts, 1, 0),
      averagePrecision: precisions[tag],
    }));
  }
}
