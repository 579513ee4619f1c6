// What stopping early saves in trainings: LeNet-5 on 2,000 images of MNIST, settings searched at random in full, and by
// ASHA over as many settings and over twice as many. What is over is kept; the same command goes on.
//
//   node examples/studies/early.mjs OUT [DATA]

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { train } from "convoynet";
import { estimate, tuneSettings } from "convoynet/study";

const [out, data = "mnist"] = process.argv.slice(2);
if (!out) {
  console.error("usage: node examples/studies/early.mjs OUT [DATA]");
  process.exit(2);
}
const [EPOCHS, TRIALS] = [9, 30];
const SEEDS = [1, 2, 3];
const space =
  "lr=log:1e-4:1,decay=log:1e-6:0.1,batch=16|32|64|128,hyper.momentum=float:0:0.99,labelSmoothing=float:0:0.3";
const fixed = { data, model: "lenet5", train: 2000, selection: 0.3, epochs: EPOCHS, threads: 1 };
const searches = {
  full: { sampler: "random", trials: TRIALS },
  asha: { sampler: "asha", trials: TRIALS },
  "asha twice": { sampler: "asha", trials: 2 * TRIALS },
};

/** A study, and a training by what it found, tested. */
async function search(name, seed) {
  const folder = join(out, `${name.replace(" ", "-")}-${seed}`);
  const file = `${folder}.json`;
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
  const settings = { ...fixed, seed };
  const { report } = await tuneSettings({ settings, space, ...searches[name] }, { out: folder });
  const tested = `${folder}-best`;
  const { test } = await train(
    { ...report.bestSettings, out: tested },
    { resume: existsSync(join(tested, "config.json")) },
  );
  const { epochs, best } = report;
  const found = { epochs, score: best.values.accuracy, test: test.accuracy };
  writeFileSync(file, `${JSON.stringify(found)}\n`);
  return found;
}

const found = {};
for (const seed of SEEDS) {
  for (const name of Object.keys(searches)) (found[name] ??= []).push(await search(name, seed));
}

const shown = (values, digits, factor = 1) => {
  const { mean, low, high } = estimate(values.map((value) => factor * value));
  return `${mean.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
};
const of = (name, what) => found[name].map((one) => one[what]);
const less = (name, what) => of(name, what).map((value, at) => value - of("full", what)[at]);
for (const [name, { trials }] of Object.entries(searches)) {
  const share = of(name, "epochs").map((epochs, at) => epochs / of("full", "epochs")[at]);
  const cells = [
    ...[name, trials, shown(of(name, "epochs"), 0), shown(share, 1, 100)],
    ...[shown(of(name, "score"), 2, 100), shown(less(name, "score"), 2, 100)],
    ...[shown(of(name, "test"), 2, 100), shown(less(name, "test"), 2, 100)],
  ];
  console.log(`| ${cells.join(" | ")} |`);
}
