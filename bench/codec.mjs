// Speed and size of compressed activations: rectified normal numbers under several bounds.
//
//   node bench/codec.mjs
//
// One core. Prints bits a value beside the entropy of the rounded numbers, and gigabytes of f32 a second each way;
// restoring includes a pass that sums the numbers up, as something has to use them.

import { createEngine } from "../dist/engine/index.js";
import { compress, Graph, input, norms, restore } from "../dist/graph/index.js";
import { Random } from "../dist/tensor/index.js";

const SHAPE = [64, 64, 32, 32];
const SIZE = 64 * 64 * 32 * 32;
const BOUNDS = [0.4, 0.3, 0.1, 0.03];
const ROUNDS = 9;

const engine = await createEngine({ engine: "native", threads: 1 });
const random = new Random({ seed: 1, purpose: "augment" });
const x = engine.buffer(SIZE);
for (let at = 0; at < SIZE; at++) x[at] = Math.max(0, random.normal());

function entropy(bound) {
  const counts = new Map();
  for (const value of x) {
    const code = Math.round(value / (2 * bound));
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const shares = [...counts.values()].map((count) => count / SIZE);
  return shares.reduce((sum, share) => sum - share * Math.log2(share), 0);
}

async function secondsOf(program, inputs) {
  const times = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await program.run({ inputs });
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[ROUNDS >> 1] / 1000;
}

const graphs = { compress: new Graph(), both: new Graph(), restore: new Graph() };
const stored = (graph) => compress(input(graph, "x", SHAPE), input(graph, "bound", [1]), SIZE * 4);
graphs.compress.output("report", stored(graphs.compress)[1]);
const [bytes, report] = stored(graphs.both);
graphs.both.output("stored", bytes);
graphs.both.output("report", report);
const again = restore(input(graphs.restore, "stored", [SIZE * 4], "u8"), SHAPE);
graphs.restore.output("norms", norms(again));
const programs = {};
for (const [name, graph] of Object.entries(graphs)) programs[name] = await engine.compile(graph);

for (const bound of BOUNDS) {
  const inputs = { x, bound: Float32Array.of(bound) };
  const { stored, report } = await programs.both.run({ inputs });
  const there = await secondsOf(programs.compress, inputs);
  const back = await secondsOf(programs.restore, { stored });
  const rate = (seconds) => `${((4e-9 * SIZE) / seconds).toFixed(2)} GB/s`;
  console.log(
    `bound ${bound}: ${((8 * report[2]) / SIZE).toFixed(2)} bits a value, entropy ${entropy(bound).toFixed(2)}; ` +
      `compress ${rate(there)}, restore ${rate(back)}`,
  );
}
await engine.close();
