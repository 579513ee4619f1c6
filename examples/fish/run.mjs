// Trains nets on films of the aquarium, and measures each once on its test part:
//
//   node examples/fish/run.mjs FILMS OUT [WAYS] [SEEDS]
//
// FILMS/1, FILMS/2, ... are what aquarium.mjs wrote with these seeds; WAYS and SEEDS are joined by commas, default all and
// 1,2,3. What is measured stands in OUT/results.json; a run that is complete is not made again.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openDataset, openTrained, train } from "convoynet";
import { blobOverlap } from "./overlap.mjs";

const shared = {
  ...{ model: "unet-8", size: 64, train: 600, batch: 8, augment: "flip" },
  ...{ optimizer: "adam", lr: 0.003, threads: 1, epochs: 12 },
};
const points = { table: "points", task: "points", split: "random" };
const ablated = { ...points, module: fileURLToPath(new URL("terms.mjs", import.meta.url)) };
/** Habitats that are left out, one at a time. Films of other seeds have other habitats of the same numbers. */
const LEFT_OUT = [0, 1];
const ways = {
  points,
  "points-without-split": { ...ablated, task: "points-without-split" },
  count: { ...points, task: "count" },
  segment: { table: "masks", task: "segment", split: "random" },
  "points-without-falsePositive": { ...ablated, task: "points-without-falsePositive" },
  ...Object.fromEntries(
    LEFT_OUT.map((own) => [`without-${own}`, { ...points, split: `without-${own}` }]),
  ),
};

const [films, out, names = Object.keys(ways).join(","), seeds = "1,2,3"] = process.argv.slice(2);
if (!out) {
  console.error("usage: node examples/fish/run.mjs FILMS OUT [WAYS] [SEEDS]");
  process.exit(2);
}

/** What is known of each frame by its path: habitat, number of fish and of those that touch another one. */
function framesOf(film) {
  const [, ...rows] = readFileSync(join(film, "frames.csv"), "utf8").trim().split("\n");
  const frames = rows.map((row) => row.split(","));
  return new Map(
    frames.map(([path, , habitat, fish, touching]) => [
      basename(path),
      { habitat, fish: Number(fish), touching: Number(touching) },
    ]),
  );
}

/** Each test frame with what was counted there. */
async function counted(net, test, frames) {
  const found = await net.predict(test);
  return found.map(({ counts }, at) => ({
    ...frames.get(basename(test.ids[at])),
    said: Object.values(counts)[0],
  }));
}

/** Trains one net, and measures it on the test part of its split. */
async function measure(seed, way) {
  const { table, split, ...own } = ways[way];
  const film = join(films, seed);
  const data = join(film, `${table}.csv`);
  const columns = { group: "habitat", split };
  const run = join(out, `${way}-${seed}`);
  const resume = existsSync(join(run, "config.json"));
  const settings = { ...shared, ...own, data, columns, seed: Number(seed), out: run };
  const { best, seconds, test } = await train(resume ? { out: run } : settings, { resume });
  const net = await openTrained(run);
  try {
    const kind = net.task.labels;
    const opened = await openDataset(data, { size: 64, columns, kind });
    const { outputs, constant } = await net.evaluate(opened.test);
    return {
      ...{ way, seed, epoch: best.epoch, selection: best.score, seconds, test },
      ...{ outputs, constant: constant?.value },
      ...(kind === "points" && {
        frames: await counted(net, opened.test, framesOf(film)),
      }),
      ...(way === "points" && {
        iou: await blobOverlap(run, join(film, "masks.csv"), columns),
      }),
    };
  } finally {
    await net.close();
  }
}

mkdirSync(out, { recursive: true });
const path = join(out, "results.json");
const results = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : [];
for (const way of names.split(",")) {
  for (const seed of seeds.split(",")) {
    if (results.some((one) => one.way === way && one.seed === seed)) continue;
    results.push(await measure(seed, way));
    writeFileSync(`${path}.new`, `${JSON.stringify(results)}\n`);
    renameSync(`${path}.new`, path);
  }
}
