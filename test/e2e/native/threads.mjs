// Prints, as JSON, how many threads the process has before, during and after the life of 20 engines.

import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { createEngine } from "convoynet/engine";
import { lenet5 } from "./training.mjs";

const threads = () => readdirSync("/proc/self/task").length;

async function live() {
  const engine = await createEngine({ engine: "native", threads: 3 });
  await (await lenet5(engine, 64))();
  return engine;
}

/** A thread that was told to end is listed until the kernel has put it away. */
async function settled() {
  for (let count = threads(); ; count = threads()) {
    await sleep(200);
    if (threads() === count) return count;
  }
}

await (await live()).close(); // starts Node's own threads
const before = await settled();
const engines = await Promise.all(Array.from({ length: 20 }, live));
const during = threads();
await Promise.all(engines.map((engine) => engine.close()));
console.log(JSON.stringify({ before, during, after: await settled() }));
