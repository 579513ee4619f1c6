// What the nets of learn.mjs and ways to decide are worth. Whatever is chosen is chosen on the training and selection parts;
// the test part is looked at once, by all ways together.
//
//   node examples/amazon/decide.mjs CHIPS RUNS OUT

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openDataset, openTrained } from "convoynet";
import { fOfImages } from "convoynet/tasks";
import {
  average,
  bootstrap,
  decisions,
  difference,
  eachF2,
  from,
  meanOf,
  probabilitiesOf,
  settled,
  shown,
} from "../mosaics/ways.mjs";
import { seeds, settings, WEATHER, ways } from "./settings.mjs";
import { stacked } from "./stack.mjs";
import { byStatistics } from "./statistics.mjs";

const [chips, runs, out] = process.argv.slice(2);
if (!out) {
  console.error("usage: node examples/amazon/decide.mjs CHIPS RUNS OUT");
  process.exit(2);
}
const { size, channels } = settings;
const parts = await openDataset(join(chips, "chips.csv"), {
  ...{ size, channels, range: "train", oneOf: WEATHER.join() },
});
const { train, selection, test, range } = parts;
const labels = { selection: selection.labels, test: test.labels };
const { classes, oneOf: groups } = test.labels;
const tags = classes.length;

/** Probabilities of the nets of a way to learn, of each part. */
async function members(way, views) {
  const found = [];
  for (const seed of seeds) {
    const net = await openTrained(join(runs, `${way}-${seed}`), { views });
    found.push({
      selection: await probabilitiesOf(net, selection),
      test: await probabilitiesOf(net, test),
    });
    await net.close();
  }
  return found;
}
const together = (nets) => ({
  selection: meanOf(nets.map((one) => one.selection)),
  test: meanOf(nets.map((one) => one.test)),
});

/** The set of the likeliest tags that is the best answer to every training image. */
function constantAnswer() {
  const judged = { probabilities: [], truth: train.labels.of, tags };
  const count = (tag) => train.labels.of.filter((one, at) => at % tags === tag && one === 1).length;
  const order = classes.map((_, tag) => tag).sort((a, b) => count(b) - count(a));
  const sets = order.map((_, k) => order.slice(0, k + 1));
  const worth = sets.map((said) => {
    const probabilities = Array.from(judged.truth, (_, at) => Number(said.includes(at % tags)));
    return fOfImages({ ...judged, probabilities }, new Array(tags).fill(0.5));
  });
  return sets[worth.indexOf(Math.max(...worth))];
}

/** Share of the test images of which exactly one kind of weather is said. */
function consistent(said) {
  const [weather] = groups;
  const one = (image) => said(image).filter((tag) => weather.includes(tag)).length === 1;
  return bootstrap(Array.from({ length: test.length }, (_, image) => Number(one(image))));
}

const nets = {};
for (const way of Object.keys(ways)) {
  nets[way] = { once: await members(way), views: await members(way, "dihedral") };
}
const { plain, structured } = nets;
/** Every system: its members decide each for itself, and what is told of them is their mean. */
const systems = {
  "colour, vegetation and texture": {
    of: [byStatistics({ train, selection, test }, range)],
    groups,
  },
  plain: { of: plain.once, groups: [] },
  "plain, likeliest weather": { of: plain.once, groups },
  structured: { of: structured.once, groups },
  "structured, 8 views": { of: structured.views, groups },
  "three plain": { of: [together(plain.once)], groups: [] },
  "three structured": { of: [together(structured.once)], groups },
  "three structured, 8 views": { of: [together(structured.views)], groups },
  "three structured, ridge": {
    of: [
      stacked(
        {
          selection: structured.once.map((one) => one.selection),
          test: structured.once.map((one) => one.test),
        },
        labels.selection,
      ),
    ],
    groups,
  },
};

const told = {};
for (const [name, { of, groups }] of Object.entries(systems)) {
  const each = of.map((one) => decisions(labels, one, groups));
  const onTest = Object.fromEntries(
    Object.keys(each[0].onTest).map((rule) => [rule, meanOf(each.map((one) => one.onTest[rule]))]),
  );
  told[name] = {
    onTest,
    crossFit: average(each.map(({ onSelection }) => onSelection.crossFit)),
    thresholds: each.map(({ thresholds }) => thresholds),
  };
}

const set = constantAnswer();
const constant = eachF2(labels.test, () => set);
const f2 = (name, rule = "tuned") => told[name].onTest[rule];
const differences = {
  "tuned - 0.5, structured": difference(f2("structured"), f2("structured", "0.5")),
  "expected - 0.2, structured": difference(f2("structured", "expected"), f2("structured", "0.2")),
  "expected - tuned, structured": difference(f2("structured", "expected"), f2("structured")),
  "likeliest weather - thresholds, plain": difference(f2("plain, likeliest weather"), f2("plain")),
  "structured - plain": difference(f2("structured"), f2("plain")),
  "8 views - 1": difference(f2("structured, 8 views"), f2("structured")),
  "three - one": difference(f2("three structured"), f2("structured")),
  "three with 8 views - three": difference(f2("three structured, 8 views"), f2("three structured")),
  "ridge - mean of three": difference(f2("three structured, ridge"), f2("three structured")),
  "structured - colour, vegetation and texture": difference(
    f2("structured"),
    f2("colour, vegetation and texture"),
  ),
};

/** Of the first plain net, by each rule; of the others by the rule of 0.5. */
const consistency = {};
for (const [at, seed] of seeds.entries()) {
  const { thresholds } = told.plain;
  const fixed = new Array(tags).fill(0.5);
  consistency[`plain, ${seed}`] = {
    0.5: consistent(from(plain.once[at].test, fixed)),
    tuned: consistent(from(plain.once[at].test, thresholds[at])),
  };
  const decided = settled(structured.once[at].test, tags, groups);
  consistency[`structured, ${seed}`] = {
    tuned: consistent(from(decided, told.structured.thresholds[at])),
  };
}

const rules = Object.keys(told.plain.onTest);
const results = {
  images: { train: train.length, selection: selection.length, test: test.length },
  range,
  constant: { says: set.map((tag) => classes[tag]), f2: bootstrap(constant) },
  systems: Object.fromEntries(
    Object.entries(told).map(([name, { onTest, crossFit, thresholds }]) => [
      name,
      {
        crossFitOnSelection: crossFit,
        onTest: Object.fromEntries(rules.map((rule) => [rule, bootstrap(onTest[rule])])),
        thresholds,
      },
    ]),
  ),
  differences,
  consistency,
};
writeFileSync(out, `${JSON.stringify(results, undefined, 2)}\n`);

console.log(`always ${results.constant.says.join(", ")}: F2 ${shown(results.constant.f2)} %\n`);
console.log(`| F2 %, test part | ${rules.join(" | ")} |\n|---|${rules.map(() => "---|").join("")}`);
for (const [name, { onTest }] of Object.entries(results.systems)) {
  console.log(`| ${name} | ${rules.map((rule) => shown(onTest[rule])).join(" | ")} |`);
}
console.log("\n| difference | points of F2 |\n|---|---|");
for (const [name, found] of Object.entries(differences))
  console.log(`| ${name} | ${shown(found)} |`);
console.log("\n| exactly one weather, test part | % |\n|---|---|");
for (const [name, found] of Object.entries(consistency)) {
  for (const [rule, share] of Object.entries(found)) {
    console.log(`| ${name}, ${rule} | ${shown(share)} |`);
  }
}
const alone = classes.map((_, tag) => tag).filter((tag) => !groups.flat().includes(tag));
const chosen = told.structured.thresholds.flatMap((one) => alone.map((tag) => one[tag]));
const below = chosen.filter((one) => one < 0.5).length;
console.log(`\n${below} of ${chosen.length} tuned thresholds of structured nets lie below 0.5`);
