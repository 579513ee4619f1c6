// The largest batch that a net can train with in a given memory, under several settings.
//
//   node bench/largest-batch.mjs resnet20 256MB plain keep=bf16 memory memory,keep=bf16 ghost=64,accumulate=20
//
// Batch norm sees the whole batch, but with `ghost`. The batch is found by bisection over measured programs, in all
// that the training program takes; `memory` lets the planner choose within the given memory. Then one step is run
// at the largest batch, and what lives at its peak is printed.

import { createEngine } from "../dist/engine/index.js";
import { InputError } from "../dist/inputError.js";
import { initialise } from "../dist/nn/index.js";
import { parseBytes } from "../dist/text/bytes.js";
import { compileTraining } from "../dist/train/index.js";
import { examplesOf, questionOf } from "./examples.mjs";

const [name, memory, ...ways] = process.argv.slice(2);
const budget = parseBytes(memory);
const engine = await createEngine();
const question = questionOf(name);

/** `memory,ghost=64` as `{ memory: "256MB", ghost: 64 }`. */
function settingsOf(way) {
  const parts = way.split(",").filter((part) => part !== "plain");
  return Object.fromEntries(
    parts.map((part) => {
      const [key, value = memory] = part.split("=");
      return [key, Number.isNaN(Number(value)) ? value : Number(value)];
    }),
  );
}

/** The training program if it keeps within the memory. */
async function open(batch, settings) {
  try {
    const training = await compileTraining(engine, question, { batch, ...settings });
    return training.memory.peakBytes <= budget ? training : undefined;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

async function largest(settings) {
  let [low, high] = [2, 4].map((size) => size * (settings.accumulate ?? 1));
  while (await open(high, settings)) [low, high] = [high, 2 * high];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (await open(middle, settings)) low = middle;
    else high = middle;
  }
  return low;
}

/** Loss of one step, which shows that it can be run. */
async function step(training, batch) {
  const objective = training.objective({ seed: 1 });
  const { length, trainable } = training.layout;
  const [w, grad] = [engine.vector(length), engine.vector(trainable)];
  await w.write(initialise(training, 1));
  const { loss } = await objective.evaluate(w, examplesOf(batch), { grad }, { epoch: 0, step: 0 });
  if (!Number.isFinite(loss)) throw new Error(`the loss is ${loss}`);
  return loss;
}

const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
let first;
for (const way of ways) {
  const settings = settingsOf(way);
  const batch = await largest(settings);
  const training = await open(batch, settings);
  const loss = await step(training, batch);
  first ??= batch;
  const { peakBytes, kinds, plan } = training.memory;
  const parts = Object.entries(kinds).map(([kind, bytes]) => `${kind} ${megabytes(bytes)}`);
  console.log(
    `${name} in ${memory}, ${way}: ${batch} images (${(batch / first).toFixed(2)}x), loss ${loss.toFixed(3)}; ` +
      `${megabytes(peakBytes)} MB, most of each kind: ${parts.join(", ")}${plan ? `; ${plan}` : ""}`,
  );
}
await engine.close();
