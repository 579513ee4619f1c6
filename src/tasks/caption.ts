// What a net says of an image as a caption.

import { listed } from "../text/named.js";
import type { Prediction, Task } from "./task.js";

/**
 * A prediction as a caption: the likeliest three classes, the tags that are said, values, shares of a mask, or how many
 * there are of each class, in the words of {@link labelAt}. Of a task of your own without a `caption` it is the row.
 *
 * @example
 * const classes = [{ class: "cat", probability: 0.9 }, { class: "dog", probability: 0.1 }];
 * captionOf(getTask("classify"), { class: "cat", confidence: 0.9, classes }); // "cat 90.0 %, dog 10.0 %"
 */
export const captionOf = (
  { caption, row }: Pick<Task, "caption" | "row">,
  prediction: Prediction,
): string =>
  caption?.(prediction) ?? listed(row(prediction).map(([name, value]) => `${name} ${value}`));
