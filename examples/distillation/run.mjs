// A small net alone, with a larger net as its teacher, and with a swarm of four larger nets (their ensemble): ResNet-8 and ResNet-20 on
// images of CIFAR-10. Every net is trained for as many epochs. Ctrl-C stops; the same command goes on.
//
//   node examples/distillation/run.mjs CIFAR [OUT] [SEEDS]

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { train } from "convoynet";
import { estimate } from "convoynet/study";

const [data, out = "runs/distillation", seeds = "1,2,3,4,5"] = process.argv.slice(2);
if (!data) {
  console.error("usage: node examples/distillation/run.mjs CIFAR [OUT] [SEEDS]");
  process.exit(2);
}
const settings = { data, train: 4000, epochs: 20, augment: "crop,flip", threads: 1 };
const [small, large] = [{ model: "resnet8" }, { model: "resnet20" }];
/** As Hinton's nets were taught: softened, and mostly by the teacher. */
const distil = { alpha: 0.9, temperature: 4 };

/** What is trained, by name; a teacher is another one's name. */
const nets = {
  "one teacher": large,
  "swarm as teacher": { ...large, swarm: "pso", particles: 4, deploy: "ensemble" },
  "student alone": small,
  "taught by one": { ...small, distil, teacher: "one teacher" },
  "taught by the swarm": { ...small, distil, teacher: "swarm as teacher" },
};

const folderOf = (name, seed) => join(out, `${seed}-${name.replaceAll(" ", "-")}`);

/** Test accuracy of a run; what was left of one that was stopped is made anew. */
async function accuracyOf(name, seed) {
  const { teacher, ...own } = nets[name];
  const run = folderOf(name, seed);
  const summary = join(run, "summary.json");
  if (existsSync(summary)) return JSON.parse(readFileSync(summary, "utf8")).test.accuracy;
  rmSync(run, { recursive: true, force: true });
  const taught = teacher && { teacher: folderOf(teacher, seed) };
  const { test } = await train({ ...settings, ...own, ...taught, seed, out: run });
  return test.accuracy;
}

const rows = Object.fromEntries(Object.keys(nets).map((name) => [name, []]));
for (const seed of seeds.split(",").map(Number)) {
  for (const name of Object.keys(nets)) rows[name].push(await accuracyOf(name, seed));
  writeFileSync(join(out, "results.json"), `${JSON.stringify(rows, undefined, 2)}\n`);
}

const percent = ({ mean, low, high }) =>
  `${(100 * mean).toFixed(1)} (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`;
console.log("| net | test, % | less the student alone | better on |\n|---|---|---|---|");
for (const [name, own] of Object.entries(rows)) {
  const less = own.map((accuracy, at) => accuracy - rows["student alone"][at]);
  const better = less.filter((difference) => difference > 0).length;
  console.log(
    `| ${name} | ${percent(estimate(own))} | ${percent(estimate(less))} | ${better} of ${own.length} |`,
  );
}
