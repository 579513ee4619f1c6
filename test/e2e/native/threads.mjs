// Prints, as JSON, how many threads the process has before, during and after the life of 20 engines.

import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { createEngine } from "convoy/engine";
import { lenet5 } from "./training.mjs";

const threads = () => readdirSync("/proc/self/task").length;

async function live() {
  const engine = await createEngine({ engine: "native", threads: 3 });
  await (await lenet5(engine, 64))();
  return engine;
}

await (await live()).close(); // starts Node's own threads
const before = threads();
const engines = await Promise.all(Array.from({ length: 20 }, live));
const during = threads();
await Promise.all(engines.map((engine) => engine.close()));
// A thread that was told to end is listed until the kernel has put it away.
for (let wait = 0; wait < 100 && threads() > before; wait++) await sleep(50);
console.log(JSON.stringify({ before, during, after: threads() }));
