// A swarm that is deployed as an ensemble: from training to its file and back, on real images.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Dataset, openDataset, subset } from "../src/data/index.js";
import { createModel, memberName } from "../src/models/index.js";
import { netOf } from "../src/nn/index.js";
import { openTrained, openWeights, type Trained, train } from "../src/runs/index.js";
import { classification, counting, ensembleQuestion, type Task } from "../src/tasks/index.js";
import type { Summary } from "../src/train/index.js";
import { encodeWeights, readWeights, vectorOf } from "../src/train/weights.js";

const folder = mkdtempSync(join(tmpdir(), "convoy-ensemble-"));
const run = join(folder, "run");
const settings = {
  ...{ data: "mnist", epochs: 2, batch: 20, model: "lenet5", threads: 1 },
  ...{ swarm: "independent", particles: 3, deploy: "ensemble" },
} as const;
const best = join(run, "weights", "best.safetensors");

let data: { readonly train: Dataset; readonly test: Dataset };
let summary: Summary;
let net: Trained;
let images: Dataset;

const first = (count: number) => [...Array(count).keys()];

beforeAll(async () => {
  const { train: many, test: others } = await openDataset("mnist");
  data = { train: subset(many, first(200)), test: subset(others!, first(100)) };
  summary = await train({ ...settings, out: run }, { data });
  net = await openTrained(run);
  images = subset(data.test, first(12));
}, 60_000);
afterAll(async () => {
  await net?.close();
  rmSync(folder, { recursive: true });
});

/** Probabilities that each member gives each image, as a net of its own. */
async function ofMembers(): Promise<number[][][]> {
  const { info, tensors } = await readWeights(best);
  const { members = 0, ...single } = info;
  const [channels, height, width] = info.input;
  const model = createModel("lenet5", { channels, height, width, outputs: 10 });
  const { layout } = netOf(model, 1, { training: false });
  const bytes = images.images.bytes as Uint8Array;
  const x = Float32Array.from(bytes, (byte) => (byte - info.mean[0]) / info.std[0]);
  const found: number[][][] = [];
  for (let member = 0; member < members; member++) {
    const own = layout.params.map(
      ({ name }) => [name, tensors.get(memberName(member, name))!] as const,
    );
    const file = join(folder, `member${member}.safetensors`);
    writeFileSync(file, encodeWeights(layout, vectorOf(layout, new Map(own), file), single));
    const one = await openWeights(file, { input: info.input });
    const logits = await one.logits(x);
    await one.close();
    found.push(
      first(images.length).map((at) => {
        const powers = [...logits.subarray(10 * at, 10 * at + 10)].map(Math.exp);
        const sum = powers.reduce((a, b) => a + b);
        return powers.map((power) => power / sum);
      }),
    );
  }
  return found;
}

describe("an ensemble", () => {
  test("has the parameters of all its nets", () => {
    expect(summary.parameters).toBe(3 * 61_706);
    expect(net.info.members).toBe(3);
  });

  test("says the mean of what its nets say", async () => {
    const members = await ofMembers();
    expect(members).toHaveLength(3);
    const said = await net.predict(images, { top: 10 });
    for (const [at, prediction] of said.entries()) {
      const { classes } = prediction as { classes: { class: string; probability: number }[] };
      for (const { class: name, probability } of classes) {
        const mean = members.reduce((sum, one) => sum + one[at][Number(name)], 0) / 3;
        expect(probability).toBeCloseTo(mean, 4);
      }
    }
  });

  test("evaluates as it did at the end of its training", async () => {
    const { metrics } = await net.evaluate(data.test);
    expect(metrics.accuracy).toBe(summary.test!.accuracy);
  });

  test("is no start of another run, no single net, and has no features", async () => {
    const out = join(folder, "next");
    const from = { data: "mnist", epochs: 1, threads: 1, pretrained: run, out };
    await expect(train(from, { data })).rejects.toThrow(
      /holds an ensemble of 3 nets; a run starts from/,
    );
    await expect(openWeights(best)).rejects.toThrow(/holds an ensemble of 3 nets/);
    await expect(net.features(images)).rejects.toThrow(/an ensemble of 3 nets has no features/);
  });

  test("stopped and resumed gives the same bytes", async () => {
    const out = join(folder, "parts");
    await train({ ...settings, steps: 13, out }, { data });
    await train({ out, steps: 1_000_000 }, { data, resume: true });
    const [whole, parts] = await Promise.all(
      [best, join(out, "weights", "best.safetensors")].map((file) => readWeights(file)),
    );
    for (const [name, { data }] of whole.tensors) {
      expect(parts.tensors.get(name)!.data).toEqual(data);
    }
  });
});

test("a task whose answers have no mean, and a model with a loss of its own, have no ensemble", () => {
  const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 1 });
  const about =
    (task: Task, of = model) =>
    () =>
      ensembleQuestion({ model: of, task, constants: {} }, 2);
  expect(about(counting)).toThrow("task count has no mean of what several nets say");
  expect(about(classification)).not.toThrow();
  const loss = () => {
    throw new Error("not asked for");
  };
  expect(about(classification, { ...model, loss })).toThrow("has a loss of its own");
});
