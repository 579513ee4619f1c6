// How two cores stand to each other, and what that does to an image alone. Hosts of virtual machines move virtual cores
// about, so it changes from second to second.
//
//   node bench/cores.mjs                  what it is now
//   node bench/cores.mjs mobilenetv2 60   and the median time of a forward pass in each state, over a minute
//
// `handover` is the time that a line of a cache takes from one core to the other; `both` is what two threads multiply by
// what one does: 2, or 1 where both share a core. States before and after a measurement have to agree.

import { Worker } from "node:worker_threads";
import { createEngine } from "../dist/engine/index.js";
import { WEIGHTS } from "../dist/graph/index.js";
import { createModel } from "../dist/models/index.js";
import { IMAGES, initialise } from "../dist/nn/index.js";
import { predictionGraph } from "../dist/tasks/index.js";

const TURNS = 4_000;
const TRIES = 5;
const MULTIPLY_MS = 30;
const RUNS_MS = 500;
/** Nanoseconds above which two cores have no cache in common, and a rate below which they are one. */
const [FAR, ONE_CORE] = [200, 1.4];

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

// Eight sums that do not depend on each other keep all multipliers of a core busy.
const source = `
const { parentPort } = require("node:worker_threads");
function multiply(end) {
  let [a, b, c, d, e, f, g, h] = [1, 2, 3, 4, 5, 6, 7, 8], rounds = 0;
  for (; performance.now() < end; rounds++) {
    for (let i = 0; i < 2000; i++) {
      a = a * 0.999 + 0.1; b = b * 0.999 + 0.1; c = c * 0.999 + 0.1; d = d * 0.999 + 0.1;
      e = e * 0.999 + 0.1; f = f * 0.999 + 0.1; g = g * 0.999 + 0.1; h = h * 0.999 + 0.1;
    }
  }
  return a + b + c + d + e + f + g + h > 0 ? rounds : 0;
}
function takeTurns(line, first, turns) {
  const start = performance.now();
  for (let i = first; i < turns; i += 2) {
    while (Atomics.load(line, 0) !== i);
    Atomics.store(line, 0, i + 1);
  }
  return ((performance.now() - start) / turns) * 1e6;
}
parentPort.on("message", ({ ms, line, first, turns }) =>
  parentPort.postMessage(ms ? multiply(performance.now() + ms) : takeTurns(line, first, turns)),
);
`;

const workers = [0, 1].map(() => new Worker(source, { eval: true }));
const ask = (worker, message) =>
  new Promise((resolve) => {
    worker.once("message", resolve);
    worker.postMessage(message);
  });

async function measureCores() {
  const line = new Int32Array(new SharedArrayBuffer(64));
  let handover = Number.POSITIVE_INFINITY; // whatever else the machine does only adds to it
  for (let at = 0; at < TRIES; at++) {
    line[0] = 0;
    const turns = workers.map((worker, first) => ask(worker, { line, first, turns: TURNS }));
    handover = Math.min(handover, Math.max(...(await Promise.all(turns))));
  }
  const alone = await ask(workers[0], { ms: MULTIPLY_MS });
  const rates = await Promise.all(workers.map((worker) => ask(worker, { ms: MULTIPLY_MS })));
  return { handover, both: (rates[0] + rates[1]) / alone };
}

const stateOf = ({ handover, both }) =>
  both < ONE_CORE ? "one core" : handover > FAR ? "no cache in common" : "a cache in common";

/** The forward pass of a model on one image of the size that it was published with. */
async function openForward(engine, name) {
  const side = name.startsWith("resnet20") ? 32 : 224;
  const shape = { channels: 3, height: side, width: side, outputs: 1000 };
  const net = predictionGraph(createModel(name, shape), 1);
  const program = await engine.compile(net.graph, { frozen: [WEIGHTS] });
  const w = engine.vector(net.layout.length);
  await w.write(initialise(net, 1));
  const x = Float32Array.from({ length: 3 * side * side }, (_, at) => Math.sin(0.37 * at));
  return () => program.run({ vectors: { [WEIGHTS]: w }, inputs: { [IMAGES]: x } });
}

/** Median milliseconds of as many runs as half a second takes. */
async function timeOf(forward) {
  const times = [];
  for (const end = performance.now() + RUNS_MS; performance.now() < end; ) {
    const start = performance.now();
    await forward();
    times.push(performance.now() - start);
  }
  return median(times);
}

const [name, seconds = 60] = process.argv.slice(2);
await measureCores(); // the first time, nothing is compiled
let before = await measureCores();
const print = ({ handover, both }) => `handover ${handover.toFixed(0)} ns, both ${both.toFixed(2)}`;
console.log(print(before));
if (name) {
  const engine = await createEngine({ threads: 2 });
  const forward = await openForward(engine, name);
  const found = {};
  for (const end = performance.now() + 1000 * seconds; performance.now() < end; ) {
    const time = await timeOf(forward);
    const after = await measureCores();
    const [was, is] = [stateOf(before), stateOf(after)];
    (found[was === is ? is : "changing"] ??= []).push(time);
    before = after;
  }
  for (const [state, times] of Object.entries(found)) {
    console.log(`${state}: ${median(times).toFixed(2)} ms, ${times.length} measurements`);
  }
  await engine.close();
}
await Promise.all(workers.map((worker) => worker.terminate()));
