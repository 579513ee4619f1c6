// Images a second of training steps on images in memory and on images in a packed file, in turn, in one process:
//
//   node examples/larger-than-memory/rate.mjs LARGE SMALL [BLOCKS]
//
// LARGE is packed (once), SMALL is decoded into memory; folders as links.mjs makes them. A block is five steps of the
// same net, on one of the two, in the order memory, packed, packed, memory, so that a machine that becomes slower does
// so for both. Prints each one's images a second and the median ratio of neighbours with its 95 % bootstrap interval.

import { openDataset } from "convoynet";
import { Loader } from "convoynet/data";
import { createEngine } from "convoynet/engine";
import { createModel } from "convoynet/models";
import { initialise } from "convoynet/nn";
import { ask, classification } from "convoynet/tasks";
import { compileTraining } from "convoynet/train";

const [large, small, blocks = "60"] = process.argv.slice(2);
if (!small) {
  console.error("usage: node examples/larger-than-memory/rate.mjs LARGE SMALL [BLOCKS]");
  process.exit(2);
}

const BATCH = 64;
const STEPS = 5;
const SIZE = 112;
const engine = await createEngine();
const sets = {
  memory: (await openDataset(small, { size: SIZE })).train,
  packed: (await openDataset(large, { size: SIZE, range: "full", pack: true })).train,
};
const outputs = sets.memory.labels.classes.length;
const model = createModel("squeezenet1.1", { channels: 3, height: SIZE, width: SIZE, outputs });
const question = ask(model, classification, sets.memory.labels);
const training = await compileTraining(engine, question, { batch: BATCH });
const objective = training.objective({ seed: 1 });
const { trainable, length } = objective.layout;
const [w, grad] = [engine.vector(length), engine.vector(trainable)];
await w.write(initialise(training, 1));
const intake = { input: [3, SIZE, SIZE], mean: [0, 0, 0], std: [255, 255, 255], fit: "crop" };
const loaders = Object.fromEntries(
  Object.entries(sets).map(([name, dataset]) => {
    const targets = classification.targets(dataset.labels, {}, { height: SIZE, width: SIZE });
    return [
      name,
      new Loader(engine, dataset, { batch: BATCH, seed: 1, shuffle: true, targets, intake }),
    ];
  }),
);
const next = { memory: 0, packed: 0 };

/** Seconds of a block, whose next batch is made while a step is computed, as in training. */
async function block(name) {
  const loader = loaders[name];
  const start = performance.now();
  let waiting = Promise.resolve();
  for (let step = 0; step < STEPS; step++, next[name]++) {
    const at = next[name];
    const { stepsPerEpoch } = loader;
    const batch = await loader.batch(Math.floor(at / stepsPerEpoch), at % stepsPerEpoch);
    await waiting;
    waiting = objective.evaluate(w, batch, { grad }, { epoch: 0, step: at });
  }
  await waiting;
  return (performance.now() - start) / 1000;
}

for (const name of ["memory", "packed"]) await block(name);
const seconds = { memory: 0, packed: 0 };
const ratios = [];
for (let k = 0; k < Number(blocks); k++) {
  const order = k % 2 === 0 ? ["memory", "packed"] : ["packed", "memory"];
  const took = {};
  for (const name of order) seconds[name] += took[name] = await block(name);
  ratios.push(took.memory / took.packed);
}
await engine.close();

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const draws = Array.from({ length: 2000 }, () =>
  median(ratios.map(() => ratios[Math.floor(Math.random() * ratios.length)])),
).sort((a, b) => a - b);
const rateOf = (name) => Math.round((ratios.length * STEPS * BATCH) / seconds[name]);
console.log(
  JSON.stringify({
    images: { memory: sets.memory.length, packed: sets.packed.length },
    imagesPerSecond: { memory: rateOf("memory"), packed: rateOf("packed") },
    packedToMemory: [median(ratios), draws[50], draws[1949]].map((value) => value.toFixed(3)),
    maxRssGB: (process.resourceUsage().maxRSS / 1e6).toFixed(2),
  }),
);
