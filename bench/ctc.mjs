// CTC's loss and gradient as an op of the native engine beside those of torch.nn.CTCLoss, in turn: one thread, single precision.
//
//   CONVOY_PYTHON=python3 node bench/ctc.mjs
//
// Times are of the processor, in ms, the least and the median of the rounds.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createEngine } from "../dist/engine/index.js";
import { ctc, Graph, gradients, input, reduceSum } from "../dist/graph/index.js";
import { Random } from "../dist/tensor/index.js";

const [ROUNDS, CALLS, WARM] = [5, 9, 5];
/** Frames, classes with the blank, labels of each string, strings. */
const sizes = [
  [64, 14, 9, 32],
  [100, 50, 20, 32],
  [200, 100, 40, 16],
  [120, 800, 25, 64],
];
const peer = fileURLToPath(new URL("pytorchCtc.py", import.meta.url));
const engine = await createEngine({ engine: "native", threads: 1 });
const random = new Random({ seed: 1, purpose: "search" });

/** What takes the times of some calls. */
async function open([frames, classes, labels, batch]) {
  const graph = new Graph();
  const logits = input(graph, "logits", [batch, classes, frames]);
  const tokens = input(graph, "tokens", [batch, labels], "i32");
  const losses = ctc(logits, tokens, input(graph, "until", [batch], "i32"));
  graph.output("loss", reduceSum(losses));
  graph.output("slope", reduceSum(gradients(reduceSum(losses), [logits])[0]));
  const program = await engine.compile(graph);
  const inputs = {
    logits: Float32Array.from({ length: batch * classes * frames }, () => random.normal()),
    tokens: Int32Array.from({ length: batch * labels }, () => random.integer(classes - 1)),
    until: new Int32Array(batch).fill(frames),
  };
  return async (calls) => {
    const times = [];
    for (let call = 0; call < calls; call++) {
      const start = process.cpuUsage();
      await program.run({ inputs });
      const { user, system } = process.cpuUsage(start);
      times.push((user + system) / 1000);
    }
    return times;
  };
}

const theirTimes = (size) => {
  const args = [...size, WARM + CALLS, "float32"].map(String);
  const out = execFileSync(process.env.CONVOY_PYTHON ?? "python3", [peer, ...args]).toString();
  return out.trim().split("\n").slice(WARM).map(Number);
};

const summary = (times) => {
  times.sort((a, b) => a - b);
  return [times[0], times[times.length >> 1]];
};

for (const size of sizes) {
  const ownTimes = await open(size);
  await ownTimes(WARM);
  const [ours, theirs] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(...(await ownTimes(CALLS)));
    theirs.push(...theirTimes(size));
  }
  const [[least, median], [otherLeast, otherMedian]] = [summary(ours), summary(theirs)];
  const [frames, classes, labels, batch] = size;
  console.log(
    `${batch} strings of ${labels} labels in ${frames} frames of ${classes} classes: ${least.toFixed(2)} (median ${median.toFixed(2)}), ` +
      `PyTorch ${otherLeast.toFixed(2)} (${otherMedian.toFixed(2)}); ratio ${(otherLeast / least).toFixed(2)} (${(otherMedian / median).toFixed(2)})`,
  );
}
await engine.close();
