// Counts fish in the frames of a film, with a net that was trained to find them:
//
//   node examples/fish/watch.mjs RUN FILM OUT [REVIEW]
//
// RUN is a run of the task `points` whose data have a selection part. FILM holds frames.csv: path,time,habitat, and perhaps
// fish, where somebody counted them. OUT gets
//
//   counts.csv        file,time,habitat,fish,low,high,doubt,dim,model: a row for each frame, in the order of time
//   habitats.csv      what came of each habitat; with counts that are known also how far off the net is
//   review.csv        the REVIEW (default 20) frames that a person should look at first, the most doubtful first
//   review/*.png      the same, drawn
//
// `low` and `high` come from the errors on the selection part of the run (views.mjs says how); `dim` is 1 where a frame has less
// contrast than any of those. `model` is the run's name and the beginning of its weights' SHA-256.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { drawPrediction, openDataset, openTrained } from "convoynet";
import { intervalsOf, lookAt } from "./views.mjs";

const [run, film, out, review = "20"] = process.argv.slice(2);
if (!out) {
  console.error("usage: node examples/fish/watch.mjs RUN FILM OUT [REVIEW]");
  process.exit(2);
}

/** Rows of a table as objects. */
function rowsOf(path) {
  const [head, ...rows] = readFileSync(path, "utf8").trim().split(/\r?\n/);
  const names = head.split(",");
  return rows.map((row) => Object.fromEntries(row.split(",").map((cell, at) => [names[at], cell])));
}

const writeTable = (name, columns, rows) => {
  const lines = rows.map((row) => columns.map((column) => row[column] ?? "").join(","));
  writeFileSync(join(out, name), `${[columns.join(","), ...lines].join("\n")}\n`);
};

const net = await openTrained(run);
const weights = readFileSync(join(run, "weights/best.safetensors"));
const hash = createHash("sha256").update(weights).digest("hex");
const model = `${basename(run)} ${hash.slice(0, 12)}`;

/** The frames that chose the epoch of the run, with what is said and what is known of each. */
async function selectionOf({ data, columns, size }) {
  const { selection } = await openDataset(data, { size, columns, kind: "points" });
  const { offsets } = selection.labels.of;
  const known = [];
  for await (const { fish: said, contrast } of lookAt(net, selection.ids)) {
    const at = known.length;
    // Three numbers a point: x, y and class.
    known.push({ said, contrast, fish: (offsets[at + 1] - offsets[at]) / 3 });
  }
  return known;
}

const known = await selectionOf(net.config.settings);
const intervalOf = intervalsOf(known);
const darkest = Math.min(...known.map(({ contrast }) => contrast));

const frames = rowsOf(join(film, "frames.csv"));
const found = [];
const paths = frames.map(({ path }) => join(film, path));
for await (const { reason, fish, doubt, contrast, prediction } of lookAt(net, paths)) {
  const { path: file, time, habitat, fish: truth } = frames[found.length];
  if (reason !== undefined) console.error(`${file}: ${reason}`);
  found.push({
    ...{ file, time, habitat, model, prediction },
    ...(truth !== undefined && { truth: Number(truth) }),
    ...(reason === undefined && {
      ...{ fish, ...intervalOf(fish), doubt: doubt.toFixed(3) },
      dim: contrast < darkest ? 1 : 0,
    }),
  });
}
await net.close();

/** What came of some frames. */
function summary(habitat, rows) {
  const read = rows.filter(({ fish }) => fish !== undefined);
  const mean = (of) => (read.reduce((sum, row) => sum + of(row), 0) / read.length).toFixed(3);
  return {
    ...{ habitat, frames: read.length, fish: mean(({ fish }) => fish) },
    occupied: mean(({ fish }) => Number(fish > 0)),
    ...(read.every(({ truth }) => truth !== undefined) && {
      mae: mean(({ fish, truth }) => Math.abs(fish - truth)),
      bias: mean(({ fish, truth }) => fish - truth),
      within: mean(({ truth, low, high }) => Number(truth >= low && truth <= high)),
    }),
  };
}

mkdirSync(join(out, "review"), { recursive: true });
found.sort((a, b) => a.time.localeCompare(b.time));
const columns = ["file", "time", "habitat", "fish", "low", "high", "doubt", "dim", "model"];
writeTable("counts.csv", columns, found);
const habitats = [...new Set(found.map(({ habitat }) => habitat))].sort();
const table = [
  ...habitats.map((name) =>
    summary(
      name,
      found.filter(({ habitat }) => habitat === name),
    ),
  ),
  summary("all", found),
];
writeTable("habitats.csv", Object.keys(table[0]), table);
const queue = found
  .filter(({ fish }) => fish !== undefined)
  .sort((a, b) => b.dim - a.dim || b.doubt - a.doubt)
  .slice(0, Number(review));
writeTable("review.csv", columns, queue);
for (const [at, { file, fish, low, high, prediction }] of queue.entries()) {
  const title = `${fish} (${low} to ${high})`;
  const drawn = await drawPrediction(join(film, file), prediction, title, net.info.names);
  const rank = String(at + 1).padStart(review.length, "0");
  writeFileSync(join(out, "review", `${rank}-${basename(file).replace(/\.\w+$/, "")}.png`), drawn);
}
console.log(readFileSync(join(out, "habitats.csv"), "utf8").trim());
const { frames: count, mae } = summary("review", queue);
if (mae !== undefined) console.log(`the ${count} frames to review: mae ${mae}`);
