// Tables of what run.mjs measured:
//
//   node examples/fish/report.mjs RESULTS [OUT]
//
// RESULTS is the results.json of run.mjs; OUT gets its numbers without those of each frame.

import { readFileSync, writeFileSync } from "node:fs";
import { estimate } from "convoynet/study";

const [path, out] = process.argv.slice(2);
if (!path) {
  console.error("usage: node examples/fish/report.mjs RESULTS [OUT]");
  process.exit(2);
}
const results = JSON.parse(readFileSync(path, "utf8"));
const of = (way) => results.filter((one) => one.way === way);
const average = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean over the seeds and half of its 95 % interval (Student's t). */
function shown(values, digits = 2, factor = 1) {
  if (values.length < 2) return values.map((value) => (factor * value).toFixed(digits)).join("");
  const { mean, high } = estimate(values.map((value) => factor * value));
  return `${mean.toFixed(digits)} ± ${(high - mean).toFixed(digits)}`;
}
const row = (...cells) => console.log(`| ${cells.join(" | ")} |`);
function head(...cells) {
  console.log();
  row(...cells);
  row(...cells.map(() => "---"));
}

/** Mean over frames of a run of how far counts are off, or of how much too high they are. */
const maeOf = (frames) => average(frames.map(({ fish, said }) => Math.abs(said - fish)));
const biasOf = (frames) => average(frames.map(({ fish, said }) => said - fish));

/** A measure of the frames of each seed that lie in a range of a number. */
const within = (way, key, [low, high], measure) =>
  of(way)
    .map(({ frames }) => frames.filter((one) => one[key] >= low && one[key] <= high))
    .filter((frames) => frames.length > 0)
    .map(measure);
const rangeText = ([low, high]) =>
  low === high ? `${low}` : high > 99 ? `${low} or more` : `${low} to ${high}`;

const counting = ["points", "points-without-split", "points-without-falsePositive", "count"].filter(
  (way) => of(way).length > 0,
);
const columns = ["random split", "seeds", "mae", "less than the mean's, %", "bias", "game3"];
head(...columns, "precision %", "recall %", "seconds");
const constants = of("points").map(({ constant }) => constant);
row("always the mean", constants.length, shown(constants), ...new Array(6).fill(""));
for (const way of counting) {
  const runs = of(way);
  const output = (name) => runs.map(({ outputs: [one] }) => one[name]);
  const share = (name) => (way === "count" ? "" : shown(output(name), 1, 100));
  const less = runs.map(({ outputs: [{ mae }], constant }) => 1 - mae / constant);
  const game3 = shown(runs.map(({ test }) => test.game3));
  const seconds = average(runs.map((run) => run.seconds)).toFixed(0);
  const counts = [shown(output("mae")), shown(less, 1, 100), shown(output("bias")), game3];
  row(way, runs.length, ...counts, share("precision"), share("recall"), seconds);
}

const touching = [
  [0, 0],
  [1, 2],
  [3, 4],
  [5, 99.5],
];
head("fish that touch another", ...counting.map((way) => `${way}: bias`));
for (const range of touching) {
  row(rangeText(range), ...counting.map((way) => shown(within(way, "touching", range, biasOf))));
}

const crowds = [
  [0, 0],
  [1, 2],
  [3, 4],
  [5, 6],
  [7, 8],
];
head("fish", ...counting.map((way) => `${way}: mae`));
for (const range of crowds) {
  row(rangeText(range), ...counting.map((way) => shown(within(way, "fish", range, maeOf))));
}

head("pixels of fish", "seeds", "IoU %");
const covered = (runs, iou) => [runs.length, shown(runs.map(iou), 1, 100)];
row("points", ...covered(of("points"), ({ iou }) => iou));
row("masks", ...covered(of("segment"), ({ outputs }) => outputs[1].iou));

head(
  "habitat left out",
  "seeds",
  "seen in training: mae",
  "unseen: mae",
  "difference",
  "unseen: bias",
  "always the mean",
);
const left = [...new Set(results.map(({ way }) => way))].filter((way) => /^without-/.test(way));
const pairs = left.flatMap((way) =>
  of(way).flatMap((run) => {
    const seen = of("points").find(({ seed }) => seed === run.seed);
    const own = seen?.frames.filter(({ habitat }) => habitat === run.frames[0].habitat);
    return own ? [{ way, seen: maeOf(own), run }] : [];
  }),
);
for (const way of [...left, "all"]) {
  const own = pairs.filter((one) => way === "all" || one.way === way);
  if (own.length === 0) continue;
  row(
    ...[way, own.length, shown(own.map(({ seen }) => seen))],
    shown(own.map(({ run }) => maeOf(run.frames))),
    shown(own.map(({ seen, run }) => maeOf(run.frames) - seen)),
    shown(own.map(({ run }) => biasOf(run.frames))),
    shown(own.map(({ run }) => run.constant)),
  );
}
if (out) {
  const rest = results.map(({ frames: _, ...one }) => one);
  writeFileSync(out, `${JSON.stringify(rest, undefined, 2)}\n`);
}
