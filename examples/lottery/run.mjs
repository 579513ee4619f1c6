// Lottery tickets (Frankle and Carbin 2019, arXiv 1803.03635): LeNet-5 on 4,000 images of MNIST, pruned by size in rounds, each time set
// back to its first weights and trained anew; beside it the same masks on other first weights, and masks at random. Ctrl-C stops; the
// same command goes on.
//
//   node examples/lottery/run.mjs [OUT] [SEEDS]

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compressPruned, train } from "convoynet";

const [out = "runs/lottery", seeds = "1,2,3"] = process.argv.slice(2);
const shares = [0.5, 0.8, 0.9, 0.95, 0.98];
const settings = { data: "mnist", train: 4000, epochs: 8, threads: 1 };
/** Seeds of the controls' first weights lie so far from those of the nets. */
const OTHER = 1000;

const summary = (run) => join(run, "summary.json");
const scoreOf = (run) => JSON.parse(readFileSync(summary(run), "utf8")).test.accuracy;

/** Makes a run that is not there yet; what was left of one that was stopped is made anew. */
async function made(run, make) {
  if (existsSync(summary(run))) return run;
  rmSync(run, { recursive: true, force: true });
  await make(run);
  return run;
}

/** A run's net with a share of its weights gone, set back and trained as the whole net was. */
const pruned = (run, from, by, share, rewind) =>
  made(run, (to) =>
    compressPruned(from, { by, share, rewind, epochs: settings.epochs, threads: 1, out: to }),
  );

const rows = [];
for (const seed of seeds.split(",").map(Number)) {
  const place = (name) => join(out, `${seed}-${name}`);
  // One step at next to no rate: the first weights.
  const first = { ...settings, steps: 1, lr: 1e-12, decay: 0 };
  const start = await made(place("start"), (to) => train({ ...first, seed, out: to }));
  const other = await made(place("other"), (to) =>
    train({ ...first, seed: seed + OTHER, out: to }),
  );
  const whole = await made(place("whole"), (to) => train({ ...settings, seed, out: to }));
  rows.push({ seed, share: 0, net: "whole", accuracy: scoreOf(whole) });
  let ticket = whole;
  for (const share of shares) {
    const named = (name) => place(`${name}-${share}`);
    ticket = await pruned(named("ticket"), ticket, "magnitude", share, start);
    const nets = {
      ticket,
      "same masks, other first weights": await pruned(
        named("other"),
        ticket,
        "magnitude",
        share,
        other,
      ),
      "masks at random": await pruned(named("random"), whole, "random", share, start),
    };
    for (const [net, run] of Object.entries(nets))
      rows.push({ seed, share, net, accuracy: scoreOf(run) });
    writeFileSync(join(out, "results.json"), `${JSON.stringify(rows, undefined, 2)}\n`);
  }
}

const percent = (values) => values.map((value) => (100 * value).toFixed(2)).join(", ");
const nets = [...new Set(rows.map(({ net }) => net))];
console.log(`| weights gone | ${nets.join(" | ")} |\n|---|${nets.map(() => "---|").join("")}`);
for (const share of [0, ...shares]) {
  const cells = nets.map((net) =>
    percent(
      rows.filter((row) => row.share === share && row.net === net).map((row) => row.accuracy),
    ),
  );
  console.log(`| ${100 * share} % | ${cells.join(" | ")} |`);
}
