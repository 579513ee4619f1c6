import { afterAll, describe, expect, test } from "vitest";
import { scratchFolder } from "../../test/fixtures/data.js";
import { classify } from "../../test/support/questions.js";
import { stripeSplits, tinyModel, tinySettings } from "../../test/support/tinyRun.js";
import type { ClassLabels } from "../data/index.js";
import { createEngine } from "../engine/index.js";
import { createModel } from "../models/index.js";
import { initialise } from "../nn/index.js";
import { train } from "../runs/index.js";
import { TARGETS } from "../tasks/classification/targets.js";
import { classification, softmax, type Task } from "../tasks/index.js";
import { compileTraining } from "./objective.js";

/** Classification whose loss the host works out: the same numbers as those of the graph. */
const byHost: Task<ClassLabels> = {
  ...classification,
  name: "classify-by-host",
  loss: undefined,
  hostLoss(output, { [TARGETS]: targets }, n) {
    const count = output.length / n;
    const losses = new Float32Array(n);
    const gradient = new Float32Array(output.length);
    let correct = 0;
    for (let row = 0; row < n; row++) {
      const shares = softmax(output.subarray(row * count, (row + 1) * count));
      const own = targets.subarray(row * count, (row + 1) * count);
      for (let at = 0; at < count; at++) {
        losses[row] -= own[at] * Math.log(shares[at]);
        gradient[row * count + at] = (shares[at] - own[at]) / n;
      }
      correct += Number(own[shares.indexOf(Math.max(...shares))] === 1);
    }
    return { losses, gradient, tallies: { correct } };
  },
};

const engine = await createEngine({ threads: 1 });
afterAll(() => engine.close());

describe("a loss that the host works out", () => {
  test.each([
    ["lenet5", 28, 1],
    ["resnet20", 16, 3],
  ])(
    "has the loss and gradient of the same loss in the graph: %s",
    async (name, side, channels) => {
      const model = createModel(name, { channels, height: side, width: side, outputs: 3 });
      const batch = 6;
      const found = [];
      for (const task of [classification, byHost]) {
        const question = { ...classify(model), task };
        const training = await compileTraining(engine, question, { batch });
        const { layout } = training;
        const [w, grad] = [engine.vector(layout.length), engine.vector(layout.trainable)];
        await w.write(initialise(training, 1));
        const images = Float32Array.from({ length: batch * channels * side * side }, (_, at) =>
          Math.sin(at),
        );
        const targets = {
          targets: Float32Array.from({ length: batch * 3 }, (_, at) =>
            Number(at % 3 === Math.floor(at / 3) % 3),
          ),
          order: new Float32Array(batch * 3),
        };
        const objective = training.objective({ seed: 1 });
        const { loss } = await objective.evaluate(
          w,
          { images, targets },
          { grad },
          { epoch: 0, step: 0 },
        );
        found.push({ loss, grad: await grad.read(), w: await w.read() });
      }
      const [graph, host] = found;
      expect(host.loss).toBeCloseTo(graph.loss, 5);
      // The new batch statistics are those of one pass.
      expect(host.w).toEqual(graph.w);
      const largest = graph.grad.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      for (const [at, value] of graph.grad.entries()) {
        expect(Math.abs(value - host.grad[at])).toBeLessThan(1e-4 * largest);
      }
    },
  );

  test("trains, resumes and is part of a swarm like any other", async () => {
    const own = { data: stripeSplits(), model: tinyModel, task: byHost };
    for (const more of [{}, { swarm: "pso", particles: 2 }]) {
      const out = `${await scratchFolder()}/run`;
      const { best } = await train({ ...tinySettings, ...more, out }, own);
      expect(best!.accuracy).toBeGreaterThan(0.9);
    }
  });

  test("refuses what only one graph can do", async () => {
    const own = { data: stripeSplits(), model: tinyModel, task: byHost };
    const out = `${await scratchFolder()}/run`;
    await expect(train({ ...tinySettings, accumulate: 2, out }, own)).rejects.toThrow(
      /setting accumulate: the loss of task classify-by-host/,
    );
  });
});
