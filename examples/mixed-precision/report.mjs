// Tables of what run.mjs found.
//
//   node examples/mixed-precision/report.mjs RESULTS.json

import { readFileSync } from "node:fs";
import { rankCorrelation } from "convoynet/tensor";

const found = JSON.parse(readFileSync(process.argv[2], "utf8"));
const seeds = [1, 2, 3].filter((seed) => found[`${seed} untrained`]);
const sizes = Object.keys(found[`${seeds[0]} untrained`].sizes);

const percent = (share) => (100 * share).toFixed(1);
const mean = (numbers) => numbers.reduce((a, b) => a + b, 0) / numbers.length;
const list = (numbers, text) => numbers.map(text).join(", ");
const line = (...cells) => console.log(`| ${cells.join(" | ")} |`);

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

console.log(
  "f32:",
  list(seeds, (seed) => percent(found[`${seed} untrained`].f32.accuracy)),
);

console.log("\nbefore training, by seed");
line("bits", "", "accuracy, %", "rise of the loss", "rank correlation of 20 random");
for (const size of sizes) {
  const all = seeds.map((seed) => {
    const { f32, sizes: tried } = found[`${seed} untrained`];
    const { hawq, uniform, ...others } = tried[size];
    const random = Object.values(others);
    const rise = ({ loss }) => loss - f32.loss;
    const order = rankCorrelation(
      random.map(({ omega }) => omega),
      random.map(rise),
    );
    return {
      hawq: [hawq.accuracy, rise(hawq)],
      uniform: [uniform.accuracy, rise(uniform)],
      "random, median": [median(random.map((one) => one.accuracy)), median(random.map(rise))],
      "random, best": [
        Math.max(...random.map((one) => one.accuracy)),
        Math.min(...random.map(rise)),
      ],
      order,
    };
  });
  for (const name of ["hawq", "uniform", "random, median", "random, best"]) {
    const own = all.map((one) => one[name]);
    line(
      ...[size, name, list(own, ([accuracy]) => percent(accuracy))],
      list(own, ([, rise]) => rise.toPrecision(2)),
      name === "hawq" ? list(all, ({ order }) => order.toFixed(2)) : "",
    );
  }
}

console.log("\nafter training");
line("bits", "", "seeds", "accuracy before", "accuracy after", "mean", "loss after", "seconds");
const keys = [
  ...new Set(
    Object.keys(found)
      .filter((key) => !key.endsWith("untrained"))
      .map((key) => key.slice(2)),
  ),
];
for (const key of keys.sort()) {
  const own = seeds.filter((seed) => found[`${seed} ${key}`]);
  const runs = own.map((seed) => found[`${seed} ${key}`]);
  const [size, name] = key.split(" ");
  line(
    ...[size, name, own.join(", ")],
    list(runs, ({ quantised }) => percent(quantised.accuracy)),
    list(runs, ({ after }) => percent(after.accuracy)),
    percent(mean(runs.map(({ after }) => after.accuracy))),
    list(runs, ({ after }) => after.loss.toFixed(3)),
    list(runs, ({ seconds }) => seconds.toFixed(0)),
  );
}
