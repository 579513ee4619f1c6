// LeNet-5 on MNIST in a few kilobytes (Han, Mao and Dally 2016, "Deep Compression", arXiv 1510.00149): trained, pruned in rounds, its
// weights shared; bytes on disk against accuracy on the test images. Ctrl-C stops; what is done is kept, and the same command goes on.
//
//   node examples/deep-compression/run.mjs [OUT]

import { existsSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compressPruned, compressShared, openDataset, openTrained, train } from "convoynet";

const [out = "runs/deep-compression"] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const threads = 1;
const seeds = [1, 2, 3];

const nets = [
  { model: "lenet5", share: 0.9 },
  { model: "lenet5-caffe", share: 0.96, module: join(here, "caffe.mjs") },
];

/** The runs that a net goes through, each made of the one before. */
const steps = ({ share, ...net }, seed) => [
  [
    "whole",
    (to) => train({ data: "mnist", ...net, seed, epochs: 12, decay: 1e-3, threads, out: to }),
  ],
  [
    "pruned",
    (to, from) =>
      compressPruned(from, { by: "magnitude", share, rounds: 5, epochs: 3, threads, out: to }),
  ],
  ["shared", (to, from) => compressShared(from, { bits: 4, epochs: 3, threads, out: to })],
  [
    "shared in 3 bits",
    (to, _, whole) => compressShared(whole, { bits: 3, epochs: 3, threads, out: to }),
  ],
];

const { test } = await openDataset("mnist");
const weights = (run) => join(run, "weights", "best.safetensors");

/** What a run is worth, looked at once all runs are made. */
async function rowOf({ model, seed, step, run }) {
  const net = await openTrained(run, { threads });
  const { metrics } = await net.evaluate(test);
  await net.close();
  return { model, seed, step, accuracy: metrics.accuracy, bytes: statSync(weights(run)).size };
}

const runs = [];
for (const net of nets) {
  for (const seed of seeds) {
    const made = [];
    for (const [step, make] of steps(net, seed)) {
      const run = join(out, `${net.model}-${seed}-${step.replaceAll(" ", "-")}`);
      const done =
        existsSync(weights(run)) && (step === "whole" || existsSync(join(run, "summary.json")));
      if (!done) await make(run, made.at(-1), made[1]);
      made.push(run);
      runs.push({ model: net.model, seed, step, run });
    }
  }
}

const rows = [];
for (const run of runs) rows.push(await rowOf(run));
writeFileSync(join(out, "results.json"), `${JSON.stringify(rows, undefined, 2)}\n`);

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
console.log("| net | step | accuracy on the test images | bytes of the file |\n|---|---|---|---|");
for (const { model } of nets) {
  for (const step of new Set(rows.map((row) => row.step))) {
    const own = rows.filter((row) => row.model === model && row.step === step);
    const accuracy = own.map((row) => (100 * row.accuracy).toFixed(2)).join(", ");
    const bytes = Math.round(mean(own.map((row) => row.bytes)));
    console.log(`| ${model} | ${step} | ${accuracy} | ${bytes.toLocaleString("en-US")} |`);
  }
}
