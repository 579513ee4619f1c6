// What is told of a swarm's traffic is what a real exchange sends.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../../test/support/tinyRun.js";
import { createEngine } from "../../engine/index.js";
import { layoutOf } from "../../graph/index.js";
import { gossip, parle, pso, syncSgd } from "../couplings/index.js";
import { folder } from "../exchange/folder.js";
import { SharedGradient } from "../sharedGradient.js";
import { trafficOf } from "./index.js";

const layout = layoutOf([
  { name: "weight", shape: [37, 11], kind: "weight" },
  { name: "mean", shape: [11], kind: "statistic" },
]);
const swarm = { particles: 2, states: 1 };

test("of rounds: a file of a folder has these bytes, and its head", async () => {
  const engine = await createEngine({ engine: "reference" });
  for (const [coupling, names] of [
    [pso(), ["position", "before", "best"]],
    [gossip(), ["position", "before"]],
    [parle(), ["position", "before"]],
  ] as const) {
    const path = temporaryFolder();
    const end = await folder({ path, hosted: [0] }).open({ particles: 2, layout, engine });
    const vectors = Object.fromEntries(names.map((name) => [name, engine.vector(layout.length)]));
    await end.publish(0, { particle: 0, healthy: true, lr: 0.1 }, vectors);
    const [name] = readdirSync(join(path, "rounds", "0"));
    const bytes = readFileSync(join(path, "rounds", "0", name));
    const { bytes: told, kept, every } = trafficOf(coupling, layout, swarm);
    expect(told).toBe(bytes.length - 12 - bytes.readUInt32LE(4));
    expect(told).toBe(end.bytes - 12 - bytes.readUInt32LE(4));
    expect([kept, every]).toEqual([names.length * layout.length, coupling.every]);
    await end.close();
  }
  await engine.close();
});

test("of steps: a message of synchronous SGD has these bytes", async () => {
  for (const settings of [{}, { compress: "sign" }] as const) {
    const coupling = syncSgd(settings);
    const found: number[] = [];
    const exchange = {
      particles: 2,
      gather: async (_: number, message: Uint8Array) => {
        found.push(message.length);
        return [message, undefined];
      },
    };
    const compressor = coupling.gradients!.compressor(layout);
    const shared = new SharedGradient({ layout, compressor, exchange: exchange as never, seed: 1 });
    const grad = {
      read: async () => new Float32Array(layout.trainable).fill(0.5),
      write: async () => {},
    };
    const own = { layout, evaluate: async () => ({ loss: 1, tallies: {} }) };
    const objective = shared.objective(own as never, 0, shared.memory());
    await objective.evaluate(undefined as never, undefined as never, { grad } as never, {
      ...{ epoch: 0, step: 0 },
    });
    const { bytes, every, kept } = trafficOf(coupling, layout, swarm);
    expect([bytes, every, kept]).toEqual([found[0], 1, layout.trainable]);
  }
});
