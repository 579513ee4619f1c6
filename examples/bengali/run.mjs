// Bengali digits read by classical means and by nets: how many labels they need, and how far what is learnt from one set of
// writers holds for another.
//
//   node examples/bengali/run.mjs CMATERDB NUMTADB.npz OUT RESULTS.json [SEEDS]
//
// CMATERDB: a folder with bangla-training.npz and bangla-testing.npz. OUT: a folder for the runs. The same command goes on
// where it was stopped.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openTrained, train } from "convoynet";
import { createEngine } from "convoynet/engine";
import { knn, svm } from "convoynet/estimators";
import { fewOf, openSets, tableOf } from "./sets.mjs";

const [cmaterdb, numtadb, out, file, seeds = "1,2,3"] = process.argv.slice(2);
if (!file) {
  console.error(
    "usage: node examples/bengali/run.mjs CMATERDB NUMTADB.npz OUT RESULTS.json [SEEDS]",
  );
  process.exit(2);
}
const SIDE = 32;
const threads = 1;
/** Images of each class that are learnt from; all of CMATERdb's are 500 a class. */
const EACH = [10, 50];
/** Epochs by images: as many steps as pay. */
const epochsFor = (images) => (images <= 1000 ? 100 : images <= 10_000 ? 40 : 4);
const nets = {
  lenet5: { model: "lenet5" },
  resnet20: { model: "resnet20" },
};
const classical = {
  "k-NN of pixels": { hog: false, classifier: knn, options: { k: 3 } },
  "k-NN of HOG": { hog: true, classifier: knn, options: { k: 3 } },
  "linear SVM of HOG": { hog: true, classifier: svm, options: {} },
};

const sets = await openSets(cmaterdb, numtadb);
const found = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
const isKnown = (row) =>
  found.some((one) => Object.keys(row).every((key) => one[key] === row[key]));

/** Keeps one result. */
function keep(row) {
  found.push(row);
  writeFileSync(file, `${JSON.stringify(found, undefined, 1)}\n`);
  console.log(JSON.stringify({ ...row, pairs: undefined }));
}

/** Share of right answers, and which pairs of classes are taken for each other most. */
function judged(said, { labels }) {
  const wrong = new Map();
  let right = 0;
  for (const [at, one] of said.entries()) {
    const known = labels.of[at];
    if (one === known) right++;
    else {
      const pair = [Math.min(one, known), Math.max(one, known)].join("-");
      wrong.set(pair, (wrong.get(pair) ?? 0) + 1);
    }
  }
  const pairs = [...wrong].sort(([, a], [, b]) => b - a).slice(0, 3);
  return { accuracy: right / said.length, pairs: Object.fromEntries(pairs) };
}

/** What is learnt from, by name: all of a set, or some images of each class. */
function learntFrom(set, seed) {
  const whole = { name: set, each: "all", images: sets[set].train };
  if (set === "numta") return [whole];
  return [
    ...EACH.map((each) => ({ name: set, each, images: fewOf(sets[set].train, each, seed) })),
    whole,
  ];
}

async function runClassical(engine, seed, { name, each, images }) {
  for (const [way, { hog, classifier, options }] of Object.entries(classical)) {
    const row = { seed, way, learnt: name, each };
    if (isKnown({ ...row, tested: "numta" })) continue;
    const fitted = classifier.fit(
      await tableOf(engine, images, { side: SIDE, hog }),
      images.labels.of,
      options,
    );
    for (const [tested, { test }] of Object.entries(sets)) {
      if (isKnown({ ...row, tested })) continue;
      const said = fitted.predict(await tableOf(engine, test, { side: SIDE, hog }));
      keep({ ...row, tested, ...judged(said, test) });
    }
  }
}

async function runNets(seed, { name, each, images }) {
  for (const [way, settings] of Object.entries(nets)) {
    const row = { seed, way, learnt: name, each };
    if (isKnown({ ...row, tested: "numta" })) continue;
    const run = join(out, [way, name, each, seed].join("-"));
    const resume = existsSync(join(run, "config.json"));
    const all = {
      ...{ ...settings, seed, threads, out: run, data: name, fit: "ink", size: SIDE },
      ...{ augment: "rotate=12,scale=0.12,shift=0.08", epochs: epochsFor(images.length) },
      ...{ batch: images.length <= 1000 ? 20 : 64 },
    };
    await train(resume ? { out: run } : all, { resume, data: { train: images } });
    const net = await openTrained(run, { threads });
    for (const [tested, { test }] of Object.entries(sets)) {
      if (isKnown({ ...row, tested })) continue;
      const said = (await net.predict(test)).map(({ classes }) => Number(classes[0].class));
      keep({ ...row, tested, ...judged(said, test) });
    }
    await net.close();
  }
}

const engine = await createEngine({ threads });
for (const seed of seeds.split(",").map(Number)) {
  for (const given of learntFrom("cmater", seed)) {
    await runClassical(engine, seed, given);
    await runNets(seed, given);
  }
  for (const given of learntFrom("numta", seed)) await runNets(seed, given);
}
await engine.close();
