// A swarm against one net whose rate was tuned over as many runs: of each seed's runs at several rates the one with the best
// selection score counts. Reads what `convoy compare` left.
//
//   node examples/cooperative/tuned.mjs COMPARISON SWARM METHOD,METHOD,...
//
// COMPARISON: its folder. SWARM: the folder of the swarm's runs in it. METHODs: those of one net.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { estimate } from "convoynet/study";

const [comparison, swarm, methods] = process.argv.slice(2);
if (!methods) {
  console.error("usage: node examples/cooperative/tuned.mjs COMPARISON SWARM METHOD,METHOD,...");
  process.exit(2);
}
const runs = (method) => join(comparison, "gradients", method);
const summaryOf = (method, seed) =>
  JSON.parse(readFileSync(join(runs(method), seed, "summary.json"), "utf8"));

const rows = readdirSync(runs(swarm)).map((seed) => {
  const tried = methods.split(",").map((method) => ({ method, ...summaryOf(method, seed) }));
  const best = tried.reduce((a, b) => (b.best.score > a.best.score ? b : a));
  const { metric } = best.score;
  return {
    seed,
    chosen: best.method,
    one: best.test[metric],
    many: summaryOf(swarm, seed).test[metric],
  };
});
const percent = ({ mean, low, high }) =>
  `${[mean, low, high].map((share) => (100 * share).toFixed(1)).join(", ")}`;

console.log(rows.map(({ seed, chosen }) => `seed ${seed}: ${chosen}`).join("\n"));
console.log("mean, low, high of 95 %");
console.log("one tuned net", percent(estimate(rows.map(({ one }) => one))));
console.log("swarm", percent(estimate(rows.map(({ many }) => many))));
console.log("swarm less it", percent(estimate(rows.map(({ one, many }) => many - one))));
const count = (sign) => rows.filter(({ one, many }) => Math.sign(many - one) === sign).length;
console.log(`won ${count(1)}, tied ${count(0)}, lost ${count(-1)}`);
