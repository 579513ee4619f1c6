// What a round of a swarm costs by an exchange: processes that each publish a net's point, its best point and its momentum, and read
// those of all others.
//
//   node bench/exchange.mjs PLACE [MODEL] [PROCESSES] [ROUNDS]
//
// PLACE as for `convoy train --exchange`; what a bench leaves there is of no use to a swarm. Times are of the slowest process, in ms; bytes are
// those that a particle sends in a round, beside its numbers alone.

import { fork } from "node:child_process";
import { createEngine } from "../dist/engine/index.js";
import { createModel } from "../dist/models/index.js";
import { netOf } from "../dist/nn/index.js";
import { openSite } from "../dist/swarm/index.js";

const [place, model = "resnet20", processes = "4", rounds = "20"] = process.argv.slice(2);
if (!place) {
  console.error("usage: node bench/exchange.mjs PLACE [MODEL] [PROCESSES] [ROUNDS]");
  process.exit(2);
}
const [PROCESSES, ROUNDS] = [Number(processes), Number(rounds)];
const NAMES = ["position", "best", "momentum"];

/** One process: tells how long each of its rounds took. */
async function take(self) {
  const engine = await createEngine({ engine: "native", threads: 1 });
  const images = { channels: 3, height: 32, width: 32, outputs: 10 };
  const { layout } = netOf(createModel(model, images), 1, { training: true });
  const exchange = await openSite(place)
    .driver([self])
    .open({ particles: PROCESSES, layout, engine });
  const vectors = {};
  for (const [at, name] of NAMES.entries()) {
    vectors[name] = engine.vector(layout.length);
    await vectors[name].write(new Float32Array(layout.length).fill(self + at / 10));
  }
  await exchange.gather(self, undefined);
  const times = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await exchange.publish(round, { particle: self, healthy: true, lr: 0.1 }, vectors);
    await exchange.round(round);
    for (let other = 0; other < PROCESSES; other++) {
      for (const name of NAMES) {
        const [first] = await (await exchange.vector(other, name, self)).read(0, 1);
        if (first !== Math.fround(other + NAMES.indexOf(name) / 10))
          throw new Error("other numbers");
      }
    }
    times.push(performance.now() - start);
    await exchange.saved(round, 0);
  }
  process.send({ times, bytes: exchange.bytes, length: layout.length });
  await exchange.gather(self, undefined);
  await exchange.close();
  await engine.close();
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

if (process.env.CONVOY_BENCH_PARTICLE !== undefined) {
  await take(Number(process.env.CONVOY_BENCH_PARTICLE));
  process.disconnect();
} else {
  const started = Array.from({ length: PROCESSES }, (_, self) => {
    const env = { ...process.env, CONVOY_BENCH_PARTICLE: String(self) };
    const child = fork(process.argv[1], process.argv.slice(2), { env });
    return new Promise((resolve, reject) => {
      child.once("message", resolve);
      child.once("exit", (code) => code !== 0 && reject(new Error(`a process ended with ${code}`)));
    });
  });
  const found = await Promise.all(started);
  const slowest = found[0].times.map((_, round) =>
    Math.max(...found.map(({ times }) => times[round])),
  );
  const sent = found[0].bytes / ROUNDS;
  const numbers = 4 * NAMES.length * found[0].length;
  console.log(
    `${model}, ${PROCESSES} processes, ${ROUNDS} rounds: median ${median(slowest).toFixed(1)} ms, longest ${Math.max(...slowest).toFixed(1)} ms; ` +
      `${Math.round(sent)} bytes a particle and round, ${numbers} of them numbers`,
  );
}
