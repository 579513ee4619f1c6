// What a swarm hands on: one net of as many gradients, the swarm's soup, its ensemble, and one net that the ensemble
// taught. Differences are to the one net, paired by seed.
//
//   node examples/cooperative/distilled.mjs OUT SETTINGS [SEEDS] [EPOCHS]
//
// SETTINGS of all runs as JSON, such as '{ "data": "mnist", "train": 2000 }'. The same command goes on where it was stopped.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { train } from "convoynet";
import { estimate } from "convoynet/study";

const [out, text, seeds = "1,2,3,4,5,6,7,8", passes = "40"] = process.argv.slice(2);
if (!text) {
  console.error("usage: node examples/cooperative/distilled.mjs OUT SETTINGS [SEEDS] [EPOCHS]");
  process.exit(2);
}
const settings = JSON.parse(text);
const PARTICLES = 4;
const epochs = Number(passes);
const swarm = { swarm: "pso", particles: PARTICLES, epochs: epochs / PARTICLES };
const ways = {
  "one net": () => ({ epochs }),
  soup: () => swarm,
  ensemble: () => ({ ...swarm, deploy: "ensemble" }),
  "taught net": (seed) => ({ epochs, teacher: folderOf("ensemble", seed) }),
};
const folderOf = (way, seed) => join(out, `${way.replaceAll(" ", "-")}-${seed}`);

/** Test score of a run, which is begun, gone on with, or read. */
async function scoreOf(way, seed) {
  const run = folderOf(way, seed);
  const summary = join(run, "summary.json");
  const resume = existsSync(join(run, "config.json"));
  const given = resume ? { out: run } : { ...settings, ...ways[way](seed), seed, out: run };
  const { score, test } = existsSync(summary)
    ? JSON.parse(readFileSync(summary, "utf8"))
    : await train(given, { resume });
  return test[score.metric];
}

const percent = ({ mean, low, high }) =>
  `${(100 * mean).toFixed(1)} (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`;

const scores = {};
for (const seed of seeds.split(",").map(Number)) {
  for (const way of Object.keys(ways)) {
    scores[way] ??= [];
    scores[way].push(await scoreOf(way, seed));
  }
}
console.log("| way | test, % | less one net | won/tied/lost |");
console.log("|---|---|---|---|");
for (const [way, own] of Object.entries(scores)) {
  const less = own.map((score, at) => score - scores["one net"][at]);
  const count = (sign) => less.filter((difference) => Math.sign(difference) === sign).length;
  const compared =
    way === "one net" ? " | " : `${percent(estimate(less))} | ${count(1)}/${count(0)}/${count(-1)}`;
  console.log(`| ${way} | ${percent(estimate(own))} | ${compared} |`);
}
