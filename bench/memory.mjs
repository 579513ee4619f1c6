// What saving memory costs: steps of one net under several settings, taken in turn in one process.
//
//   node bench/memory.mjs resnet56 64 plain recompute=sqrt keep=bf16 memory=70MB accumulate=4
//
// Prints the median of the steps' times and the memory of each. Images are made up; times do not care. BENCH_SIZE is their
// height and width (32), BENCH_THREADS those of the engine (all cores), BENCH_SECONDS how long all of it runs (24).

import { createEngine } from "../dist/engine/index.js";
import { initialise } from "../dist/nn/index.js";
import { compileTraining } from "../dist/train/index.js";
import { examplesOf, questionOf } from "./examples.mjs";

const SECONDS = Number(process.env.BENCH_SECONDS ?? 24);

const [name, count, ...ways] = process.argv.slice(2);
const batch = Number(count);
const threads = process.env.BENCH_THREADS && Number(process.env.BENCH_THREADS);
const engine = await createEngine({ threads });
const question = questionOf(name);
const examples = examplesOf(batch);

/** `recompute=2` as `{ recompute: 2 }`. */
function settingsOf(way) {
  const [key, value] = way.split("=");
  if (value === undefined) return {};
  return { [key]: Number.isNaN(Number(value)) ? value : Number(value) };
}

async function open(way) {
  const training = await compileTraining(engine, question, { batch, ...settingsOf(way) });
  const compression = training.compression?.();
  const objective = training.objective({ seed: 1, compression });
  const { length, trainable } = training.layout;
  const [w, grad] = [engine.vector(length), engine.vector(trainable)];
  await w.write(initialise(training, 1));
  const step = () => objective.evaluate(w, examples, { grad }, { epoch: 0, step: 0 });
  await step();
  // Bounds as they would be in training with plain gradient descent.
  await compression?.refresh({});
  await step();
  return { way, step, memory: training.memory, layers: await compression?.layers(), times: [] };
}

const runs = [];
for (const way of ways) runs.push(await open(way));
for (const end = performance.now() + 1000 * SECONDS; performance.now() < end; ) {
  for (const { step, times } of runs) {
    const start = performance.now();
    await step();
    times.push(performance.now() - start);
  }
}
const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];
const plain = median(runs[0].times);
for (const { way, memory, layers = [], times } of runs) {
  const time = median(times);
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
  console.log(
    `${name} ${batch} ${way}: ${time.toFixed(1)} ms (${(time / plain).toFixed(2)}x, ${times.length} steps), ` +
      `${megabytes(memory.kinds.saved)} saved, ${megabytes(memory.activationBytes)} of values, ${megabytes(memory.peakBytes)} in all` +
      (memory.plan ? `; ${memory.plan}` : ""),
  );
  for (const { layer, plainBytes, slotBytes, usedBytes, bound, doublings } of layers) {
    console.log(
      `  ${layer}: ${megabytes(plainBytes)} in ${megabytes(slotBytes)}, 1/${(plainBytes / usedBytes).toFixed(1)} used; ` +
        `bound ${bound.toPrecision(3)}, doubled ${doublings} times`,
    );
  }
}
await engine.close();
