// Table and image of what run.mjs and time.mjs found.
//
//   node examples/fronts/report.mjs RESULTS.json IMAGE.svg

import { readFileSync, writeFileSync } from "node:fs";
import { scatterCharts } from "../../dist/charts/scatterChart.js";

const [file, image] = process.argv.slice(2);
const found = JSON.parse(readFileSync(file, "utf8"));
const nets = [...new Set(found.map(({ model }) => model))];

/** What each row costs, by name. */
const costs = {
  "KB on disk": ({ bytes }) => bytes / 1024,
  "ms for an image": ({ ms }) => ms[1],
  "ms for an image of 64": ({ ms }) => ms[64],
};

/** Whether no other row of the net is as accurate and cheaper, or as cheap and more accurate. */
const isBest = (row, rows, cost) =>
  !rows.some(
    (other) =>
      other.accuracy >= row.accuracy &&
      cost(other) <= cost(row) &&
      (other.accuracy > row.accuracy || cost(other) < cost(row)),
  );

console.log(`| net | | accuracy, % | ${Object.keys(costs).join(" | ")} |`);
console.log("|---|---|---|---|---|---|");
const charts = [];
for (const net of nets) {
  const rows = found.filter(({ model, ms }) => model === net && ms);
  for (const row of rows) {
    const cells = Object.values(costs).map((cost) => {
      const text = `${Number(cost(row).toPrecision(3))}`;
      return isBest(row, rows, cost) ? `**${text}**` : text;
    });
    console.log(
      `| ${net} | ${row.way} | ${(100 * row.accuracy).toFixed(1)} | ${cells.join(" | ")} |`,
    );
  }
  for (const name of Object.keys(costs).slice(0, 2)) {
    const cost = costs[name];
    const points = rows.map((row) => ({
      ...{ name: row.way, x: cost(row), y: 100 * row.accuracy },
      marked: isBest(row, rows, cost),
    }));
    charts.push({ title: `${net}: accuracy, %`, xLabel: name, points });
  }
}
writeFileSync(image, scatterCharts("What is lost, by what it costs", charts));
