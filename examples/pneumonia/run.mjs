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

const [archive, out, seeds = "1,2,3"] = process.argv.slice(2);
if (!out) {
  console.error("usage: node examples/pneumonia/run.mjs ARCHIVE OUT [SEEDS]");
  process.exit(2);
}
const settings = {
  ...{ data: archive, model: "resnet20", augment: "crop,flip", epochs: 12, score: "auc" },
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

mkdirSync(out, { recursive: true });
const found = [];
for (const seed of seeds.split(",").map(Number)) {
  const run = join(out, `seed-${seed}`);
  const resume = existsSync(join(run, "config.json"));
  const given = resume ? { out: run } : { ...settings, seed, out: run };
  const summary = await train(given, { resume });
  const net = await openTrained(run);
  const [chosen, seen] = [await probabilitiesOf(net, selection), await probabilitiesOf(net, test)];
  await net.close();
  let threshold = 0.5;
  for (let candidate = 0.01; candidate < 1; candidate += 0.01) {
    const better =
      at(candidate, chosen, selection.labels).balancedAccuracy >
      at(threshold, chosen, selection.labels).balancedAccuracy;
    if (better) threshold = candidate;
  }
  const { accuracy, auc } = summary.test;
  found.push({ seed, accuracy, auc, threshold, ...at(threshold, seen, test.labels) });
  console.log(JSON.stringify(found.at(-1)));
}
writeFileSync(join(out, "results.json"), `${JSON.stringify({ settings, found }, undefined, 2)}\n`);

/** Mean and half of the 95 % interval of Student's t over the seeds. */
const interval = (name) => {
  const { mean, high } = estimate(found.map((one) => one[name]));
  return `${mean.toFixed(3)} ± ${(high - mean).toFixed(3)}`;
};
console.log("| accuracy | AUC | sensitivity | specificity |\n|---|---|---|---|");
console.log(`| ${["accuracy", "auc", "sensitivity", "specificity"].map(interval).join(" | ")} |`);
