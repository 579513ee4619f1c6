// How tags are best said, once nets have learnt: from which probabilities on, or by the largest expected F2; and whether
// several nets together say it better. Thresholds are chosen on the selection part; the test part is looked at once.
//
//   node examples/mosaics/decide.mjs ARCHIVE OUT RUN [RUN ...]

import { writeFileSync } from "node:fs";
import { openDataset, openTrained } from "convoynet";
import {
  average,
  bootstrap,
  decisions,
  difference,
  meanOf,
  probabilitiesOf,
  shown,
} from "./ways.mjs";

const [archive, out, ...runs] = process.argv.slice(2);
if (runs.length === 0) {
  console.error("usage: node examples/mosaics/decide.mjs ARCHIVE OUT RUN [RUN ...]");
  process.exit(2);
}
const { selection, test } = await openDataset(archive);
const labels = { selection: selection.labels, test: test.labels };

const members = [];
for (const run of runs) {
  const net = await openTrained(run);
  members.push({
    selection: await probabilitiesOf(net, selection),
    test: await probabilitiesOf(net, test),
  });
  await net.close();
}
const mean = (part) => meanOf(members.map((one) => one[part]));
const each = members.map((one) => decisions(labels, one));
const together = decisions(labels, { selection: mean("selection"), test: mean("test") });
const membersMean = (way) => meanOf(each.map(({ onTest }) => onTest[way]));
const ways = Object.keys(together.onTest);
const results = {
  runs: runs.length,
  members: each.map(({ thresholds, onSelection, onTest }) => ({
    thresholds,
    onSelection,
    onTest: Object.fromEntries(ways.map((way) => [way, average(onTest[way])])),
  })),
  ensemble: {
    thresholds: together.thresholds,
    onSelection: together.onSelection,
    onTest: Object.fromEntries(ways.map((way) => [way, bootstrap(together.onTest[way])])),
  },
  differences: {
    "tuned - 0.5": difference(membersMean("tuned"), membersMean("0.5")),
    "expected - 0.2": difference(membersMean("expected"), membersMean("0.2")),
    "expected - tuned": difference(membersMean("expected"), membersMean("tuned")),
    "ensemble - members, tuned": difference(together.onTest.tuned, membersMean("tuned")),
  },
};
writeFileSync(out, `${JSON.stringify(results, undefined, 2)}\n`);
console.log("| F2 % on the test part | members, mean | together |\n|---|---|---|");
for (const way of ways) {
  console.log(
    `| ${way} | ${shown(bootstrap(membersMean(way)))} | ${shown(bootstrap(together.onTest[way]))} |`,
  );
}
console.log("\n| difference | points |\n|---|---|");
for (const [name, found] of Object.entries(results.differences)) {
  console.log(`| ${name} | ${shown(found)} |`);
}
const thresholds = each.flatMap((one) => one.thresholds);
const below = thresholds.filter((one) => one < 0.5).length;
console.log(`\n${below} of ${thresholds.length} tuned thresholds lie below 0.5`);
