// Optimizer state in parts, in runs of a tiny net: the same run as without, bit for bit, and its messages.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  stripeSplits,
  temporaryFolder,
  tinyModel,
  tinySettings,
} from "../../test/support/tinyRun.js";
import { layoutOf } from "../graph/index.js";
import { sliceOf } from "../optim/index.js";
import { runFiles } from "../runs/index.js";
import { train } from "../runs/train.js";
import { readSafetensors } from "../tensor/safetensors.js";
import type { TrainEvent, TrainSettings } from "../train/index.js";
import { readPart, writePart } from "./sharedWeights.js";

type Settings = Partial<TrainSettings>;
const parts = () => ({ data: stripeSplits(), model: tinyModel });
const partition = { partition: "on" };

async function run(settings: Settings, folder = join(temporaryFolder(), "run")) {
  const events: TrainEvent[] = [];
  const listeners = [(event: TrainEvent) => void events.push(event)];
  const given = { ...tinySettings, swarm: "sync-sgd", particles: 3, ...settings, out: folder };
  const summary = await train(given, { ...parts(), listeners });
  const [start] = events.filter((event) => event.type === "runStart");
  const { tensors } = readSafetensors(readFileSync(join(folder, runFiles.state)), "state");
  return {
    folder,
    summary,
    swarm: start.swarm!,
    trainable: start.parameters,
    exchanges: events.filter((event) => event.type === "round"),
    warnings: events.filter((event) => event.type === "warning"),
    last: readFileSync(join(folder, runFiles.last)),
    lengthOf: (name: string) => tensors.get(`vector.${name}`)!.shape[0],
  };
}

const optimizers = [
  "sgd",
  "nesterov",
  "adam",
  "lars",
  "lamb",
  "entropy-sgd",
  "sam(momentum)",
  "lookahead(lamb)",
  "clip-norm(adam)",
  "agc(nadam)",
];

describe("a run whose optimizer state is parted", () => {
  test.each(optimizers)("with %s gives the weights of the run without", async (optimizer) => {
    const settings = { optimizer, lr: 0.01, epochs: 2 };
    const plain = await run(settings);
    const parted = await run({ ...settings, coupling: partition });
    expect(parted.last.equals(plain.last)).toBe(true);
  });

  test("and whose gradients are compressed does too", async () => {
    const plain = await run({ coupling: { compress: "sign" } });
    const parted = await run({ coupling: { compress: "sign", ...partition } });
    expect(parted.last.equals(plain.last)).toBe(true);
  });

  test("of more particles than layers does too", async () => {
    const settings = { optimizer: "lamb", lr: 0.01, particles: 8, epochs: 1 };
    const plain = await run(settings);
    const parted = await run({ ...settings, coupling: partition });
    expect(parted.last.equals(plain.last)).toBe(true);
  });

  test("that diverges is restored as the run without", async () => {
    const settings = { optimizer: "sgd", schedule: "constant", lr: 1e38, epochs: 1 };
    const plain = await run(settings);
    const parted = await run({ ...settings, coupling: partition });
    expect(plain.warnings.length).toBeGreaterThan(0);
    expect(parted.warnings).toEqual(plain.warnings);
    expect(parted.last.equals(plain.last)).toBe(true);
  });

  test("of one particle is a plain run", async () => {
    const one = await run({ particles: 1, coupling: partition });
    const plain = await run({ particles: undefined, swarm: undefined });
    expect(one.last.equals(plain.last)).toBe(true);
  });

  test("keeps a part of the state in each particle, and tells how much", async () => {
    const plain = await run({ optimizer: "adam", lr: 0.01, epochs: 1 });
    const parted = await run({ optimizer: "adam", lr: 0.01, epochs: 1, coupling: partition });
    const { trainable } = plain;
    expect(plain.swarm.stateBytes).toBe(2 * 4 * trainable);
    expect(parted.swarm.stateBytes).toBe(2 * 4 * Math.ceil(trainable / 3));
    const lengths = [0, 1, 2].map((id) => parted.lengthOf(`particle${id}.second`));
    expect(lengths.reduce((sum, length) => sum + length)).toBe(trainable);
  });

  test("sends every weight once a step more than the run without", async () => {
    const plain = await run({ epochs: 1 });
    const parted = await run({ epochs: 1, coupling: partition });
    for (const [at, { bytes }] of parted.exchanges.entries()) {
      expect(bytes - plain.exchanges[at].bytes).toBe(4 * plain.trainable + 3 * 12);
    }
  });

  test.each(["adam", "lookahead(lars)", "entropy-sgd"])(
    "with %s, stopped and resumed, gives the bytes of an uninterrupted run",
    async (optimizer) => {
      const settings = { optimizer, lr: 0.01, coupling: partition };
      const whole = await run(settings);
      const { folder } = await run({ ...settings, steps: 13 });
      await train({ out: folder, steps: 1_000_000 }, { ...parts(), resume: true });
      for (const file of [runFiles.last, runFiles.best]) {
        const [a, b] = [whole.folder, folder].map((of) => readFileSync(join(of, file)));
        expect(a.equals(b), file).toBe(true);
      }
    },
  );
});

describe("a partition that cannot be", () => {
  test("of a norm of what nobody has as a whole", () =>
    expect(run({ optimizer: "clip-value(clip-norm(sgd))", coupling: partition })).rejects.toThrow(
      "takes the norm of all weights' changes at once, and cannot be had in parts",
    ));
  test("of a setting that is not known", () =>
    expect(run({ coupling: { partition: "half" } })).rejects.toThrow(/partition/));
});

describe("the message of a part", () => {
  const layout = layoutOf([{ name: "weight", shape: [10], kind: "weight" }]);
  const part = sliceOf(layout, 3, 7);
  const values = Float32Array.of(1.5, Number.NaN, -0, Number.POSITIVE_INFINITY);
  const message = writePart(part, values);

  test("gives back its numbers, finite or not", () => {
    expect(readPart(part, message, "m")).toEqual(values);
  });

  test.each([...message.keys()])("is refused with another byte %i", (at) => {
    const damaged = message.slice();
    damaged[at] ^= 1;
    expect(() => readPart(part, damaged, "message of 1")).toThrow(/message of 1.*damaged/);
  });

  test("is refused cut off, too long, and as that of another part", () => {
    for (const length of [0, 7, message.length - 1]) {
      expect(() => readPart(part, message.subarray(0, length), "m")).toThrow(
        `expected 4 weights in 28 bytes, found ${length} bytes`,
      );
    }
    const longer = new Uint8Array(message.length + 1);
    longer.set(message);
    expect(() => readPart(part, longer, "m")).toThrow("found 29 bytes");
    expect(() => readPart(sliceOf(layout, 2, 6), message, "m")).toThrow(
      "expected weights [2, 6), found 4 from 3 on",
    );
  });
});
