// A method with steps of its own in a run: it waits between evaluations, keeps a vector of another
// length and a number, and all of it survives a pause.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder, trainTiny } from "../../test/support/tinyRun.js";
import type { Procedure } from "../optim/index.js";
import { openTraining } from "../runs/fromConfig.js";
import { runFiles } from "../runs/runFiles.js";
import type { TrainEvent } from "../train/events.js";

/** Gradient descent that tries its step, takes it if the loss falls, and adapts its length. */
const cautious: Procedure = {
  name: "cautious",
  source: "for tests",
  defaults: { growth: 1.5 },
  async open({ engine, layout }) {
    return {
      begin(objective, w) {
        const [grad, trialGrad] = [
          engine.vector(layout.trainable),
          engine.vector(layout.trainable),
        ];
        const trial = engine.vector(layout.length);
        const vectors = { losses: engine.vector(2) };
        const numbers = { rate: 0.1 };
        return {
          state: { vectors, numbers },
          queued: false,
          async step({ batch, moment, hyper }) {
            const report = await objective.evaluate(w, batch, { grad }, moment);
            const [point, slope] = await Promise.all([w.read(), grad.read()]);
            for (const [at, s] of slope.entries()) point[at] -= numbers.rate * s;
            await trial.write(point);
            const { loss } = await objective.evaluate(trial, batch, { grad: trialGrad }, moment);
            await vectors.losses.write([report.loss, loss]);
            if (loss < report.loss) await w.write(point.subarray(0, layout.trainable));
            numbers.rate *= loss < report.loss ? hyper.growth : 0.5;
            return { ...report, gradients: 2 };
          },
        };
      },
    };
  },
};

const interruptAt = (epoch: number, step: number) => {
  const controller = new AbortController();
  const listeners = [
    (event: TrainEvent) => {
      const here = "epoch" in event && event.epoch === epoch && "step" in event;
      if (here && event.step >= step) controller.abort();
    },
  ];
  return { signal: controller.signal, listeners };
};

test.each([
  ["a net", {}],
  ["a swarm", { swarm: "local-sgd", particles: 2 }],
])("%s resumes bit for bit", async (_, settings) => {
  const folder = temporaryFolder();
  const hyper = { growth: 1.2 };
  const own = { optimizer: cautious, open: openTraining };
  const whole = await trainTiny({ out: join(folder, "whole"), hyper, ...settings }, own);
  expect(whole.events.at(-1)).toMatchObject({ type: "runEnd", reason: "finished" });
  const out = join(folder, "parted");
  await trainTiny({ out, hyper, ...settings }, { ...own, ...interruptAt(2, 3) });
  const { events } = await trainTiny({ out }, { ...own, resume: true });
  expect(events[0]).toMatchObject({ type: "runStart", resumed: { epoch: 2 } });
  for (const file of [runFiles.last, runFiles.best]) {
    const [found, expected] = ["parted", "whole"].map((run) =>
      readFileSync(join(folder, run, file)),
    );
    expect(found.equals(expected), file).toBe(true);
  }
});

test("its numbers are known by name", async () => {
  const hyper = { grwoth: 1.2 };
  await expect(trainTiny({ hyper }, { optimizer: cautious })).rejects.toThrow(
    'unknown number of cautious in hyper "grwoth" (did you mean "growth"?)',
  );
});
