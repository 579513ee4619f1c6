// Evolution against random search of as many trials, from studies of `convoy tune architecture`; and the nets that the random ones
// trained, for proxies.mjs. What a study found is the net that its selection images chose, told by its test images.
//
//   node examples/architecture/studies.mjs STUDIES NETS.json
//
// STUDIES is a folder with random-1, evolution-1, random-2 and so on.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { estimate } from "convoynet/study";

const [folder, out] = process.argv.slice(2);
if (!out) {
  console.error("usage: node examples/architecture/studies.mjs STUDIES NETS.json");
  process.exit(2);
}
const readJson = (...path) => JSON.parse(readFileSync(join(...path), "utf8"));

/** Trials of a study in their order: net, accuracy on selection and on test images. */
function trialsOf(study) {
  const { trials } = readJson(study, "trials.json");
  return trials.map(({ run, values }) => {
    const { test, best } = readJson(study, run, "summary.json");
    const { settings } = readJson(study, run, "config.json");
    return {
      model: settings.model,
      selection: best.score,
      test: test.accuracy,
      macs: values.macs,
    };
  });
}

const bestOf = (trials) => trials.reduce((a, b) => (b.selection > a.selection ? b : a));

const found = {};
const nets = {};
for (const name of readdirSync(folder).sort()) {
  const [method, seed] = name.split("-");
  const trials = trialsOf(join(folder, name));
  (found[method] ??= {})[seed] = { ...bestOf(trials), trials: trials.length };
  if (method === "random") for (const { model, test } of trials) nets[model] = test;
}
writeFileSync(out, `${JSON.stringify(nets)}\n`);

console.log(
  "| method | seed | trials | net | MACs, M | selection, % | test, % |\n|---|---|---|---|---|---|---|",
);
for (const [method, seeds] of Object.entries(found)) {
  for (const [seed, { model, macs, selection, test, trials }] of Object.entries(seeds)) {
    const [chosen, tested] = [selection, test].map((value) => (100 * value).toFixed(1));
    console.log(
      `| ${method} | ${seed} | ${trials} | \`${model}\` | ${(macs / 1e6).toFixed(1)} | ${chosen} | ${tested} |`,
    );
  }
}
const { random, evolution } = found;
const both = Object.keys(evolution ?? {}).filter((seed) => random?.[seed]);
if (both.length > 1) {
  const { mean, low, high } = estimate(
    both.map((seed) => evolution[seed].test - random[seed].test),
  );
  const [points, from, to] = [mean, low, high].map((value) => (100 * value).toFixed(1));
  console.log(`\nevolution less random, test: ${points} points (${from} to ${to})`);
}
