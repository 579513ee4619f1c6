// Which of 23 species a fish is, from crops of 32x32: from scratch, by what a net of ImageNet sees, and by teaching that net
// on. Images of one tracked fish stay in one part; the epoch of the best balanced accuracy on the selection part is tested
// once for each seed.
//
//   node examples/fish/species.mjs ARCHIVE WEIGHTS OUT [WAYS] [SEEDS]
//
// ARCHIVE: images, labels, trajectory and test, as fish4knowledge32.npz. WEIGHTS: SqueezeNet 1.1. The same command goes on
// where it was stopped.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { train } from "convoynet";
import { estimate } from "convoynet/study";

const [archive, weights, out, names = "scratch,frozen,fine-tuned,larger", seeds = "1,2,3"] =
  process.argv.slice(2);
if (!out) {
  console.error("usage: node examples/fish/species.mjs ARCHIVE WEIGHTS OUT [WAYS] [SEEDS]");
  process.exit(2);
}
const shared = {
  ...{ data: archive, columns: { groups: "trajectory", split: "test" } },
  // Species are as rare as 14 images.
  ...{ sampling: "balanced", score: "balancedAccuracy" },
};
const ways = {
  scratch: { model: "resnet20", augment: "crop,flip", epochs: 40 },
  frozen: { pretrained: weights, size: 96, freeze: "body", epochs: 60, lr: 0.02 },
  larger: {
    ...{ pretrained: weights, size: 128, augment: "crop,flip", labelSmoothing: 0.1 },
    ...{ batch: 32, epochs: 15, lr: 0.01 },
  },
  "fine-tuned": {
    ...{ pretrained: weights, size: 96, augment: "crop,flip" },
    ...{ batch: 32, epochs: 20, lr: 0.01 },
  },
};

mkdirSync(out, { recursive: true });
const path = join(out, "results.json");
const found = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : [];
for (const way of names.split(",")) {
  for (const seed of seeds.split(",").map(Number)) {
    if (found.some((one) => one.way === way && one.seed === seed)) continue;
    const run = join(out, `${way}-${seed}`);
    const resume = existsSync(join(run, "config.json"));
    const given = resume ? { out: run } : { ...shared, ...ways[way], seed, out: run };
    const { best, test, seconds } = await train(given, { resume });
    found.push({ way, seed, best, test, seconds });
    writeFileSync(path, `${JSON.stringify(found, undefined, 2)}\n`);
  }
}

/** Mean and half of the 95 % interval of Student's t over the seeds, in percent. */
function interval(values) {
  const { mean, high } = estimate(values.map((value) => 100 * value));
  return `${mean.toFixed(1)} ± ${(high - mean).toFixed(1)}`;
}
console.log("| way | balanced accuracy, selection | test | accuracy, test | seconds |");
console.log("|---|---|---|---|---|");
for (const way of names.split(",")) {
  const own = found.filter((one) => one.way === way);
  if (own.length < 2) continue;
  const seconds = own.reduce((sum, one) => sum + one.seconds, 0) / own.length;
  const cells = [
    interval(own.map(({ best }) => best.balancedAccuracy)),
    interval(own.map(({ test }) => test.balancedAccuracy)),
    interval(own.map(({ test }) => test.accuracy)),
  ];
  console.log(`| ${way} | ${cells.join(" | ")} | ${seconds.toFixed(0)} |`);
}
