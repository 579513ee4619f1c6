// Trains both tasks on a folder that prepare.mjs made, and writes each run's test metrics:
//
//   node examples/counting/run.mjs CELLS OUT [TASKS] [SEEDS]
//
// TASKS and SEEDS are joined by commas; default count,points and 1,2,3. A run that is complete is not made again.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { train } from "convoynet";
import { estimate } from "convoynet/study";

const [cells, out, tasks = "count,points", seeds = "1,2,3"] = process.argv.slice(2);
if (!out) {
  console.error("usage: node examples/counting/run.mjs CELLS OUT [TASKS] [SEEDS]");
  process.exit(2);
}

const shared = {
  ...{ data: cells, model: "unet-8", size: 128, channels: 1, batch: 8, augment: "flip" },
  ...{ optimizer: "adam", lr: 0.003, schedule: "cosine" },
};
/** Epochs of each task: a step of points costs about twice as much. */
const epochs = { count: 100, points: 60 };

mkdirSync(out, { recursive: true });
const path = join(out, "results.json");
const results = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : [];
for (const task of tasks.split(",")) {
  for (const seed of seeds.split(",").map(Number)) {
    if (results.some((one) => one.task === task && one.seed === seed)) continue;
    const run = join(out, `${task}-${seed}`);
    const resume = existsSync(join(run, "config.json"));
    const settings = resume
      ? { out: run }
      : { ...shared, task, seed, epochs: epochs[task], out: run };
    const { test, best, seconds } = await train(settings, { resume });
    results.push({ task, seed, epochs: epochs[task], best: best.epoch, seconds, test });
    writeFileSync(`${path}.new`, `${JSON.stringify(results, undefined, 2)}\n`);
    renameSync(`${path}.new`, path);
  }
}

/** Mean and half of the 95 % interval of Student's t over the seeds. */
function interval(values) {
  const { mean, high } = estimate(values);
  return `${mean.toFixed(2)} ± ${(high - mean).toFixed(2)}`;
}
console.log("| task | seeds | mae | rmse | game2 | f1 |\n|---|---|---|---|---|---|");
for (const task of tasks.split(",")) {
  const tests = results.filter((one) => one.task === task).map(({ test }) => test);
  if (tests.length < 2) continue;
  const cell = (metric) => interval(tests.map((test) => test[metric]));
  const f1 = task === "points" ? cell("f1") : "";
  console.log(
    `| ${task} | ${tests.length} | ${cell("mae")} | ${cell("rmse")} | ${cell("game2")} | ${f1} |`,
  );
}
