// What is particular to the exchange of one process: nothing is copied, and every byte is counted once.

import { expect, test } from "vitest";
import { HostVector } from "../../train/hostVector.js";
import { LocalExchange } from "./local.js";

const vectorOf = (length: number) => new HostVector(new Float32Array(length));
const snapshot = (particle: number) => ({ particle, healthy: true, lr: 1 });

test("a vector is the one that was published, and is sent once a round, as far as it is trainable", async () => {
  const exchange = new LocalExchange(2, 6);
  const points = [0, 1].map(() => ({ position: vectorOf(8), "state.velocity": vectorOf(3) }));
  for (const round of [0, 1]) {
    for (const at of [0, 1]) await exchange.publish(round, snapshot(at), points[at]);
    await exchange.round(round);
    const begin = exchange.bytes;
    expect(await exchange.vector(1, "position", 1)).toBe(points[1].position);
    expect(exchange.bytes).toBe(begin);
    for (const _ of [1, 2]) await exchange.vector(1, "position", 0);
    expect(exchange.bytes).toBe(begin + 4 * 6);
    await exchange.vector(1, "state.velocity", 0);
    expect(exchange.bytes).toBe(begin + 4 * (6 + 3));
  }
});

test("a round that is over cannot be asked for", async () => {
  const exchange = new LocalExchange(1, 1);
  for (const round of [0, 1]) {
    await exchange.publish(round, snapshot(0), {});
    await exchange.round(round);
  }
  await expect(exchange.round(0)).rejects.toThrow("round 0 is over: round 1 was closed since");
});
