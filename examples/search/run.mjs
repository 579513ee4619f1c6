// Every sampler on published functions, and on tables of trained nets beside Optuna.
//
//   node examples/search/run.mjs RESULTS.json [TABLES PEER.json]
//
// TABLES and PEER.json are written by optuna_peer.py. What is over is kept; the same command goes on.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSearch, parseSpace, runSearch, testFunctions } from "convoynet/search";
import { estimate } from "convoynet/study";

const [TRIALS, SEEDS] = [100, 20];
const [out, tables, peer] = process.argv.slice(2);
const SAMPLERS = ["random", "halton", "tpe", "cmaes", "evolution", "swarm", "nsga2"];

/** A table as a function: whole numbers where its values have an order, else a choice. */
function ofTable(file) {
  const { name, sizes, ordered, error } = JSON.parse(readFileSync(file, "utf8"));
  const domain = (size) =>
    ordered ? `int:0:${size - 1}` : Array.from({ length: size }, (_, at) => at).join("|");
  return {
    name,
    space: parseSpace(sizes.map((size, at) => `p${at}=${domain(size)}`).join(",")),
    least: Math.min(...error),
    of: (settings) =>
      error[sizes.reduce((at, size, digit) => at * size + settings[`p${digit}`], 0)],
  };
}

const tasks = [
  ...testFunctions,
  ...(tables
    ? readdirSync(tables)
        .sort()
        .map((file) => ofTable(join(tables, file)))
    : []),
];
const found = existsSync(out) ? JSON.parse(readFileSync(out, "utf8")) : {};

for (const { name, space, least, of } of tasks) {
  found[name] ??= { least };
  for (const sampler of SAMPLERS) {
    if (found[name][sampler]) continue;
    const best = [];
    for (let seed = 0; seed < SEEDS; seed++) {
      const search = createSearch({ space, sampler, seed, trials: TRIALS });
      const told = await runSearch(search, async ({ settings }) => of(settings));
      best.push(Math.min(...told.map(({ losses }) => losses[0])));
    }
    found[name][sampler] = best;
    writeFileSync(out, `${JSON.stringify(found)}\n`);
  }
}

const optuna = peer ? JSON.parse(readFileSync(peer, "utf8")).best : {};
const shown = ({ mean, low, high }) =>
  `${[mean, low, high].map((value) => value.toPrecision(3)).join(" ")}`;
for (const { name, least } of tasks) {
  const rows = {
    ...found[name],
    ...Object.fromEntries(
      Object.entries(optuna[name] ?? {}).map(([sampler, best]) => [`optuna ${sampler}`, best]),
    ),
  };
  for (const [sampler, best] of Object.entries(rows)) {
    if (sampler === "least") continue;
    const regret = estimate(best.map((value) => value - least));
    // By seed; of heavy tails the logarithm.
    const gain = estimate(best.map((value, seed) => found[name].random[seed] - value));
    const wins = best.filter((value, seed) => value < found[name].random[seed]).length;
    console.log(
      name.padEnd(22),
      sampler.padEnd(14),
      shown(regret),
      "| random less",
      shown(gain),
      `| ${wins}`,
    );
  }
}
