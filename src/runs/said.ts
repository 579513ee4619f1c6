// What a net says of an image as a caption: what is said, and not what all it was asked, in the words of labels.

import type { Prediction, Task } from "../tasks/index.js";
import { percent } from "../text/format.js";
import { listed, namedCounts, namedShares, namedValues } from "../text/named.js";

/** Classes that are named. */
const LIKELIEST = 3;

type Numbers = Readonly<Record<string, number>>;

/** Words of a prediction that has a field of this name; the first that it has is told. */
const forms = {
  classes: (classes: readonly { readonly class: string; readonly probability: number }[]) =>
    listed(classes.slice(0, LIKELIEST).map((one) => `${one.class} ${percent(one.probability, 1)}`)),
  tags(tags: readonly string[], { probabilities }: { readonly probabilities: Numbers }) {
    return listed(tags.map((tag) => `${tag} ${percent(probabilities[tag], 1)}`)) || "no tags";
  },
  values: (values: Numbers) => namedValues(Object.entries(values)),
  shares: (shares: Numbers) => namedShares(Object.entries(shares)),
  counts: (counts: Numbers) => namedCounts(Object.entries(counts)),
} as const;

/**
 * A prediction as a caption: the likeliest three classes, the tags that are said, values, shares of a mask, or how many
 * there are of each class, in the words of {@link labelAt}. Of a task of your own with other fields it is the row.
 *
 * @example
 * const classes = [{ class: "cat", probability: 0.9 }, { class: "dog", probability: 0.1 }];
 * captionOf(getTask("classify"), { class: "cat", confidence: 0.9, classes }); // "cat 90.0 %, dog 10.0 %"
 */
export function captionOf(task: Pick<Task, "row">, prediction: Prediction): string {
  for (const [field, words] of Object.entries(forms)) {
    if (prediction[field] !== undefined) {
      return (words as (own: unknown, all: Prediction) => string)(prediction[field], prediction);
    }
  }
  return listed(task.row(prediction).map(([name, value]) => `${name} ${value}`));
}
