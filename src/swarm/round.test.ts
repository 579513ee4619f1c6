// What a round does to its particles, seen in the state that a run leaves.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder, tinySettings, trainTiny } from "../../test/support/tinyRun.js";
import type { Vector } from "../engine/engine.js";
import { swarmOf, withSwarmDefaults } from "../runs/fromConfig.js";
import { runFiles } from "../runs/runFiles.js";
import { readSafetensors } from "../tensor/safetensors.js";
import { parseConfig, type TrainSettings } from "../train/config.js";
import { openSession } from "../train/index.js";
import { readWeights } from "../train/weights.js";
import { type Coupling, type Move, type Round, type Snapshot, stay } from "./coupling.js";
import type { ExchangeDriver } from "./exchange/exchange.js";
import { LocalExchange } from "./exchange/local.js";
import { openSwarm } from "./openSwarm.js";
import { Particle } from "./particle.js";

/** A coupling of every step whose particles move as told. */
const coupling = (
  move: (round: Round, self: number) => Move,
  more: Partial<Coupling> = {},
): Coupling => ({
  name: "told",
  source: "none",
  needs: { scores: false, distances: false },
  every: 1,
  deploys: "best",
  move,
  ...more,
});

const go = (particle: number, weight = 1, vector: "position" | "before" = "position"): Move => [
  { particle, vector, weight },
];

/** The vectors of a run's state by name, and its events. */
async function stateOf(
  told: Coupling,
  particles: number,
  settings: Partial<TrainSettings> = { steps: 5 },
  exchange?: ExchangeDriver,
) {
  const out = join(temporaryFolder(), "run");
  const { events } = await trainTiny(
    { augment: "none", ...settings, out },
    { open: openSwarm({ coupling: told, particles, exchange }) },
  );
  const { tensors } = readSafetensors(readFileSync(join(out, runFiles.state)));
  const rows = events.flatMap((event) => (event.type === "particles" ? [event.particles] : []));
  return {
    events,
    rows,
    vector: (name: string) => tensors.get(`vector.${name}`)!.data,
    names: [...tensors.keys()].map((name) => name.replace("vector.", "")),
  };
}

/** Trainable numbers of the tiny net: 4 kernels and biases, 4 scales and shifts, 64 weights of 3 classes. */
const TRAINABLE = 4 * 9 + 4 + 8 + 3 * 64 + 3;

describe("the start of a round", () => {
  test("is where the last round left the particle", async () => {
    // After the first round every step is taken back.
    const back = coupling(({ number }, self) =>
      number === 0 ? stay(self) : go(self, 1, "before"),
    );
    const first = await stateOf(
      coupling((_, self) => stay(self)),
      1,
      { steps: 1 },
    );
    const last = await stateOf(back, 1, { steps: 6 });
    expect(last.vector("particle0.w").slice(0, TRAINABLE)).toEqual(
      first.vector("particle0.w").slice(0, TRAINABLE),
    );
  });
});

describe("the optimizer's state", () => {
  const mean = ({ snapshots }: Round): Move =>
    snapshots.map(({ particle }) => ({ particle, vector: "position", weight: 0.5 }));

  test("moves as the weights do where the coupling says so", async () => {
    const { vector, names } = await stateOf(coupling(mean, { movesState: true }), 2);
    const state = names.filter((name) => /^particle0\..*velocity/.test(name));
    expect(state).toHaveLength(1);
    expect(vector(state[0])).toEqual(vector(state[0].replace("particle0", "particle1")));
    expect(vector(state[0]).some((value) => value !== 0)).toBe(true);
  });

  test("else stays each particle's own", async () => {
    const { vector, names } = await stateOf(coupling(mean), 2);
    const [state] = names.filter((name) => /^particle0\..*velocity/.test(name));
    expect(vector(state)).not.toEqual(vector(state.replace("particle0", "particle1")));
  });
});

/** Gives particle 0 what is not a number in place of whatever particle 1 published, which calls itself healthy. */
const lying: ExchangeDriver = {
  async open({ particles, layout, engine }) {
    const bad = engine.vector(layout.length);
    await bad.write(new Float32Array(layout.length).fill(Number.NaN));
    class Lying extends LocalExchange {
      override async vector(particle: number, name: string, by: number): Promise<Vector> {
        return particle === 1 && by === 0 ? bad : super.vector(particle, name, by);
      }
    }
    return new Lying(particles, layout.trainable);
  },
};

/** Changes what the particles of a round are told of each other. */
const telling = (change: (snapshot: Snapshot) => Snapshot): ExchangeDriver => ({
  async open({ particles, layout }) {
    class Telling extends LocalExchange {
      override async round(number: number) {
        return (await super.round(number)).map(change);
      }
    }
    return new Telling(particles, layout.trainable);
  },
});

describe("numbers that are not finite, of a particle that calls itself healthy,", () => {
  test.each([false, true])("move nobody (with the optimizer's state: %s)", async (movesState) => {
    const mean = ({ snapshots }: Round): Move =>
      snapshots.map(({ particle }) => ({ particle, vector: "position", weight: 0.5 }));
    const settings = { steps: 5 };
    const told = await stateOf(coupling(mean, { movesState }), 2, settings, lying);
    const alone = await stateOf(
      coupling((_, self) => stay(self)),
      2,
      settings,
    );
    for (const name of alone.names.filter((one) => one.startsWith("particle0."))) {
      expect([name, told.vector(name)]).toEqual([name, alone.vector(name)]);
    }
    expect(told.vector("particle1.w")).not.toEqual(alone.vector("particle1.w"));
  });
});

describe("a move", () => {
  test("is cut to a share of the norm of where the particle stands, in its direction", async () => {
    const triple = coupling((_, self) => go(self, 3), { limit: 0.1 });
    const { rows, vector } = await stateOf(triple, 1, { steps: 1, lr: 1e-6 });
    const { move } = rows[rows.length - 1][0];
    const after = Math.hypot(...vector("particle0.w").slice(0, TRAINABLE));
    // 2 |x| is longer than 0.1 |x|, so that x became 1.1 x.
    expect(move / after).toBeCloseTo(0.1 / 1.1, 4);
  });

  test("that is shorter stays as it is", async () => {
    const little = coupling((_, self) => go(self, 1.05), { limit: 0.1 });
    const { rows, vector } = await stateOf(little, 1, { steps: 1, lr: 1e-6 });
    const { move } = rows[rows.length - 1][0];
    const after = Math.hypot(...vector("particle0.w").slice(0, TRAINABLE));
    expect(move / after).toBeCloseTo(0.05 / 1.05, 3);
  });
});

describe("a particle's own best point", () => {
  const remembering = coupling((_, self) => stay(self), {
    every: "epoch",
    needs: { scores: true, distances: false },
  });

  test("gives way to a better score only, not to an equal one", async () => {
    // So little is learned that every epoch has the same accuracy.
    const { rows, vector } = await stateOf(remembering, 1, { lr: 1e-9, decay: 0 });
    const { epochs } = tinySettings;
    const scores = rows.flatMap(([{ score, bestScore }]) =>
      score === undefined ? [] : [[score, bestScore]],
    );
    expect(scores.every(([score, best]) => score === best)).toBe(true);
    expect(scores.length).toBeGreaterThanOrEqual(epochs);
    const [best, now] = [vector("particle0.best"), vector("particle0.w")];
    // Batch statistics go on changing, and tell the first epoch from the last.
    expect(best).not.toEqual(now);
  });
});

describe("rounds of epochs", () => {
  test("are played between epochs, not after the last one", async () => {
    const { events } = await stateOf(
      coupling((_, self) => stay(self), { every: "epoch" }),
      2,
      {},
    );
    const rounds = events.flatMap((event) => (event.type === "round" ? [event.epoch] : []));
    expect(rounds).toEqual([1, 2]);
  });
});

test("a particle whose weights alone are no longer finite is restored, and told", async () => {
  const out = join(temporaryFolder(), "run");
  const rates = [0.05, 1e300].map((rate) => ({ kind: "fixed", rate }) as const);
  const { events } = await trainTiny(
    { augment: "none", out, steps: 1 },
    { open: openSwarm({ coupling: coupling((_, self) => stay(self)), particles: 2, rates }) },
  );
  const told = events.flatMap((event) => (event.type === "warning" ? [event.message] : []));
  expect(told).toEqual(["particle 1 had diverged and was restored at 0.5 of its learning rate"]);
});

test.each(["gossip", "sync-sgd"])(
  "%s: where nobody comes through any more, training has diverged",
  async (swarm) => {
    const out = join(temporaryFolder(), "run");
    const run = trainTiny({ augment: "none", out, swarm, particles: 2, lr: 1e300, epochs: 30 });
    await expect(run).rejects.toThrow(/training has diverged/);
  },
);

test("a list of rates and a spread of them are refused together", () => {
  const config = parseConfig({ data: "any", lr: "0.1,0.01", particles: 2 });
  const swarm = (coupling: TrainSettings["coupling"]) => () =>
    swarmOf({ ...config, swarm: "pso", coupling: coupling! });
  expect(swarm({ spread: 4 })).toThrow(
    "pso: setting spread is 4, but the particles have a list of learning rates; leave one of them out",
  );
  expect(swarm({})().rates).toHaveLength(2);
});

describe("a rescue", () => {
  /** Particle 1 learns nothing, as its rate is tiny, or too large for it. */
  const rescuing = (
    rates: readonly number[],
    more: Partial<Coupling> = {},
    exchange?: ExchangeDriver,
  ) =>
    openSwarm({
      exchange,
      coupling: coupling((_, self) => stay(self), {
        every: "epoch",
        needs: { scores: true, distances: false },
        rescues: ({ behind }, self) => behind[self] >= 1,
        ...more,
      }),
      particles: 2,
      rates: rates.map((rate) => ({ kind: "fixed", rate })),
    });

  async function rescuedBy(
    rates: readonly number[],
    more: Partial<Coupling> = {},
    epochs = 2,
    exchange?: ExchangeDriver,
  ) {
    const out = join(temporaryFolder(), "run");
    const { events } = await trainTiny(
      { augment: "none", out, epochs },
      { open: rescuing(rates, more, exchange) },
    );
    const { tensors } = readSafetensors(readFileSync(join(out, runFiles.state)));
    return {
      rescues: events.flatMap((event) => (event.type === "round" ? (event.rescued ?? []) : [])),
      constantLosses: events.flatMap((event) =>
        event.type === "round" && event.rescued ? [event.constantLoss!] : [],
      ),
      last: events
        .flatMap((event) => (event.type === "particles" ? [event.particles] : []))
        .at(-1)!,
      vector: (name: string) => tensors.get(`vector.${name}`)!.data,
    };
  }

  test("goes nowhere where the best point is none, though its net calls itself healthy", async () => {
    const { rescues, vector } = await rescuedBy([1e-9, 0.05], {}, 1, lying);
    expect(rescues).toEqual([]);
    expect(vector("particle0.w").every(Number.isFinite)).toBe(true);
  });

  test("puts a slow net in the place of the best point, without its momentum, at its own rate", async () => {
    // Its only epoch is the last one: nobody ends behind.
    const { rescues, constantLosses, last, vector } = await rescuedBy([0.05, 1e-9], {}, 1);
    expect(rescues).toMatchObject([{ particle: 1, from: 0, rateFactor: 1 }]);
    expect(rescues[0].loss).toBeGreaterThan(rescues[0].fromLoss);
    expect(constantLosses).toHaveLength(1);
    expect(constantLosses[0]).toBeGreaterThan(rescues[0].fromLoss);
    expect(last[1]).toMatchObject({ restored: 1, rateFactor: 1, behind: 0 });
    expect(vector("particle1.w")).toEqual(vector("particle0.best"));
    expect(vector("particle1.velocity").every((value) => value === 0)).toBe(true);
    expect(vector("particle0.velocity").some((value) => value !== 0)).toBe(true);
  });

  test("halves a rate that is not lower than the best one's", async () => {
    const { rescues } = await rescuedBy([0.05, 30]);
    expect(rescues[0]).toMatchObject({ particle: 1, from: 0, rateFactor: 0.5 });
  });

  test("is also of a net that diverges again and again, or in the last epoch", async () => {
    const twice: Partial<Coupling> = {
      rescues: ({ behind, last }, self) => behind[self] >= (last ? 1 : 2),
    };
    const ended = await rescuedBy([0.05, 1e300], twice, 1);
    expect(ended.rescues).toMatchObject([{ particle: 1, from: 0, rateFactor: 0.5 }]);
    expect(ended.vector("particle1.w")).toEqual(ended.vector("particle0.best"));
    expect(ended.last[1]).toMatchObject({ restored: 1, rateFactor: 0.5, behind: 0, healthy: true });
    // Back to where it was before its steps; then, as that helped nothing, to the best.
    const { rescues, last } = await rescuedBy([0.05, 1e300], twice, 3);
    expect(rescues.map(({ rateFactor }) => rateFactor)).toEqual([0.25, 0.125]);
    expect(last[1]).toMatchObject({ restored: 3, rateFactor: 0.125 });
  });

  test("is not of who came too late to be heard", async () => {
    const late = telling((each) => ({ ...each, healthy: each.particle === 0 }));
    const { rescues, last } = await rescuedBy([0.05, 0.05], {}, 2, late);
    expect(rescues).toEqual([]);
    expect(last[1]).toMatchObject({ restored: 0, behind: 0, rateFactor: 1, healthy: true });
  });

  test("halves the rate of who diverged, also one that is lower than the best one's", async () => {
    const faster = telling((each) => (each.particle === 0 ? { ...each, lr: 1e301 } : each));
    const { rescues } = await rescuedBy([0.05, 1e300], {}, 1, faster);
    expect(rescues).toMatchObject([{ particle: 1, from: 0, rateFactor: 0.5 }]);
  });

  test("looks at no older epoch where a net had no finite loss in the last one", () => {
    const particle: Particle = Object.assign(Object.create(Particle.prototype), {
      tally: { images: 0, loss: 0, tallies: {}, work: 0 },
      memory: { rateFactor: 1, restored: 3, behind: 0, epochLoss: 0.1 },
    });
    particle.closeEpoch();
    expect(particle.remembered).toMatchObject({
      restored: 3,
      epochLoss: Number.POSITIVE_INFINITY,
    });
  });

  test("is none where the coupling knows of none", async () => {
    const { rescues, last } = await rescuedBy([0.05, 1e-9], { rescues: undefined });
    expect(rescues).toEqual([]);
    expect(last[1].restored).toBe(0);
  });
});

describe("a swarm without batch and rate", () => {
  test("shares the batch of one net, with rates by its root", () => {
    const defaults = (particles?: number) =>
      withSwarmDefaults({ data: "any", swarm: "pso", ...(particles && { particles }) });
    expect(defaults()).toMatchObject({ batch: 16, scale: "sqrt" });
    expect(defaults(1)).toMatchObject({ batch: 64 });
    expect(defaults(2)).toMatchObject({ batch: 32 });
    expect(defaults(16)).toMatchObject({ batch: 8 });
  });

  test("keeps what is said, and other couplings keep the batch of each net", () => {
    for (const said of [
      { batch: 64 },
      { lr: 0.1 },
      { lr: "0.1,0.01" },
      { scale: "none" },
    ] as const) {
      const settings = { data: "any", swarm: "pso", ...said };
      expect(withSwarmDefaults(settings)).toBe(settings);
    }
    for (const swarm of ["gossip", "local-sgd", undefined]) {
      const settings = { data: "any", swarm };
      expect(withSwarmDefaults(settings)).toBe(settings);
    }
  });
});

test("a particle swarm without pulls is independent training, to the byte", async () => {
  const vectors = async (settings: Partial<TrainSettings>) => {
    const out = join(temporaryFolder(), "run");
    await trainTiny({ ...settings, out, particles: 3 });
    const { tensors } = readSafetensors(readFileSync(join(out, runFiles.state)));
    return [0, 1, 2].map((particle) => tensors.get(`vector.particle${particle}.w`)!.data);
  };
  const without = await vectors({ swarm: "pso", coupling: { m: 0, c: 0 } });
  expect(without).toEqual(await vectors({ swarm: "independent" }));
  expect(without).not.toEqual(await vectors({ swarm: "pso" }));
});

test("the mean of nets has batch statistics of its own, not those of one of them", async () => {
  const out = join(temporaryFolder(), "run");
  await trainTiny({ out, swarm: "independent", particles: 2, deploy: "mean" });
  const { tensors } = readSafetensors(readFileSync(join(out, runFiles.state)));
  const { tensors: last } = readSafetensors(readFileSync(join(out, runFiles.last)));
  const statistics = [...last].filter(([name]) => /^norm\.(running)?_?(mean|var)/i.test(name));
  expect(statistics).toHaveLength(2);
  for (const particle of [0, 1]) {
    const own = [...tensors.get(`vector.particle${particle}.w`)!.data.slice(TRAINABLE)];
    for (const [name, { data }] of statistics) {
      for (const value of data) expect(own, name).not.toContain(value);
    }
  }
});

test("who brings a training of its own has no ensemble, whatever the settings say", async () => {
  const out = join(temporaryFolder(), "run");
  await trainTiny({ out, epochs: 1, deploy: "ensemble" }, { open: openSession });
  expect((await readWeights(out)).info.members).toBeUndefined();
});
