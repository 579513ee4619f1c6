// Scores of untrained cells of NAS-Bench-201 from one batch of CIFAR-10, against the accuracies to which these cells were trained.
// Ctrl-C stops; the same command goes on.
//
//   node examples/architecture/proxies.mjs CELLS.json DATA SCORES.json [CELLS] [BATCH]
//
// CELLS.json is written by cells.py; DATA is cifar10, or a folder with it.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { openDataset } from "convoynet";
import { batchFrom, proxies, ranked, voted, voters } from "convoynet/analysis";
import { createEngine } from "convoynet/engine";
import { createModel } from "convoynet/models";
import { Random, rankCorrelation } from "convoynet/tensor";

const [cells, data, out, most = "500", batch = "32"] = process.argv.slice(2);
const accuracies = JSON.parse(readFileSync(cells, "utf8"));
const names = Object.keys(accuracies).sort();
const order = new Random({ seed: 1, purpose: "search" }).permutation(names.length);
const chosen = Array.from(order.subarray(0, Number(most)), (at) => names[at]);

const scores = existsSync(out) ? JSON.parse(readFileSync(out, "utf8")) : {};
const input = { channels: 3, height: 32, width: 32, outputs: 10 };
const left = chosen.filter((name) => !scores[name]);
if (left.length > 0) {
  const engine = await createEngine({ threads: 1 });
  const { train } = await openDataset(data);
  const some = batchFrom(train, { batch: Number(batch), seed: 1 });
  for (const name of left) {
    const net = { model: createModel(name, input), engine, seed: 1, ...some };
    const found = {};
    for (const { name: proxy, score } of proxies) found[proxy] = await score(net);
    scores[name] = found;
    writeFileSync(out, `${JSON.stringify(scores)}\n`);
  }
  await engine.close();
}

/** Spearman's correlation with the accuracies, and the middle 95 % of those of cells drawn with replacement. */
function row(proxy, values, RESAMPLES = 1000) {
  const truth = chosen.map((name) => accuracies[name]);
  const random = new Random({ seed: 1, purpose: "search" }, 1);
  const resampled = Array.from({ length: RESAMPLES }, () => {
    const at = truth.map(() => random.integer(truth.length));
    return rankCorrelation(...[values, truth].map((list) => at.map((one) => list[one])));
  }).sort((a, b) => a - b);
  const [low, high] = [0.025, 0.975].map((share) => resampled[Math.floor(share * RESAMPLES)]);
  return { proxy, spearman: rankCorrelation(values, truth), low, high };
}

// What is no number is null in JSON: it comes last.
const of = (proxy) => chosen.map((name) => ranked(scores[name][proxy] ?? Number.NaN));
const rows = proxies.map(({ name }) => row(name, of(name)));
rows.push(row(`vote of ${voters.join(", ")}`, voted(voters.map(of))));
rows.sort((a, b) => b.spearman - a.spearman);
console.log(`| proxy, ${chosen.length} cells | Spearman | 95 % |\n|---|---|---|`);
for (const { proxy, spearman, low, high } of rows) {
  const [rho, from, to] = [spearman, low, high].map((value) => value.toFixed(3));
  console.log(`| ${proxy} | ${rho} | ${from} to ${to} |`);
}
