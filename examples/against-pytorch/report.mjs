// Prints the table of what both sides found:
//
//   node examples/against-pytorch/report.mjs SETS OUT
//
// Means over seeds with 95 % intervals of the mean (t distribution), and the difference of the two sides.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readNpz } from "convoynet/tensor";

const [sets, out] = process.argv.slice(2);
if (!out) {
  console.error("usage: node examples/against-pytorch/report.mjs SETS OUT");
  process.exit(2);
}

/** What is reported of a set, shares in percent. */
const scores = [
  { set: "mosaics", metric: "f2", scale: 100 },
  { set: "mosaics", metric: "map", scale: 100 },
  { set: "membranes", metric: "miou", scale: 100 },
  { set: "membranes", metric: "pixelAccuracy", scale: 100 },
  { set: "cells", metric: "mae", scale: 1 },
  { set: "cells", metric: "r2", scale: 100 },
];

/** Two-sided 95 % quantiles of t, by degrees of freedom. */
const T = { 2: 4.303, 4: 2.776, 5: 2.571, 10: 2.228 };

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const squares = (values) => values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0);

const interval = (values) => {
  const half =
    T[values.length - 1] * Math.sqrt(squares(values) / (values.length - 1) / values.length);
  return `${mean(values).toFixed(2)} ± ${half.toFixed(2)}`;
};

/** Seeds of the two sides are different random numbers, so they are not paired. */
const difference = (a, b) => {
  const freedom = a.length + b.length - 2;
  const variance = (squares(a) + squares(b)) / freedom;
  const half = T[freedom] * Math.sqrt(variance * (1 / a.length + 1 / b.length));
  return `${(mean(a) - mean(b)).toFixed(2)} ± ${half.toFixed(2)}`;
};

function testsOf(side, set) {
  const path = join(out, `${side}-${set}.json`);
  if (!existsSync(path)) return undefined;
  return JSON.parse(readFileSync(path, "utf8")).map(({ test }) => test);
}

console.log("| set | metric | Convoy | PyTorch | difference |\n|---|---|---|---|---|");
for (const { set, metric, scale } of scores) {
  const [own, twin] = ["convoy", "pytorch"].map((side) =>
    testsOf(side, set)?.map((test) => scale * test[metric]),
  );
  if (own && twin) {
    console.log(
      `| ${set} | ${metric} | ${interval(own)} | ${interval(twin)} | ${difference(own, twin)} |`,
    );
  }
}

/** What always saying the mean of the training images comes to. */
const cells = readNpz(readFileSync(join(sets, "cells.npz")));
const constant = mean([...cells.get("train_values").data]);
const errors = [...cells.get("test_values").data].map((value) => Math.abs(value - constant));
console.log(`\ncells, mae of a constant: ${mean(errors).toFixed(2)}`);
