// Gradients that meet, in runs of a tiny net: exact identities, lost learners, resume.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  stripeSplits,
  temporaryFolder,
  tinyModel,
  tinySettings,
} from "../../test/support/tinyRun.js";
import { createEngine } from "../engine/index.js";
import { layoutOf } from "../graph/index.js";
import type { Evaluated, Objective } from "../optim/index.js";
import { runFiles } from "../runs/index.js";
import { train } from "../runs/train.js";
import { readSafetensors } from "../tensor/safetensors.js";
import type { TrainEvent, TrainSettings } from "../train/index.js";
import { compressors, getCompressor, type Memory, withFeedback } from "./codecs/index.js";
import { LocalExchange } from "./exchange/local.js";
import { SharedGradient } from "./sharedGradient.js";

type Settings = Partial<TrainSettings>;
const parts = () => ({ data: stripeSplits(), model: tinyModel });
const swarm = { swarm: "sync-sgd", particles: 3 } as const;

/** Runs the tiny net; returns its folder, its events and the vectors of its last state. */
async function run(settings: Settings, folder = join(temporaryFolder(), "run")) {
  const events: TrainEvent[] = [];
  const listeners = [(event: TrainEvent) => void events.push(event)];
  const given = { ...tinySettings, ...swarm, ...settings, out: folder };
  const summary = await train(given, { ...parts(), listeners });
  const state = readFileSync(join(folder, runFiles.state));
  const { tensors } = readSafetensors(state, "state");
  const vector = (name: string) => tensors.get(`vector.${name}`)!.data as Float32Array;
  return { folder, summary, events, vector, last: readFileSync(join(folder, runFiles.last)) };
}

const gap = (a: Float32Array, b: Float32Array) =>
  Math.max(...a.map((value, at) => Math.abs(value - b[at])));

/** The net's trainable numbers: batch statistics are each learner's own. */
const trainable = (w: Float32Array) => w.subarray(0, w.length - 8);

describe("synchronous SGD", () => {
  test.each(["sgd", "momentum", "nesterov"])(
    "with %s takes the steps of local SGD with a mean at every step",
    async (optimizer) => {
      const settings = { optimizer, epochs: 1, schedule: "constant" };
      const shared = await run(settings);
      const local = await run({ ...settings, swarm: "local-sgd", coupling: { every: 1 } });
      const [a, b] = [shared, local].map(({ vector }) => trainable(vector("particle0.w")));
      expect(gap(a, b)).toBeLessThan(1e-5);
    },
  );

  test.each(["adam", "entropy-sgd", "sam(momentum)", "lookahead(lars)"])(
    "keeps all particles in one point with %s",
    async (optimizer) => {
      const { vector } = await run({ optimizer, lr: 0.01, epochs: 1 });
      const [first, ...others] = [0, 1, 2].map((id) => trainable(vector(`particle${id}.w`)));
      for (const other of others) expect(other).toEqual(first);
    },
  );

  test("a share of 1 is no compression, bit for bit", async () => {
    const whole = await run({});
    const shares = await run({ coupling: { compress: "top-k", share: 1 } });
    expect(shares.last.equals(whole.last)).toBe(true);
  });

  test("counts the bytes of every round, in events, results and summary", async () => {
    const { events, summary, folder } = await run({ coupling: { compress: "sign" } });
    const rounds = events.filter((event) => event.type === "round");
    expect(rounds).toHaveLength(3 * 10);
    const sum = rounds.reduce((all, { bytes }) => all + bytes, 0);
    expect(rounds[0].bytes).toBeGreaterThan(0);
    expect(summary.bytesSent).toBe(sum);
    const rows = readFileSync(join(folder, runFiles.results), "utf8").trim().split("\n");
    expect(rows[0].endsWith(",bytesSent")).toBe(true);
    const epochs = rows.slice(1).map((row) => Number(row.split(",").at(-1)));
    expect(epochs.reduce((all, bytes) => all + bytes)).toBe(sum);
    const lines = readFileSync(join(folder, runFiles.metrics), "utf8").trim().split("\n");
    expect(lines.filter((line) => line.includes('"round"'))).toHaveLength(30);
    const plain = await run({});
    expect(plain.summary.bytesSent! / sum).toBeGreaterThan(6);
  });
});

describe.each(compressors())("$name", ({ name, optimizer = "nesterov" }) => {
  const settings = { optimizer, coupling: { compress: name } };

  test("stopped and resumed gives the bytes of an uninterrupted run", async () => {
    const whole = await run(settings);
    const parted = await run({ ...settings, steps: 13 });
    await train({ out: parted.folder, steps: 1_000_000 }, { ...parts(), resume: true });
    for (const file of [runFiles.last, runFiles.best]) {
      const [a, b] = [whole, parted].map(({ folder }) => readFileSync(join(folder, file)));
      expect(a.equals(b), file).toBe(true);
    }
    const bytes = (folder: string) =>
      readFileSync(join(folder, runFiles.results), "utf8")
        .split("\n")
        .map((row) => row.split(",").at(-1));
    expect(bytes(parted.folder)).toEqual(bytes(whole.folder));
  });
});

describe("settings that cannot be", () => {
  const refused = (settings: Settings) => expect(run(settings)).rejects;

  test("a rate for each particle", () =>
    refused({ lr: "0.1,0.2,0.3" }).toThrow(
      "all particles are one net, and have one learning rate",
    ));
  test("two momentums", () =>
    refused({ coupling: { compress: "dgc" } }).toThrow(
      "goes with --optimizer sgd, found nesterov",
    ));
  test("two memories", () =>
    refused({ optimizer: "sgd", coupling: { compress: "dgc", feedback: "on" } }).toThrow(
      "dgc has a memory of its own",
    ));
  test("a compressor that is not known", () =>
    refused({ coupling: { compress: "topk" } }).toThrow('did you mean "top-k"'));
  test("another compressor's setting", () =>
    refused({ coupling: { compress: "sign", share: 0.1 } }).toThrow('unknown setting "share"'));
});

describe("a learner that is lost", () => {
  const layout = layoutOf([{ name: "weight", shape: [4], kind: "weight" }]);
  const moment = { epoch: 0, step: 0 };

  /** Three learners with these losses and gradients meet once. */
  async function meet(own: readonly { loss: number; gradient: readonly number[] }[]) {
    const engine = await createEngine({ engine: "reference" });
    const compressor = withFeedback(getCompressor("top-k").make({ share: 0.25 })(layout), 4);
    const exchange = new LocalExchange(own.length, 4);
    const shared = new SharedGradient({ layout, compressor, exchange, seed: 1 });
    const memories: Memory[] = own.map(() => shared.memory());
    const results = await Promise.all(
      own.map(async ({ loss, gradient }, particle) => {
        const [w, grad] = [engine.vector(4), engine.vector(4)];
        const alone: Objective = {
          layout,
          async evaluate(): Promise<Evaluated> {
            await grad.write(gradient);
            return { loss, tallies: {} };
          },
        };
        const objective = shared.objective(alone, particle, memories[particle]);
        const result = await objective.evaluate(w, {} as never, { grad }, moment);
        return { loss: result.loss, gradient: [...(await grad.read())] };
      }),
    );
    await engine.close();
    return { results, memories, absent: shared.lastAbsent };
  }

  test.each([
    ["loss", { loss: Number.NaN, gradient: [1, 1, 1, 1] }],
    ["gradient", { loss: 2, gradient: [1, Number.POSITIVE_INFINITY, 1, 1] }],
  ])("by its %s takes the mean of the others and keeps its memory", async (_, lost) => {
    const { results, memories, absent } = await meet([
      { loss: 1, gradient: [4, 1, 0, 0] },
      lost,
      { loss: 3, gradient: [0, 1, -2, 0] },
    ]);
    for (const result of results) expect(result).toEqual({ loss: 2, gradient: [2, 0, -1, 0] });
    expect(memories.map(({ error }) => [...error])).toEqual([
      [0, 1, 0, 0],
      [0, 0, 0, 0],
      [0, 1, 0, 0],
    ]);
    expect(absent).toEqual([1]);
  });

  test("with all others gives a loss that is not finite, so that all begin anew", async () => {
    const nan = { loss: Number.NaN, gradient: [0, 0, 0, 0] };
    const { results, absent } = await meet([nan, nan, nan]);
    for (const { loss } of results) expect(loss).toBeNaN();
    expect(absent).toEqual([0, 1, 2]);
  });

  test("with all others is restored with an empty memory, and training goes on", async () => {
    const { events, vector } = await run({
      optimizer: "sgd",
      schedule: "constant",
      lr: 1e38,
      epochs: 1,
      coupling: { compress: "top-k", share: 0.1 },
    });
    const warnings = events.filter((event) => event.type === "warning");
    expect(warnings.length).toBeGreaterThan(0);
    const [first, ...others] = [0, 1, 2].map((id) => trainable(vector(`particle${id}.w`)));
    for (const other of others) expect(other).toEqual(first);
    expect(first.every(Number.isFinite)).toBe(true);
  });
});
