import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Evaluation } from "../train/index.js";
import { noSums } from "../train/index.js";
import { LocalExchange } from "./exchange/local.js";
import type { Particle } from "./particle.js";
import { Whole } from "./whole.js";

/** The end of a process with one healthy particle, without a net. */
function end(exchange: LocalExchange, id: number) {
  const room = { length: 1 };
  const particle = { id, healthy: true, position: room, engine: { vector: () => room } };
  const particles = [particle as unknown as Particle];
  return new Whole({ exchange, particles, hash: "", wait: 50 });
}

const evaluation = (loss: number): Evaluation => ({
  ...{ loss, losses: new Float32Array(0), metrics: { accuracy: 1 - loss }, outputs: [] },
});

/** What everybody must agree on. */
const known = (whole: Whole, told: Awaited<ReturnType<Whole["share"]>>) => ({
  healthy: whole.members.map(({ healthy }) => healthy),
  evaluations: told.evaluations.map(({ loss, metrics }) => ({ loss, metrics })),
  sums: told.sums,
});

test("a report that comes too late counts for nobody, for its own process neither", async () => {
  const exchange = new LocalExchange(2, 1);
  const [first, late] = [end(exchange, 0), end(exchange, 1)];
  const sums = [{ ...noSums, images: 10 }];
  const [a, b] = await Promise.all([
    first.share([evaluation(0.5)], sums),
    sleep(200).then(() => late.share([evaluation(0.25)], sums)),
  ]);
  expect(known(late, b)).toEqual(known(first, a));
  expect(known(first, a)).toMatchObject({ healthy: [true, false], sums: { images: 10 } });
  const again = await Promise.all([
    first.share([evaluation(0.5)], sums),
    late.share([evaluation(0.25)], sums),
  ]);
  expect(known(late, again[1])).toEqual(known(first, again[0]));
  expect(known(first, again[0])).toMatchObject({ healthy: [true, true], sums: { images: 20 } });
});
