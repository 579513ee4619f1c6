// Pneumonia on chest X-rays of 28x28: three trainings, and for each the threshold that the validation part chooses; the
// test part is looked at once a seed.
//
//   node examples/pneumonia/run.mjs ARCHIVE OUT [SEEDS]
//
// ARCHIVE: pneumoniamnist.npz of MedMNIST. OUT: a folder for the runs; the same command goes on where it was stopped.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openDataset, openTrained, train } from "convoynet";
import { estimate } from "convoynet/study";
import { areaUnderCurve } from "convoynet/tasks";

const [archive, out, seeds = "1,2,3"] = process.argv.slice(2);
if (!out) {
  console.error("usage: node examples/pneumonia/run.mjs ARCHIVE OUT [SEEDS]");
  process.exit(2);
}
const settings = {
  ...{ data: archive, model: "resnet20", augment: "crop,flip", epochs: 12, score: "auc" },
  // The training part has three with pneumonia for each without.
  classWeights: "balanced",
};
const { selection, test } = await openDataset(archive);
const ILL = 1;

/** Share of the ill that are found, and of the healthy that are left alone, from a probability on. */
function at(threshold, probabilities, labels) {
  const share = (kind, said) => {
    const own = probabilities.filter((_, image) => labels.of[image] === kind);
    return own.filter(said).length / own.length;
  };
  const sensitivity = share(ILL, (p) => p >= threshold);
  const specificity = share(1 - ILL, (p) => p < threshold);
  return { sensitivity, specificity, balancedAccuracy: (sensitivity + specificity) / 2 };
}

/** The probability of pneumonia of each image. */
async function probabilitiesOf(net, dataset) {
  const name = net.info.names[ILL];
  const found = await net.predict(dataset);
  return found.map(({ classes }) => classes.find((one) => one.class === name).probability);
}

/** The probability from which the part to choose by is told best: with the largest balanced accuracy. */
function thresholdOf(probabilities, labels) {
  const grid = Array.from({ length: 99 }, (_, k) => (k + 1) / 100);
  const scores = grid.map((each) => at(each, probabilities, labels).balancedAccuracy);
  return grid[scores.indexOf(Math.max(...scores))];
}

/** What a part to choose by and a part to test with say of probabilities. */
function judge(chosen, seen) {
  const threshold = thresholdOf(chosen, selection.labels);
  const accuracyFrom = (from) =>
    average(seen.map((p, image) => Number((p >= from ? ILL : 1 - ILL) === test.labels.of[image])));
  return {
    accuracy: accuracyFrom(0.5),
    accuracyAtThreshold: accuracyFrom(threshold),
    auc: areaUnderCurve(seen, [...test.labels.of]),
    threshold,
    ...at(threshold, seen, test.labels),
  };
}

const average = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

mkdirSync(out, { recursive: true });
const found = [];
const parts = { chosen: [], seen: [] };
for (const seed of seeds.split(",").map(Number)) {
  const run = join(out, `seed-${seed}`);
  const resume = existsSync(join(run, "config.json"));
  await train(resume ? { out: run } : { ...settings, seed, out: run }, { resume });
  const net = await openTrained(run);
  parts.chosen.push(await probabilitiesOf(net, selection));
  parts.seen.push(await probabilitiesOf(net, test));
  await net.close();
  found.push({ seed, ...judge(parts.chosen.at(-1), parts.seen.at(-1)) });
  console.log(JSON.stringify(found.at(-1)));
}
const mean = (all) => all[0].map((_, image) => average(all.map((one) => one[image])));
const together = judge(mean(parts.chosen), mean(parts.seen));
const results = { settings: { ...settings, data: "pneumoniamnist" }, found, together };
writeFileSync(join(out, "results.json"), `${JSON.stringify(results, undefined, 2)}\n`);

/** Mean and half of the 95 % interval of Student's t over the seeds. */
const interval = (name) => {
  const { mean: middle, high } = estimate(found.map((one) => one[name]));
  return `${middle.toFixed(3)} ± ${(high - middle).toFixed(3)}`;
};
const names = ["accuracy", "accuracyAtThreshold", "auc", "sensitivity", "specificity"];
console.log(
  "| | accuracy at 0.5 | at the threshold | AUC | sensitivity | specificity |\n|---|---|---|---|---|---|",
);
console.log(`| one net | ${names.map(interval).join(" | ")} |`);
console.log(`| three together | ${names.map((name) => together[name].toFixed(3)).join(" | ")} |`);
