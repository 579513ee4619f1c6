// The results of run.mjs as tables.
//
//   node examples/smaller/report.mjs RESULTS.json

import { readFileSync } from "node:fs";
import { estimate } from "convoynet/study";

const [file] = process.argv.slice(2);
if (!file) {
  console.error("usage: node examples/smaller/report.mjs RESULTS.json");
  process.exit(2);
}
const found = JSON.parse(readFileSync(file, "utf8"));
const names = (of) => [...new Set(found.map((row) => row[of]))];
const percent = (values) => values.map((value) => (100 * value).toFixed(2)).join(", ");

/** Accuracies by seed. */
const seedsOf = (model, way) =>
  new Map(
    found
      .filter((row) => row.model === model && row.way === way)
      .map(({ seed, accuracy }) => [seed, accuracy]),
  );

/** Points by which one way is ahead of another, with the interval over the seeds that both have. */
function lead(model, way, other) {
  const [ours, theirs] = [seedsOf(model, way), seedsOf(model, other)];
  const both = [...ours.keys()].filter((seed) => theirs.has(seed));
  if (both.length < 2) return "";
  const { mean, low, high } = estimate(
    both.map((seed) => 100 * (ours.get(seed) - theirs.get(seed))),
  );
  const told = (value) => `${value < 0 ? "" : "+"}${value.toFixed(2)}`;
  return `${told(mean)} (${told(low)} to ${told(high)})`;
}

/** What a way is held against. */
const beside = {
  int8: "whole",
  "trained on": "whole",
  "trained on in 8 bits, int8": "whole",
  "half the channels, trained on": "the same from scratch",
};
console.log("| net | | test accuracy by seed, % | less | |\n|---|---|---|---|---|");
for (const model of names("model")) {
  for (const way of names("way")) {
    const values = [...seedsOf(model, way).values()];
    if (values.length === 0) continue;
    const other = beside[way];
    const less = other ? lead(model, way, other) : "";
    console.log(`| ${model} | ${way} | ${percent(values)} | ${other ?? ""} | ${less} |`);
  }
}
