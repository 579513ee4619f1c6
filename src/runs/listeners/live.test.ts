import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder, trainTiny } from "../../../test/support/tinyRun.js";
import { classification } from "../../tasks/index.js";
import type { RunStart, TrainEvent } from "../../train/events.js";
import { type LiveStatus, live } from "./live.js";

const kinds = { saved: 1, passing: 0, gradients: 0, weights: 0, scratch: 0 };
const start: RunStart = {
  ...{ type: "runStart", run: "r", task: "classify", metrics: classification.metrics },
  ...{ score: { metric: "accuracy", better: "higher" }, model: "tiny", parameters: 1 },
  ...{ engine: "reference", threads: 1, precision: "f32", seed: 1, optimizer: "adam" },
  ...{ epochs: 2, stepsPerEpoch: 4, batch: 10, images: { train: 40, selection: 5, test: 0 } },
  memory: { peakBytes: 7, activationBytes: 1, scratchBytes: 0, kinds },
  history: [],
};

const step = (epoch: number, at: number, loss: number): TrainEvent => ({
  ...{ type: "step", epoch, step: at, stepsPerEpoch: 4, loss, lr: 0.1 },
  ...{ metrics: { accuracy: loss / 10 }, images: 10, gradients: 1 },
});

test("tells the means of an epoch, its speed and the time left, at most once a second", async () => {
  const path = join(temporaryFolder(), "live.json");
  let time = 0;
  const hear = live(path, { stoppable: true, now: () => time });
  const read = () => JSON.parse(readFileSync(path, "utf8")) as LiveStatus;
  await hear(start);
  expect(read()).toMatchObject({ epoch: 1, epochs: 2, step: 0, stepsPerEpoch: 4 });
  expect(read()).toMatchObject({ memory: { programs: 7 }, stoppable: true });
  time = 999;
  await hear(step(1, 1, 3));
  expect(read()).toMatchObject({ step: 0 });
  time = 2000;
  await hear(step(1, 2, 1));
  expect(read()).toMatchObject({ step: 2, loss: 2, metrics: { accuracy: 0.2 }, lr: 0.1 });
  expect(read()).toMatchObject({ imagesPerSecond: 10, secondsLeft: 6 });
});

test("is there while a run goes on, with a row for each net of a swarm, and gone at the end", async () => {
  const out = join(temporaryFolder(), "run");
  const found: LiveStatus[] = [];
  const watch = (event: TrainEvent) => {
    if (event.type !== "epochEnd") return;
    found.push(JSON.parse(readFileSync(join(out, "live.json"), "utf8")));
  };
  const swarm = { swarm: "pso", particles: 2, augment: "", epochs: 2 } as const;
  await trainTiny({ out, ...swarm }, { listeners: [watch] });
  expect(found.map(({ epoch }) => epoch)).toEqual([1, 2]);
  expect(found[1].particles).toHaveLength(2);
  expect(existsSync(join(out, "live.json"))).toBe(false);
});
