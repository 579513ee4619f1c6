// Scores of untrained cells of NAS-Bench-201 from one batch of CIFAR-10, against the accuracies to which these cells were trained.
// Ctrl-C ends it after the cell at hand, and tells what is known; the same command goes on.
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

const controller = new AbortController();
const { signal } = controller;
process.once("SIGINT", () => controller.abort());

const [table, data, out, most = "500", batch = "32"] = process.argv.slice(2);
const accuracies = JSON.parse(readFileSync(table, "utf8"));
const names = Object.keys(accuracies).sort();
const order = new Random({ seed: 1, purpose: "search" }).permutation(names.length);
const chosen = Array.from(order.subarray(0, Number(most)), (at) => names[at]);

const input = { channels: 3, height: 32, width: 32, outputs: 10 };
const scores = existsSync(out) ? JSON.parse(readFileSync(out, "utf8")) : {};
const engine = await createEngine({ threads: 1 });
const { train } = await openDataset(data);
const some = batchFrom(train, { batch: Number(batch), seed: 1 });
// Baselines take no time: they come first, for all cells.
const baselines = proxies.filter(({ name }) => ["params", "macs"].includes(name));
for (const asked of [baselines, proxies]) {
  for (const name of chosen) {
    const left = asked.filter((proxy) => scores[name]?.[proxy.name] === undefined);
    if (left.length === 0) continue;
    const net = { model: createModel(name, input), engine, seed: 1, ...some };
    for (const proxy of left) {
      scores[name] = { ...scores[name], [proxy.name]: await proxy.score(net) };
    }
    if (asked !== baselines) writeFileSync(out, `${JSON.stringify(scores)}\n`);
    if (signal.aborted) break;
  }
}
await engine.close();

/** Spearman's correlation with the accuracies, and the middle 95 % of those of cells drawn with replacement. */
function row(proxy, names, values, RESAMPLES = 1000) {
  const truth = names.map((name) => accuracies[name]);
  const random = new Random({ seed: 1, purpose: "search" }, 1);
  const resampled = Array.from({ length: RESAMPLES }, () => {
    const at = truth.map(() => random.integer(truth.length));
    return rankCorrelation(...[values, truth].map((list) => at.map((one) => list[one])));
  })
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const [low, high] = [0.025, 0.975].map(
    (share) => resampled[Math.floor(share * resampled.length)],
  );
  return { proxy, cells: names.length, spearman: rankCorrelation(values, truth), low, high };
}

// What is no number is null in JSON: it comes last.
const of = (proxy, names) => names.map((name) => ranked(scores[name][proxy] ?? Number.NaN));
const whole = chosen.filter((name) => proxies.every((proxy) => proxy.name in (scores[name] ?? {})));
const rows = [
  ...proxies.map(({ name }) => row(name, whole, of(name, whole))),
  row(`vote of ${voters.join(", ")}`, whole, voted(voters.map((name) => of(name, whole)))),
].sort((a, b) => b.spearman - a.spearman);
if (whole.length < chosen.length) {
  rows.push(...baselines.map(({ name }) => row(name, chosen, of(name, chosen))));
}
console.log("| proxy | cells | Spearman | 95 % |\n|---|---|---|---|");
for (const { proxy, cells, spearman, low, high } of rows) {
  const [rho, from, to] = [spearman, low, high].map((value) => value.toFixed(3));
  console.log(`| ${proxy} | ${cells} | ${rho} | ${from} to ${to} |`);
}
