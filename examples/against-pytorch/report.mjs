// Prints the table of what both sides found:
//
//   node examples/against-pytorch/report.mjs SETS OUT
//
// Means over seeds with 95 % intervals of Student's t, and the difference of the two sides.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { estimate, tQuantile } from "convoynet/study";
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
  { set: "mosaics-resnet18", metric: "f2", scale: 100 },
  { set: "mosaics-resnet18", metric: "map", scale: 100 },
  { set: "membranes", metric: "miou", scale: 100 },
  { set: "membranes", metric: "pixelAccuracy", scale: 100 },
  { set: "cells", metric: "mae", scale: 1 },
  { set: "cells", metric: "r2", scale: 100 },
  { set: "points", metric: "mae", scale: 1 },
  { set: "points", metric: "rmse", scale: 1 },
  { set: "blood", metric: "ap50", scale: 100 },
  { set: "blood", metric: "ap", scale: 100 },
];

const withHalf = (mean, half) => `${mean.toFixed(2)} ± ${half.toFixed(2)}`;

const interval = (values) => {
  const { mean, high } = estimate(values);
  return withHalf(mean, high - mean);
};

/** Seeds of the two sides are different random numbers, so they are not paired: Student's t with a common variance. */
const difference = (a, b) => {
  const freedom = a.length + b.length - 2;
  const [own, twin] = [a, b].map((values) => estimate(values).mean);
  const squares = (values, mean) => values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const variance = (squares(a, own) + squares(b, twin)) / freedom;
  const error = Math.sqrt(variance * (1 / a.length + 1 / b.length));
  return withHalf(own - twin, tQuantile(freedom) * error);
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
const constant = estimate([...cells.get("train_values").data]).mean;
const errors = [...cells.get("test_values").data].map((value) => Math.abs(value - constant));
console.log(`\ncells, mae of a constant: ${estimate(errors).mean.toFixed(2)}`);
