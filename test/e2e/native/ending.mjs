// Leaves engines with work in flight, in the way that the argument names, and prints "left".

import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { createEngine } from "convoynet/engine";
import { exp, Graph, input } from "convoynet/graph";
import { lenet5 } from "./training.mjs";

/** Steps that were started and are not waited for. */
async function start(count = 200) {
  const engine = await createEngine({ engine: "native", threads: 2 });
  const step = await lenet5(engine, 64);
  return Array.from({ length: count }, step);
}

const ways = {
  async exit() {
    await (await start())[0];
    console.log("left");
    process.exit(0);
  },
  async error() {
    await (await start())[0];
    console.log("left");
    throw new Error("on purpose");
  },
  /** Nothing holds the engine: the process ends when its work is done. */
  async end() {
    const steps = await start(20);
    Promise.all(steps).then(() => console.log("left"));
  },
  async collected() {
    for (let round = 0; round < 10; round++) {
      await Promise.all(await start(2));
      globalThis.gc();
      await turn();
    }
    start(20);
    globalThis.gc();
    await turn();
    globalThis.gc();
    console.log("left");
  },
  async worker() {
    // Each loads the addon and takes it along when it ends, since nobody else has it.
    for (let round = 0; round < 10; round++) {
      const worker = new Worker(new URL(import.meta.url), { argv: ["inside"] });
      await new Promise((resolve) => worker.once("message", resolve));
      await worker.terminate();
    }
    await Promise.all(await start(2)); // the addon still works here
    console.log("left");
  },
  /** Workers that end in the middle of their runs, at any moment. */
  async terminated() {
    for (let round = 0; round < 20; round++) {
      const worker = new Worker(new URL(import.meta.url), { argv: ["endless"] });
      await new Promise((resolve) => worker.once("message", resolve));
      await sleep(round % 7);
      await worker.terminate();
    }
    console.log("left");
  },
  /** Short runs, so that there is always one that has just ended. */
  async endless() {
    const { parentPort } = await import("node:worker_threads");
    const engine = await createEngine({ engine: "native", threads: 1 });
    const graph = new Graph();
    graph.output("y", exp(input(graph, "x", [256])));
    const program = await engine.compile(graph);
    const run = () => program.run({ inputs: { x: new Float32Array(256) } });
    parentPort.postMessage("started");
    for (;;) await Promise.all(Array.from({ length: 8 }, run));
  },
  async inside() {
    const { parentPort } = await import("node:worker_threads");
    await (await start())[0];
    parentPort.postMessage("started");
  },
};

await ways[process.argv[2]]();
