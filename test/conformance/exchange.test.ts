// What every exchange must do, so that rounds need not know where particles are.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { referenceEngine } from "../../src/engine/reference/index.js";
import { layoutOf } from "../../src/graph/index.js";
import { runFiles } from "../../src/runs/runFiles.js";
import type { Coupling, Snapshot } from "../../src/swarm/coupling.js";
import { getCoupling } from "../../src/swarm/couplings/index.js";
import type { Exchange, ExchangeDriver } from "../../src/swarm/exchange/exchange.js";
import { openSwarm } from "../../src/swarm/openSwarm.js";
import { readSafetensors } from "../../src/tensor/safetensors.js";
import type { TrainSettings } from "../../src/train/config.js";
import { temporaryFolder, trainTiny } from "../support/tinyRun.js";
import { exchanges, type TestedExchange } from "./exchanges.js";

const LENGTH = 4;
const engine = referenceEngine();
const layout = layoutOf([{ name: "weight", shape: [LENGTH], kind: "weight" }]);

/** An exchange of three particles; the end of each. */
async function openEnds({ drivers }: TestedExchange): Promise<readonly Exchange[]> {
  const particles = 3;
  const ends: Exchange[] = [];
  for (const { hosted = [0, 1, 2], open } of drivers(particles)) {
    const end = await open({ particles, layout, engine });
    onTestFinished(() => end.close());
    for (const particle of hosted) ends[particle] = end;
  }
  return ends;
}

const snapshotOf = (particle: number, more: Partial<Snapshot> = {}): Snapshot => ({
  particle,
  healthy: true,
  lr: 0.1 * (particle + 1),
  loss: Number.NaN,
  ...more,
});

async function vectorOf(...values: number[]) {
  const vector = engine.vector(values.length);
  await vector.write(values);
  return vector;
}

/** Publishes a particle with a vector of its number and that of the round. */
async function publish(ends: readonly Exchange[], round: number, particle: number) {
  const position = await vectorOf(particle, round, Number.NaN, -0);
  await ends[particle].publish(round, snapshotOf(particle), { position });
}

const all = [0, 1, 2];
const soon = () => Date.now() + 20;

/** Those that can be tested here; the others are skipped by name. */
const here = exchanges.filter(({ missing }) => !missing);
for (const { title, missing } of exchanges) if (missing) test.skip(`${title}: ${missing}`);

describe.each(here)("an exchange, $title,", (row) => {
  test("gives everybody the same snapshots, and every vector bit for bit", async () => {
    const ends = await openEnds(row);
    for (const round of [3, 4]) {
      await Promise.all(all.map((particle) => publish(ends, round, particle)));
      for (const end of new Set(ends)) {
        expect(end.particles).toBe(3);
        expect(await end.round(round)).toEqual(all.map((particle) => snapshotOf(particle)));
        for (const particle of all) {
          const vector = await end.vector(particle, "position", 0);
          expect([...(await vector.read())]).toEqual([particle, round, Number.NaN, -0]);
          expect(await end.vector(particle, "position", 1)).toBe(vector);
        }
      }
    }
  });

  test("waits for all that are to come", async () => {
    const ends = await openEnds(row);
    await publish(ends, 0, 0);
    await publish(ends, 0, 2);
    let closed = false;
    const round = ends[0].round(0).then((snapshots) => {
      closed = true;
      return snapshots;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(closed).toBe(false);
    await publish(ends, 0, 1);
    expect(await round).toHaveLength(3);
  });

  test("goes on at the deadline, without who is late, and everybody alike", async () => {
    const ends = await openEnds(row);
    await publish(ends, 0, 0);
    await publish(ends, 0, 2);
    const expected = [snapshotOf(0), { particle: 1, healthy: false, lr: 0 }, snapshotOf(2)];
    expect(await ends[0].round(0, soon())).toEqual(expected);
    await publish(ends, 0, 1);
    expect(await ends[1].round(0, soon())).toEqual(expected);
    await expect(ends[0].vector(1, "position", 0)).rejects.toThrow(/particle 1 .*"position"/);
    await Promise.all(all.map((particle) => publish(ends, 1, particle)));
    expect((await ends[0].round(1, soon()))[1]).toEqual(snapshotOf(1));
  });

  test("refuses a vector that nobody published, by its name", async () => {
    const ends = await openEnds(row);
    await Promise.all(all.map((particle) => publish(ends, 0, particle)));
    await ends[1].round(0);
    await expect(ends[1].vector(2, "best", 1)).rejects.toThrow(/particle 2 .*"best"/);
  });

  test("gathers messages by particle, time after time, and those that say nothing", async () => {
    const ends = await openEnds(row);
    for (const time of [1, 2]) {
      const messages = [Uint8Array.of(time, 0), undefined, Uint8Array.of(time, 2, 2)];
      const found = await Promise.all(
        all.map((particle) => ends[particle].gather(particle, messages[particle])),
      );
      for (const each of found) expect(each).toEqual(messages);
    }
  });

  test("gathers what has come at the deadline", async () => {
    const ends = await openEnds(row);
    const found = all.slice(0, 2).map((id) => ends[id].gather(id, Uint8Array.of(id), soon()));
    for (const each of await Promise.all(found)) {
      expect(each).toEqual([Uint8Array.of(0), Uint8Array.of(1), undefined]);
    }
  });

  test("counts the bytes of vectors that others take, and of messages", async () => {
    const ends = await openEnds(row);
    const bytes = () => [...new Set(ends)].reduce((sum, end) => sum + end.bytes, 0);
    await Promise.all(all.map((particle) => publish(ends, 0, particle)));
    await ends[0].round(0);
    await ends[0].vector(1, "position", 0);
    const first = bytes();
    expect(first).toBeGreaterThanOrEqual(4 * LENGTH);
    await Promise.all(all.map((id) => ends[id].gather(id, new Uint8Array(100))));
    expect(bytes()).toBe(first + 300);
  });
});

/** Vectors of all particles after runs of one swarm, one for each driver, side by side. */
async function vectorsAfter(
  coupling: Coupling,
  settings: Partial<TrainSettings>,
  drivers: readonly (ExchangeDriver | undefined)[],
) {
  const folders = drivers.map(() => join(temporaryFolder(), "run"));
  await Promise.all(
    drivers.map((exchange, at) =>
      trainTiny(
        { epochs: 2, ...settings, out: folders[at] },
        { open: openSwarm({ coupling, particles: 4, exchange }) },
      ),
    ),
  );
  const files = folders.map((folder) => readFileSync(join(folder, runFiles.state)));
  const named = files.flatMap((file) => [...readSafetensors(file).tensors]);
  return new Map(
    named.filter(([name]) => name.includes("particle")).map(([name, { data }]) => [name, data]),
  );
}

const coupling = (name: string, settings: object) => getCoupling(name).make(settings);

/** Swarms that ask for everything an exchange has. */
const swarms: readonly { what: string; how: Coupling; settings?: Partial<TrainSettings> }[] = [
  {
    what: "scores and distances",
    how: coupling("pso", { every: 4, neighbours: 3 }),
    settings: { lr: 0.02 },
  },
  { what: "gossip", how: coupling("gossip", {}) },
  { what: "calibration", how: coupling("replicas", { every: 3 }) },
  { what: "moved states", how: { ...coupling("local-sgd", { every: 5 }), movesState: true } },
  {
    what: "compressed gradients and parts of state",
    how: coupling("sync-sgd", { compress: "top-k", partition: "on" }),
  },
  {
    what: "lost particles",
    how: coupling("gossip", { topology: "ring" }),
    settings: { optimizer: "sgd", lr: 1e38, schedule: "constant" },
  },
];

const foreign = here.filter(({ title }) => title !== "local");

describe.each(foreign)("a swarm over $title", ({ drivers }) => {
  test.each(swarms)("with $what is the swarm of one process, bit for bit", async (row) => {
    const { how, settings = {} } = row;
    const whole = await vectorsAfter(how, settings, [undefined]);
    const parted = await vectorsAfter(how, settings, drivers(4));
    expect([...parted.keys()].sort()).toEqual([...whole.keys()].sort());
    for (const [name, data] of whole) expect(parted.get(name), name).toEqual(data);
  });

  test("whose other process has gone goes on with those that are left", async () => {
    const how = coupling("local-sgd", { every: 5 });
    const runs = drivers(4).map((exchange, at) => {
      const open = openSwarm({ coupling: how, particles: 4, exchange, wait: 50 });
      const out = join(temporaryFolder(), "run");
      return trainTiny({ out, ...(at > 0 && { steps: 7 }) }, { open });
    });
    const [{ events, summary }] = await Promise.all(runs);
    expect(summary.epochs).toBe(3);
    const rows = events.flatMap((event) => (event.type === "particles" ? [event.particles] : []));
    expect(rows.at(-1)!.every(({ healthy, move }) => healthy && move > 0)).toBe(true);
  });
});
