// Prints, as JSON, how many bytes the process holds after a warm-up and at the end of much more of the
// same. Arguments: what to repeat, warm-up repetitions, repetitions in all. Needs --expose-gc.

import { setImmediate as turn } from "node:timers/promises";
import { createEngine } from "convoynet/engine";
import { lenet5 } from "./training.mjs";

/** What may be repeated. */
const work = {
  async steps(engine) {
    return lenet5(engine, 64);
  },
  async programs(engine) {
    return () => lenet5(engine, 256);
  },
  async vectors(engine) {
    return async () => {
      const vector = engine.vector(1 << 20);
      await vector.write([1, 2, 3]);
      await vector.read();
    };
  },
  async engines() {
    return async () => {
      const engine = await createEngine({ engine: "native", threads: 2 });
      await (await lenet5(engine, 64))();
      await engine.close();
    };
  },
};

/** Bytes by kind, after everything that can be freed has been: finalizers run in turns of their own. */
async function held() {
  for (let round = 0; round < 5; round++) {
    globalThis.gc();
    await turn();
  }
  const { rss, external, heapUsed } = process.memoryUsage();
  return { rss, external, heapUsed };
}

const [what, warmUp, count] = process.argv.slice(2);
const engine = await createEngine({ engine: "native", threads: 2 });
const repeat = await work[what](engine);
for (let at = 0; at < Number(warmUp); at++) await repeat();
const before = await held();
for (let at = Number(warmUp); at < Number(count); at++) await repeat();
const after = await held();
await repeat(); // what is repeated stays alive until here
await engine.close();
console.log(JSON.stringify({ before, after }));
