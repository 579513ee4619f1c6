// Three ways to take channels out of a trained net, after as much training: the same share of every layer (Li et al. 2017); as many of
// each layer as its loss bears (greedy trying), at the same multiply-adds; and gates that a penalty shuts while the net learns on
// (Louizos et al. 2018), beside the same share of every layer at as many parameters. Ctrl-C stops; the same command goes on.
//
//   node examples/pruning/run.mjs DATA MODEL [OUT] [SEEDS]

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compressPruned, openTrained, train } from "convoynet";
import { getPruner } from "convoynet/compress";
import { graphMacs } from "convoynet/graph";
import { initialise, netOf } from "convoynet/nn";

const [data, model, out = "runs/pruning", seeds = "1,2,3"] = process.argv.slice(2);
const [BEFORE, AFTER] = [20, 10];
const [shares, costs] = [
  [0.5, 0.75],
  [3, 10],
];
const settings = { data, model, train: 4000, threads: 1 };

const summary = (run) => join(run, "summary.json");
const scoreOf = (run) => JSON.parse(readFileSync(summary(run), "utf8")).test.accuracy;

/** Makes a run that is not there yet; what was left of one that was stopped is made anew. */
async function made(run, make) {
  if (existsSync(summary(run))) return run;
  rmSync(run, { recursive: true, force: true });
  await make(run);
  return run;
}

/** Multiply-adds and parameters of a run's net as it is in use, and its accuracy on the test images. */
async function sizeOf(run) {
  const net = await openTrained(run, { threads: 1 });
  const { graph, layout } = netOf(net.model, 1, { training: false });
  await net.close();
  return { macs: graphMacs(graph), parameters: layout.trainable };
}

/** The share of every layer's channels without which a run's net has as many parameters as asked for, or about so. */
async function shareFor(run, parameters) {
  const opened = await openTrained(run, { threads: 1 });
  const net = netOf(opened.model, 1, { training: false });
  await opened.close();
  const whole = { net, w: initialise(net, 1) };
  const far = (share) =>
    Math.abs(getPruner("filters").prune(whole, share).small.net.layout.trainable - parameters);
  const all = Array.from({ length: 127 }, (_, at) => (at + 1) / 128);
  return all.reduce((best, share) => (far(share) < far(best) ? share : best));
}

const rows = [];
const file = join(out, "results.json");
const tell = async (seed, way, asked, run) => {
  rows.push({ seed, way, asked, ...(await sizeOf(run)), accuracy: scoreOf(run) });
  writeFileSync(file, `${JSON.stringify(rows, undefined, 2)}\n`);
};

for (const seed of seeds.split(",").map(Number)) {
  const place = (name) => join(out, `${seed}-${name}`);
  const whole = await made(place("whole"), (to) =>
    train({ ...settings, epochs: BEFORE, seed, out: to }),
  );
  await tell(seed, "whole", "", whole);
  const on = { ...settings, pretrained: whole, epochs: AFTER, seed };
  await tell(seed, "trained on", "", await made(place("on"), (to) => train({ ...on, out: to })));
  const pruned = (name, options) =>
    made(place(name), (to) =>
      compressPruned(whole, { by: "filters", epochs: AFTER, threads: 1, ...options, out: to }),
    );
  const { macs: all } = await sizeOf(whole);
  for (const share of shares) {
    const uniform = await pruned(`filters-${share}`, { share });
    await tell(seed, "filters", `filters=${share}`, uniform);
    const macs = (await sizeOf(uniform)).macs / all;
    const greedy = await pruned(`auto-${share}`, { macs });
    await tell(seed, "auto", `filters=${share}`, greedy);
  }
  for (const cost of costs) {
    const gated = await made(place(`gates-${cost}`), (to) =>
      train({ ...on, prune: `l0=${cost}`, out: to }),
    );
    const shut = place(`l0-${cost}`);
    rmSync(shut, { recursive: true, force: true });
    await compressPruned(gated, { by: "l0", threads: 1, out: shut });
    const size = await sizeOf(shut);
    rows.push({ seed, way: "l0", asked: `l0=${cost}`, ...size, accuracy: scoreOf(gated) });
    const share = await shareFor(whole, size.parameters);
    const uniform = await pruned(`filters-as-${cost}`, { share });
    await tell(seed, "filters", `l0=${cost}`, uniform);
  }
}

const percent = (values) => values.map((value) => (100 * value).toFixed(1)).join(", ");
console.log("| | multiply-adds left, % | parameters left, % | accuracy, % |\n|---|---|---|---|");
for (const asked of [...new Set(rows.map((row) => row.asked))]) {
  for (const way of [...new Set(rows.map((row) => row.way))]) {
    const own = rows.filter((row) => row.asked === asked && row.way === way);
    if (own.length === 0) continue;
    const share = (name) =>
      percent(own.map((row) => row[name] / rows.find((one) => one.seed === row.seed)[name]));
    const accuracy = percent(own.map((row) => row.accuracy));
    console.log(
      `| ${way}${asked && `, as \`${asked}\``} | ${share("macs")} | ${share("parameters")} | ${accuracy} |`,
    );
  }
}
