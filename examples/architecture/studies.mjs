// Evolution against random search of as many trials, from studies of `convoy tune architecture`; and the nets that the random ones
// trained, for proxies.mjs. Selection images choose the net of a study; it is trained anew, for longer, and told by test images. Ctrl-C
// stops; the same command goes on.
//
//   node examples/architecture/studies.mjs STUDIES NETS.json FOUND [EPOCHS]
//
// STUDIES is a folder with random-1, evolution-1, random-2 and so on; FOUND is for the runs of the nets that were found.

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { train } from "convoynet";
import { estimate } from "convoynet/study";

const [folder, out, runs, epochs = "20"] = process.argv.slice(2);
if (!runs) {
  console.error("usage: node examples/architecture/studies.mjs STUDIES NETS.json FOUND [EPOCHS]");
  process.exit(2);
}
const readJson = (...path) => JSON.parse(readFileSync(join(...path), "utf8"));

/** Trials of a study in their order: net, accuracy on selection images, work. */
const trialsOf = (study) =>
  readJson(study, "trials.json").trials.map(({ run, values }) => ({
    ...{ model: readJson(study, run, "config.json").settings.model },
    ...{ selection: values.accuracy, macs: values.macs },
  }));

const bestOf = (trials) => trials.reduce((a, b) => (b.selection > a.selection ? b : a));

/** Test accuracy of the net of a study, trained anew. */
async function tested(name) {
  const run = join(runs, name);
  const summary = join(run, "summary.json");
  if (existsSync(summary)) return readJson(summary).test.accuracy;
  rmSync(run, { recursive: true, force: true });
  const { score: _, ...settings } = readJson(folder, name, "best.json");
  const { test } = await train({ ...settings, epochs: Number(epochs), out: run });
  return test.accuracy;
}

const found = {};
const nets = {};
for (const name of readdirSync(folder).sort()) {
  const [method, seed] = name.split("-");
  const trials = trialsOf(join(folder, name));
  const test = await tested(name);
  (found[method] ??= {})[seed] = { ...bestOf(trials), trials: trials.length, test };
  if (method === "random") for (const { model, selection } of trials) nets[model] = selection;
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
