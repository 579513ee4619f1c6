import { expect, test } from "vitest";
import { classification } from "../tasks/index.js";
import type { ParticleStatus, RunStart, StepDone, Summary, TrainEvent } from "../train/events.js";
import { fitting } from "./lineParts.js";
import { particleRow } from "./particleRows.js";
import { showProgress, showResult } from "./progress.js";

const kinds = { saved: 1, passing: 0, gradients: 0, weights: 0, scratch: 0 };
const memory = { peakBytes: 2, activationBytes: 1, scratchBytes: 0, kinds };

const start: RunStart = {
  type: "runStart",
  run: "runs/a",
  task: "classify",
  metrics: classification.metrics,
  score: { metric: "accuracy", better: "higher" },
  model: "lenet5",
  parameters: 61706,
  engine: "native",
  threads: 2,
  precision: "f32",
  seed: 1,
  optimizer: "adam",
  lr: 0.003,
  epochs: 2,
  stepsPerEpoch: 2,
  batch: 10,
  images: { train: 20, selection: 5, test: 4 },
  memory,
  history: [],
};

const step = (epoch: number, at: number): StepDone => ({
  ...{ type: "step", epoch, step: at, stepsPerEpoch: 2, loss: at, lr: 0.1 },
  ...{ metrics: { accuracy: 0.5 }, images: 10, gradients: 1 },
});

const epochEnd = (epoch: number): TrainEvent => ({
  ...{ type: "epochEnd", epoch, trainLoss: 1.5, train: { accuracy: 0.5 }, selectionLoss: 1 },
  ...{
    selection: { accuracy: 0.75 },
    lr: 0.1,
    seconds: 2,
    imagesPerSecond: 1234,
    best: epoch === 1,
  },
  ...{ complete: true, gradients: epoch },
});

const summary: Summary = {
  ...{
    run: "runs/a",
    task: "classify",
    score: start.score,
    model: "lenet5",
    parameters: 61706,
    epochs: 2,
    seed: 1,
    seconds: 65,
  },
  best: { epoch: 1, score: 0.75, accuracy: 0.75 },
  test: { accuracy: 0.98765, loss: 0.1 },
  ...{ imagesPerSecond: 1234, gradients: 2 },
  memory,
};

const events: TrainEvent[] = [
  start,
  step(1, 1),
  step(1, 2),
  epochEnd(1),
  step(2, 1),
  step(2, 2),
  epochEnd(2),
  { type: "runEnd", reason: "finished", summary },
];

/** What a run writes when each event takes a second. */
function shown(run: readonly TrainEvent[], isTTY = false, columns = 200): string {
  let text = "";
  let seconds = 0;
  const stream = { isTTY, columns, write: (part: string) => void (text += part) };
  const listen = showProgress(stream, { now: () => seconds * 1000 });
  for (const event of run) {
    listen(event);
    seconds++;
  }
  return text;
}

test("plain lines where there is no terminal", () => {
  expect(shown(events).split("\n")).toEqual([
    "lenet5: 61,706 parameters, native engine, 2 threads, f32",
    "images: 20 training, 5 selection, 4 test",
    "optimizer: adam, lr 0.003",
    "run runs/a",
    "epoch 1/2  loss 1.5000  accuracy 50.00 %  selection 75.00 % *  1,234 img/s  0:03 left",
    "epoch 2/2  loss 1.5000  accuracy 50.00 %  selection 75.00 %    1,234 img/s  0:00 left",
    "best epoch 1: selection accuracy 75.00 %",
    "run runs/a, 1:05",
    "test accuracy 98.77 %",
    "",
  ]);
});

test("a live line on a terminal, with means of the epoch and the time left for the run", () => {
  const text = shown(events, true);
  const live = text.split("\r\x1b[K").filter((part) => part.includes("["));
  expect(live[1]).toBe(
    "epoch 1/2  [====================]  loss 1.5000  accuracy 50.00 %  10 img/s  0:02 left",
  );
});

test("in 80 columns an epoch's line fits, and says what matters most", () => {
  const [, , , , first] = shown(events, false, 80).split("\n");
  expect(first).toBe("epoch 1/2  loss 1.5000  accuracy 50.00 %  selection 75.00 % *  0:03 left");
  const live = shown(events, true, 80).split("\r\x1b[K")[5];
  expect(live).toBe("epoch 1/2  loss 1.0000  accuracy 50.00 %  10 img/s  0:03 left");
});

test("the row of a net fits 80 columns, and counts nets as the tables do", () => {
  const status: ParticleStatus = {
    ...{ particle: 0, lr: 0.03, loss: 0.12345, metrics: { accuracy: 0.5 }, healthy: false },
    ...{ move: 1.5, rateFactor: 1, restored: 2, behind: 0, score: 0.75 },
  };
  const [accuracy] = classification.metrics;
  const row = (width: number) => fitting(particleRow(status, accuracy, accuracy), width);
  expect(row(199)).toBe(
    "  net 0  lr 0.0300    loss 0.1235  accuracy 50.00 %  selection 75.00 %  moved 1.50  diverged  restored 2x",
  );
  expect(row(79)).toBe("  net 0  lr 0.0300    selection 75.00 %  diverged  restored 2x");
});

test("the live line never wraps", () => {
  const parts = shown(events, true, 40).split("\r\x1b[K");
  for (const part of parts.filter((line) => !line.endsWith("\n"))) {
    expect(part.length).toBeLessThan(40);
  }
});

test("a resumed run says where it goes on, and counts only what is left", () => {
  const resumed = { ...start, resumed: { epoch: 2, step: 1 } };
  const text = shown([resumed, step(2, 1), step(2, 2), epochEnd(2)]);
  expect(text).toContain("run runs/a, going on at epoch 2, step 1");
  const over = shown([{ ...start, resumed: { epoch: 3, step: 1 } }]);
  expect(over).toContain("run runs/a, whose epochs are all done\n");
  expect(text).toContain("0:00 left");
});

test("what a resumed run did before counts neither as time nor as speed", () => {
  const resumed = { ...start, epochs: 9, resumed: { epoch: 2, step: 3 } };
  expect(shown([resumed, epochEnd(2)])).not.toContain("left");
  const live = (step: number): TrainEvent => ({
    ...{ type: "particles", epoch: 2, step, stepsPerEpoch: 2, images: 10 * step, particles: [] },
  });
  expect(shown([{ ...start, resumed: { epoch: 2, step: 2 } }, live(2)], true)).toContain(
    " 10 img/s",
  );
  expect(shown([start, live(1)], true)).toContain(" 10 img/s");
});

test("an optimizer without a rate tells none", () => {
  expect(shown([{ ...start, optimizer: "rmtr", lr: undefined }])).toContain("optimizer: rmtr\n");
});

test("an interrupted run says so, and has no test accuracy", () => {
  const { test: _, ...rest } = summary;
  const text = shown([start, { type: "runEnd", reason: "aborted", summary: rest }]);
  expect(text).toContain("interrupted\n");
  expect(text).not.toContain("test accuracy");
});

test("a swarm's end says of which nets the given one is made", () => {
  const ends = (members: readonly number[]) =>
    shown([start, { type: "runEnd", reason: "finished", summary: { ...summary, members } }]);
  expect(ends([0, 2])).toContain("best epoch 1 of particles 0, 2: selection accuracy");
  expect(ends([1])).toContain("best epoch 1 of particle 1: selection accuracy");
});

test("quiet: warnings and the result only", () => {
  let text = "";
  const listen = showResult({ write: (part) => void (text += part) });
  for (const event of [...events, { type: "warning", message: "slow" } as const]) listen(event);
  expect(text.split("\n")[0]).toBe("best epoch 1: selection accuracy 75.00 %");
  expect(text).toContain("warning: slow");
  expect(text).not.toContain("loss");
});
