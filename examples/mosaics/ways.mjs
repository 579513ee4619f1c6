// Ways to say tags from probabilities, and what each is worth: what the examples of tags share. Probabilities and truths
// lie row by row [images * tags]; a way gives the F2 of each image.

import { crossFit, expectedFTags, fBeta, fOfImages, tuneThresholds } from "convoynet/tasks";
import { Random } from "convoynet/tensor";

/** Probabilities that an opened net gives of the images of a part. */
export async function probabilitiesOf(net, dataset) {
  const found = await net.predict(dataset);
  return found.flatMap(({ probabilities }) =>
    dataset.labels.classes.map((name) => probabilities[name]),
  );
}

export const average = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The mean of several lists, number by number. */
export const meanOf = (lists) => lists[0].map((_, at) => average(lists.map((list) => list[at])));

/** Mean of a number of each image, with its 95 % bootstrap interval over the images. */
export function bootstrap(values) {
  const random = new Random({ seed: 1, purpose: "search" });
  const means = Array.from({ length: 1000 }, () =>
    average(values.map(() => values[random.integer(values.length)])),
  ).sort((a, b) => a - b);
  return { mean: average(values), low: means[25], high: means[974] };
}

/** That of the differences of two numbers of each image. */
export const difference = (a, b) => bootstrap(a.map((value, at) => value - b[at]));

/** In percent, with the interval. */
export const shown = ({ mean, low, high }) =>
  `${(100 * mean).toFixed(2)} (${(100 * low).toFixed(2)} to ${(100 * high).toFixed(2)})`;

/** F2 of each image where certain tags are said of it. */
export function eachF2({ of, classes }, said) {
  const tags = classes.length;
  return Array.from({ length: of.length / tags }, (_, image) => {
    const truth = of.subarray(image * tags, (image + 1) * tags);
    const told = said(image);
    const right = told.filter((tag) => truth[tag] === 1).length;
    return fBeta(
      { right, said: told.length, there: truth.filter((one) => one === 1).length },
      2,
      1,
    );
  });
}

/** Says the tags from thresholds on. */
export const from = (probabilities, thresholds) => (image) =>
  thresholds.flatMap((t, tag) =>
    probabilities[image * thresholds.length + tag] >= t ? [tag] : [],
  );

/** Probabilities in which the likeliest tag of each group is 1 and the others 0: a threshold then changes nothing. */
export function settled(probabilities, tags, groups) {
  const said = Array.from(probabilities);
  for (let first = 0; first < said.length; first += tags) {
    for (const group of groups) {
      const best = group.reduce((a, b) => (said[first + b] > said[first + a] ? b : a));
      for (const tag of group) said[first + tag] = tag === best ? 1 : 0;
    }
  }
  return said;
}

/**
 * All ways to decide of one net, or of several together. Thresholds are chosen on the selection part.
 *
 * @param labels of the two parts
 * @param probabilities of the two parts
 * @param groups numbers of tags of which there is exactly one
 */
export function decisions(labels, probabilities, groups = []) {
  const tags = labels.test.classes.length;
  const part = (name) => settled(probabilities[name], tags, groups);
  const chosen = { probabilities: part("selection"), truth: labels.selection.of, tags };
  const seen = part("test");
  const fixed = (value) => new Array(tags).fill(value);
  const thresholds = tuneThresholds(chosen);
  const expected = (image) =>
    expectedFTags(probabilities.test.slice(image * tags, (image + 1) * tags), 2, groups);
  return {
    thresholds,
    onSelection: {
      0.5: fOfImages(chosen, fixed(0.5)),
      tuned: fOfImages(chosen, thresholds),
      crossFit: crossFit(chosen),
    },
    onTest: {
      all: eachF2(labels.test, () => fixed(0).map((_, tag) => tag)),
      0.5: eachF2(labels.test, from(seen, fixed(0.5))),
      0.2: eachF2(labels.test, from(seen, fixed(0.2))),
      tuned: eachF2(labels.test, from(seen, thresholds)),
      expected: eachF2(labels.test, expected),
    },
  };
}
