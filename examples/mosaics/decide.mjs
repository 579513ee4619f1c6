// How tags are best said, once nets have learnt: from which probabilities on, or by the largest expected F2; and whether
// several nets together say it better. Thresholds are chosen on the selection part; the test part is looked at once.
//
//   node examples/mosaics/decide.mjs ARCHIVE OUT RUN [RUN ...]

import { writeFileSync } from "node:fs";
import { openDataset, openTrained } from "convoynet";
import { crossFit, expectedFTags, fBeta, fOfImages, tuneThresholds } from "convoynet/tasks";
import { Random } from "convoynet/tensor";

const [archive, out, ...runs] = process.argv.slice(2);
if (runs.length === 0) {
  console.error("usage: node examples/mosaics/decide.mjs ARCHIVE OUT RUN [RUN ...]");
  process.exit(2);
}
const { selection, test } = await openDataset(archive);
const { classes } = test.labels;
const tags = classes.length;

/** Probabilities of a run's net, row by row [images * tags]. */
async function probabilitiesOf(run, dataset) {
  const net = await openTrained(run);
  const found = await net.predict(dataset);
  await net.close();
  return found.flatMap(({ probabilities }) => classes.map((name) => probabilities[name]));
}

const members = [];
for (const run of runs) {
  members.push({
    selection: await probabilitiesOf(run, selection),
    test: await probabilitiesOf(run, test),
  });
}
const mean = (part) =>
  members[0][part].map(
    (_, at) => members.reduce((sum, one) => sum + one[part][at], 0) / members.length,
  );
const judged = ({ labels }, probabilities) => ({ probabilities, truth: labels.of, tags });

/** F2 of each image of the test part where certain tags are said of it. */
function eachF2(said) {
  return Array.from({ length: test.length }, (_, image) => {
    const truth = test.labels.of.subarray(image * tags, (image + 1) * tags);
    const right = said(image).filter((tag) => truth[tag] === 1).length;
    const [there, told] = [truth.reduce((sum, one) => sum + one, 0), said(image).length];
    return fBeta({ right, said: told, there }, 2, 1);
  });
}

/** All ways to decide of one net. */
function decisions({ selection: chosen, test: seen }) {
  const from = (thresholds) => (image) =>
    thresholds.flatMap((t, tag) => (seen[image * tags + tag] >= t ? [tag] : []));
  const fixed = (value) => new Array(tags).fill(value);
  const tuned = tuneThresholds(judged(selection, chosen));
  const started = fOfImages(judged(selection, chosen), fixed(0.5));
  return {
    thresholds: tuned,
    onSelection: {
      0.5: started,
      tuned: fOfImages(judged(selection, chosen), tuned),
      crossFit: crossFit(judged(selection, chosen)),
    },
    onTest: {
      all: eachF2(() => classes.map((_, tag) => tag)),
      0.5: eachF2(from(fixed(0.5))),
      0.2: eachF2(from(fixed(0.2))),
      tuned: eachF2(from(tuned)),
      expected: eachF2((image) => expectedFTags(seen.slice(image * tags, (image + 1) * tags))),
    },
  };
}

const average = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean of a number of each image, with its 95 % bootstrap interval over the images. */
function bootstrap(values) {
  const random = new Random({ seed: 1, purpose: "search" });
  const means = Array.from({ length: 1000 }, () =>
    average(values.map(() => values[random.integer(values.length)])),
  ).sort((a, b) => a - b);
  return { mean: average(values), low: means[25], high: means[974] };
}
const difference = (a, b) => bootstrap(a.map((value, at) => value - b[at]));

const each = members.map(decisions);
const together = decisions({ selection: mean("selection"), test: mean("test") });
const membersMean = (way) =>
  together.onTest[way].map((_, at) => average(each.map(({ onTest }) => onTest[way][at])));
const ways = Object.keys(together.onTest);
const results = {
  runs: runs.length,
  members: each.map(({ thresholds, onSelection, onTest }) => ({
    thresholds,
    onSelection,
    onTest: Object.fromEntries(ways.map((way) => [way, average(onTest[way])])),
  })),
  ensemble: {
    thresholds: together.thresholds,
    onSelection: together.onSelection,
    onTest: Object.fromEntries(ways.map((way) => [way, bootstrap(together.onTest[way])])),
  },
  differences: {
    "tuned - 0.5": difference(membersMean("tuned"), membersMean("0.5")),
    "expected - 0.2": difference(membersMean("expected"), membersMean("0.2")),
    "expected - tuned": difference(membersMean("expected"), membersMean("tuned")),
    "ensemble - members, tuned": difference(together.onTest.tuned, membersMean("tuned")),
  },
};
writeFileSync(out, `${JSON.stringify(results, undefined, 2)}\n`);
const shown = ({ mean: middle, low, high }) =>
  `${(100 * middle).toFixed(2)} (${(100 * low).toFixed(2)} to ${(100 * high).toFixed(2)})`;
console.log("| F2 % on the test part | members, mean | together |\n|---|---|---|");
for (const way of ways) {
  console.log(
    `| ${way} | ${shown(bootstrap(membersMean(way)))} | ${shown(bootstrap(together.onTest[way]))} |`,
  );
}
console.log("\n| difference | points |\n|---|---|");
for (const [name, found] of Object.entries(results.differences)) {
  console.log(`| ${name} | ${shown(found)} |`);
}
const below = each.flatMap(({ thresholds }) => thresholds).filter((one) => one < 0.5).length;
console.log(`\n${below} of ${tags * each.length} tuned thresholds lie below 0.5`);
