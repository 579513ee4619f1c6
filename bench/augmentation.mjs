// Images a second through augmentation policies, beside torchvision's of the same names, and beside a training step.
//
//   node bench/augmentation.mjs [--size 32] [--threads 1]
//
// Both sides use as many cores as threads, and end at normalised numbers: Convoy at whole batches as a net takes them,
// torchvision at a tensor of each image, on PIL images and on tensors, whichever is faster, and in as many processes as
// threads. Rounds alternate; medians count. Needs the Python of CONVOY_PYTHON (else python3) with torchvision.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { openTraining } from "../dist/bench/convoyTraining.js";
import { imagesOf } from "../dist/data/images.js";
import { Loader, parseAugmentations } from "../dist/data/index.js";
import { createEngine } from "../dist/engine/index.js";
import { Random } from "../dist/tensor/index.js";

const { values } = parseArgs({
  options: {
    size: { type: "string", default: "32" },
    threads: { type: "string", default: "1" },
    rounds: { type: "string", default: "9" },
  },
});
const [side, threads, rounds] = [values.size, values.threads, values.rounds].map(Number);
const BATCH = 128;
const COUNT = 1024;
const ROUND = 400; // milliseconds
const policies = ["trivial-wide", "rand", "auto-cifar10", "augmix"];

const engine = await createEngine({ engine: "native", threads });
const random = new Random({ seed: 1, purpose: "augment" });
const bytes = Uint8Array.from({ length: COUNT * side * side * 3 }, () => random.integer(256));
const dataset = {
  ...{ name: "noise", length: COUNT, channels: 3 },
  images: imagesOf(bytes, { height: side, width: side, channels: 3 }),
  labels: { kind: "none" },
};

/** Images a second of a round. */
function convoyRate(augment) {
  const options = { batch: BATCH, seed: 1, shuffle: true, augment: parseAugmentations(augment) };
  const loader = new Loader(engine, dataset, options);
  let step = 0;
  return async () => {
    const start = performance.now();
    let images = 0;
    while (performance.now() - start < ROUND) {
      await loader.batch(Math.floor(step / loader.stepsPerEpoch), step % loader.stepsPerEpoch);
      step++;
      images += BATCH;
    }
    return (1000 * images) / (performance.now() - start);
  };
}

/** What making a batch takes of a training step of WRN-16-4 on it, in turn with the step. */
async function shareOfStep(precision) {
  const image = [3, side, side];
  const workload = { work: "step", model: "wrn-16-4", image, classes: 10, batch: BATCH, nets: 1 };
  const training = await openTraining(
    { ...workload, precision },
    { engine: "native", engines: 1, threads },
  );
  const [crop, policy] = ["crop,flip", "trivial-wide,crop,flip"].map(convoyRate);
  const times = { step: [], crop: [], policy: [] };
  await training.run(2);
  for (let round = 0; round < rounds; round++) {
    times.step.push(await training.run(1));
    times.crop.push(BATCH / (await crop()));
    times.policy.push(BATCH / (await policy()));
  }
  await training.close();
  const [all, without, own] = [times.step, times.crop, times.policy].map(median);
  const ms = (seconds) => `${(1000 * seconds).toFixed(2)} ms`;
  const percent = (part) => `${((100 * part) / all).toFixed(2)} %`;
  console.log(
    `wrn-16-4, ${precision}, batch of ${BATCH}: step ${ms(all)}, batch by crop,flip ${ms(without)} (${percent(without)}), ` +
      `by trivial-wide,crop,flip ${ms(own)} (${percent(own)})`,
  );
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const shown = (rate) => Math.round(rate).toLocaleString("en-US");

console.log(`${side}x${side}, ${threads} thread(s), images a second`);
const peer = spawn(
  process.env.CONVOY_PYTHON ?? "python3",
  [
    "-W",
    "ignore",
    new URL("peers/torchvision_policies.py", import.meta.url).pathname,
    `${side}`,
    `${threads}`,
  ],
  { stdio: ["pipe", "pipe", "inherit"] },
);
const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
async function askPeer(name, form) {
  peer.stdin.write(`${JSON.stringify({ name, form, seconds: ROUND / 1000 })}\n`);
  const { value } = await answers.next();
  return JSON.parse(value).rate;
}

const plain = convoyRate("");
await plain();
const without = [];
for (let round = 0; round < rounds; round++) without.push(await plain());
console.log(`none: convoy ${shown(median(without))}`);
for (const name of policies) {
  const own = convoyRate(name);
  await own();
  const rates = { convoy: [], pil: [], tensor: [] };
  for (let round = 0; round < rounds; round++) {
    rates.convoy.push(await own());
    for (const form of ["pil", "tensor"]) rates[form].push(await askPeer(name, form));
  }
  const [a, b, c] = [rates.convoy, rates.pil, rates.tensor].map(median);
  console.log(
    `${name}: convoy ${shown(a)}, torchvision ${shown(b)} (PIL), ${shown(c)} (tensors): ${(a / Math.max(b, c)).toFixed(1)} times`,
  );
}
peer.stdin.end();
if (side === 32) for (const precision of ["f32", "bf16"]) await shareOfStep(precision);
await engine.close();
