// LeNet-5 on MNIST in a few kilobytes, as Han, Mao and Dally 2016 do it ("Deep Compression", arXiv 1510.00149): trained, pruned in
// rounds, its weights shared; bytes on disk against accuracy on the test images. Ctrl-C stops; the same command goes on.
//
//   node examples/deep-compression/run.mjs [OUT] [SEEDS] [TRAINING IMAGES]

import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compressPruned, compressShared, openDataset, openTrained, train } from "convoynet";

const [out = "runs/deep-compression", seeds = "1,2,3", images] = process.argv.slice(2);
const data = { data: "mnist", ...(images && { train: Number(images) }) };
const threads = 1;

/** What is made, each from the run before or from a named one. */
const steps = [
  ["whole", (to, { seed }) => train({ ...data, epochs: 8, seed, threads, out: to })],
  [
    "pruned",
    (to, { from }) =>
      compressPruned(from, {
        ...{ by: "magnitude", share: 0.8, rounds: 3, epochs: 4 },
        ...{ threads, out: to },
      }),
  ],
  ...[4, 3].map((bits) => [
    `pruned, ${bits} bits`,
    (to, { pruned }) => compressShared(pruned, { bits, epochs: 3, threads, out: to }),
  ]),
];

const weights = (run) => join(run, "weights", "best.safetensors");

/** Makes a run, goes on with one that was interrupted, and leaves a finished one as it is. */
async function made(run, make) {
  if (existsSync(join(run, "summary.json"))) return;
  if (existsSync(join(run, "config.json"))) await train({ out: run }, { resume: true });
  else await make();
}

const { test } = await openDataset("mnist");

/** What a run is worth on the test images, which nothing was chosen by. */
async function rowOf({ run, ...row }) {
  const net = await openTrained(run, { threads });
  const { metrics } = await net.evaluate(test);
  await net.close();
  return { ...row, accuracy: metrics.accuracy, bytes: statSync(weights(run)).size };
}

const rows = [];
for (const seed of seeds.split(",").map(Number)) {
  const runs = {};
  let from;
  for (const [step, make] of steps) {
    const run = join(out, `${step.replace(/\W+/g, "-")}-${seed}`);
    await made(run, () => make(run, { seed, from, ...runs }));
    runs[step] = from = run;
    rows.push(await rowOf({ seed, step, run }));
    writeFileSync(join(out, "results.json"), `${JSON.stringify(rows, undefined, 2)}\n`);
  }
}

console.log("| net | accuracy on the test images, by seed | bytes of the file |\n|---|---|---|");
for (const [step] of steps) {
  const own = rows.filter((row) => row.step === step);
  const accuracy = own.map((row) => (100 * row.accuracy).toFixed(2)).join(", ");
  const bytes = own.map((row) => row.bytes.toLocaleString("en-US")).join("; ");
  console.log(`| ${step} | ${accuracy} | ${bytes} |`);
}
