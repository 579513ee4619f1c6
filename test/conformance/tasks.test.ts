// What every task must do, so that trainer, swarm, comparison and command line need to know no task by name.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compare } from "../../src/compare/index.js";
import {
  type Dataset,
  type Intake,
  Loader,
  parseAugmentations,
  subset,
} from "../../src/data/index.js";
import { referenceEngine } from "../../src/engine/reference/index.js";
import { Graph, input, WEIGHTS } from "../../src/graph/index.js";
import type { Model } from "../../src/models/index.js";
import { IMAGES, initialise } from "../../src/nn/index.js";
import { compileUpdate, getRule } from "../../src/optim/index.js";
import { runFiles } from "../../src/runs/runFiles.js";
import {
  type Asked,
  ask,
  type DecodeInfo,
  merit,
  outputShape,
  predictionGraph,
  sizeOfInput,
  targetsOf,
  tasks,
} from "../../src/tasks/index.js";
import { type Shape, sizeOf } from "../../src/tensor/shape.js";
import { Evaluator } from "../../src/train/evaluator.js";
import type { TrainEvent } from "../../src/train/events.js";
import { compileTraining } from "../../src/train/objective.js";
import { noise } from "../support/layers.js";
import { compileLoss } from "../support/taskLoss.js";
import { temporaryFolder, trainTiny } from "../support/tinyRun.js";
import { datasetOf, modelOf, type TaskCase, taskCases, variantCases } from "./taskCases.js";

const intakeOf = ({ input }: Model): Intake => ({ input, mean: [128], std: [64], fit: "crop" });

/** The question of a case about a data set. */
function questionOf(one: TaskCase, { labels }: Dataset): Asked {
  return ask(modelOf(one, one.task.outputs(labels).length), one.task, labels);
}

/** Batches with targets. */
function loaderOf(
  { model, task, constants }: Asked,
  dataset: Dataset,
  batch: number,
  augment = "",
) {
  return new Loader(referenceEngine(), dataset, {
    ...{ batch, seed: 1, shuffle: augment !== "", augment: parseAugmentations(augment) },
    intake: intakeOf(model),
    targets: targetsOf(model, task, dataset.labels, constants),
  });
}

/** Of one image's output. */
const shapeOf = ({ model, task }: Asked): Shape => outputShape(task, model);

/** What a decoder is told. */
function infoOf(question: Asked, { labels }: Dataset): DecodeInfo {
  const { task, constants, model } = question;
  const [, height, width] = model.input;
  const size = { height, width };
  return { names: task.outputs(labels), constants, shape: shapeOf(question), size };
}

/** What a new net, or one after steps of Adam over all images at once, gives for each image. */
async function learn(question: Asked, dataset: Dataset, steps: number) {
  const engine = referenceEngine();
  const training = await compileTraining(engine, question, { batch: dataset.length });
  const { layout } = training;
  const [w, grad] = [engine.vector(layout.length), engine.vector(layout.trainable)];
  await w.write(initialise(training, 1));
  const objective = training.objective({ seed: 1 });
  const update = await compileUpdate(engine, getRule("adam"), layout);
  const state = update.init();
  const batch = await loaderOf(question, dataset, dataset.length).batch(0, 0);
  for (let step = 0; step < steps; step++) {
    await objective.evaluate(w, batch, { grad }, { epoch: 0, step });
    await update.step(w, grad, state, { lr: 0.03, step: step + 1 });
  }
  return { engine, w };
}

/** Metrics and predictions of a new net. */
async function evaluate(question: Asked, dataset: Dataset) {
  const { engine, w } = await learn(question, dataset, 0);
  const evaluator = await Evaluator.create(engine, question, 5, intakeOf(question.model));
  const { metrics, loss } = await evaluator.evaluate(w, evaluator.loader(dataset));
  const { graph } = predictionGraph(question.model, dataset.length);
  const program = await engine.compile(graph);
  const { images } = await loaderOf(question, dataset, dataset.length).batch(0, 0);
  const { output } = await program.run({ vectors: { [WEIGHTS]: w }, inputs: { [IMAGES]: images } });
  const predictions = question.task.decode(output as Float32Array, infoOf(question, dataset));
  return { metrics: { loss, ...metrics }, predictions };
}

/** Metrics of given outputs [images, ...], added in batches. */
async function metricsOf(question: Asked, dataset: Dataset, outputs: Float32Array, batch: number) {
  const { task, constants } = question;
  const loader = loaderOf(question, dataset, batch);
  const metrics = task.newMetrics(dataset.labels, constants, sizeOfInput(question.model));
  const numbers = outputs.length / dataset.length;
  for (let step = 0; step < loader.stepsPerEpoch; step++) {
    const { indices, size, targets } = await loader.batch(0, step);
    const first = step * batch * numbers;
    metrics.add(
      outputs.subarray(first, first + size * numbers),
      indices.subarray(0, size),
      targets,
    );
  }
  return { ...metrics.values() };
}

function expectClose(found: Record<string, number>, expected: Readonly<Record<string, number>>) {
  expect(Object.keys(found)).toEqual(Object.keys(expected));
  for (const [name, value] of Object.entries(expected)) {
    if (Number.isNaN(value)) expect(found[name], name).toBeNaN();
    else expect(found[name] - value, name).toBeCloseTo(0, 9);
  }
}

test("every task of the registry that learns from labels is here", () => {
  const labelled = tasks.filter(({ labels }) => labels !== "none");
  expect(taskCases.map(({ task }) => task.name)).toEqual(labelled.map(({ name }) => name));
});

const allCases = [
  ...taskCases.map((one) => [one.task.name, one] as const),
  ...variantCases.map((one) => [one.title, one] as const),
];

describe.each(allCases)("%s", (_, one) => {
  const { task } = one;
  const dataset = datasetOf(one, 13, 1);
  const question = questionOf(one, dataset);
  const numbers = sizeOf(shapeOf(question));

  test("takes its labels and names its metrics, the score first", async () => {
    expect(dataset.labels.kind).toBe(task.labels);
    expect(() => task.check(dataset)).not.toThrow();
    const names = task.metrics.map(({ name }) => name);
    const found = await metricsOf(question, dataset, noise(13 * numbers), 13);
    expect(names).toEqual(expect.arrayContaining(Object.keys(found)));
    expect(found[names[0]]).toBeDefined();
  });

  test("learns eight images by heart", async () => {
    const few = datasetOf(one, 8, 2);
    const asked = questionOf(one, few);
    const { engine, w } = await learn(asked, few, 400);
    const evaluator = await Evaluator.create(engine, asked, 8, intakeOf(asked.model));
    const { metrics } = await evaluator.evaluate(w, evaluator.loader(few));
    const [{ name, better }] = task.metrics;
    if (better === "higher") expect(metrics[name]).toBeGreaterThanOrEqual(one.learnt);
    else expect(metrics[name]).toBeLessThanOrEqual(one.learnt);
  });

  test("metrics over batches are those over all images", async () => {
    const outputs = noise(13 * numbers, 3);
    const whole = await metricsOf(question, dataset, outputs, 13);
    for (const batch of [1, 4, 5]) {
      expectClose(await metricsOf(question, dataset, outputs, batch), whole);
    }
  });

  test("what training counts is what an evaluation finds", async () => {
    const outputs = noise(13 * numbers, 4);
    const lossOf = await compileLoss(question, [13, ...shapeOf(question)]);
    const { targets } = await loaderOf(question, dataset, 13).batch(0, 0);
    const told = task.trainMetrics((await lossOf(outputs, targets)).tallies, 13);
    const trained = task.metrics.filter((metric) => metric.trained).map(({ name }) => name);
    expect(Object.keys(told)).toEqual(trained);
    const evaluated = await metricsOf(question, dataset, outputs, 13);
    for (const name of trained) expect(told[name], name).toBeCloseTo(evaluated[name], 5);
  });

  test("decodes whatever a net gives to plain data", () => {
    const info = infoOf(question, dataset);
    const number = fc.oneof(
      fc.constantFrom(0, 1e6, -1e6),
      fc.float({ min: -1e6, max: 1e6, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(number, { minLength: 2 * numbers, maxLength: 2 * numbers }), (row) => {
        const found = task.decode(Float32Array.from(row), info);
        expect(found).toHaveLength(2);
        expect(JSON.parse(JSON.stringify(found))).toEqual(found);
      }),
      { numRuns: 50 },
    );
  });

  test("the average of equal outputs says what one of them says", async () => {
    const { constants } = question;
    if (!task.average) return;
    const graph = new Graph();
    const output = input(graph, "output", [13, ...shapeOf(question)]);
    graph.output("average", task.average([output, output, output], constants));
    const program = await referenceEngine().compile(graph);
    const outputs = noise(13 * numbers, 6);
    const { average } = await program.run({ inputs: { output: outputs } });
    expectClose(
      await metricsOf(question, dataset, average as Float32Array, 13),
      await metricsOf(question, dataset, outputs, 13),
    );
  });

  test("images in another order have the same predictions and metrics", async () => {
    const order = Array.from({ length: 13 }, (_, at) => (5 * at + 3) % 13);
    const plain = await evaluate(question, dataset);
    const other = await evaluate(question, subset(dataset, order));
    expect(other.predictions).toEqual(order.map((at) => plain.predictions[at]));
    expectClose(other.metrics, plain.metrics);
  });

  test.each([0, 0.1])(
    "its loss has the gradient that its differences say, smoothing %d",
    async (smoothing) => {
      const shape = [3, ...shapeOf(question)];
      const lossOf = await compileLoss(question, shape, smoothing);
      const { targets } = await loaderOf(question, dataset, 3, one.augment).batch(0, 0);
      const point = noise(sizeOf(shape), 5);
      const { gradient, losses } = await lossOf(point, targets);
      const meanOf = (losses: Float32Array) => Array.from(losses).reduce((a, b) => a + b, 0) / 3;
      const meanAt = async (at: number, by: number) => {
        const moved = point.map((value, k) => (k === at ? value + by : value));
        return meanOf((await lossOf(moved, targets)).losses);
      };
      const STEP = 1 / 64;
      const here = meanOf(losses);
      let smooth = 0;
      for (const [at, slope] of gradient.entries()) {
        const [more, less] = [await meanAt(at, STEP), await meanAt(at, -STEP)];
        // A loss that searches jumps where it finds something else.
        if (Math.abs(more + less - 2 * here) > 3e-4) continue;
        smooth++;
        const found = (more - less) / (2 * STEP);
        expect(Math.abs(found - slope)).toBeLessThan(3e-4 + 1e-5 * here);
      }
      expect(smooth / gradient.length).toBeGreaterThan(task.hostLoss ? 0.7 : 0.99);
    },
  );

  describe("runs", () => {
    const data = { train: datasetOf(one, 40, 6), test: datasetOf(one, 12, 7) };
    const model = ({ outputs }: { outputs: number }) => modelOf(one, outputs);
    const settings = {
      data: "these",
      task: task.name,
      epochs: 2,
      batch: 8,
      augment: one.augment,
      selection: 0.25,
    };
    const [{ name: metric }] = task.metrics;

    test("a run that was interrupted is the run that was not", async () => {
      const folder = temporaryFolder();
      const [whole, parted] = ["whole", "parted"].map((run) => join(folder, run));
      await trainTiny({ ...settings, out: whole }, { data, model });
      const stop = new AbortController();
      const listener = (event: TrainEvent) => {
        if (event.type === "step" && event.epoch === 2 && event.step === 2) stop.abort();
      };
      const options = { data, model, listeners: [listener], signal: stop.signal };
      await trainTiny({ ...settings, out: parted }, options);
      const { summary } = await trainTiny({ out: parted }, { data, model, resume: true });
      expect(summary).toMatchObject({ task: task.name, score: { metric } });
      for (const file of [runFiles.last, runFiles.best]) {
        const [a, b] = [whole, parted].map((run) => readFileSync(join(run, file)));
        expect(a.equals(b), file).toBe(true);
      }
      const { test: tested, best } = JSON.parse(
        readFileSync(join(whole, runFiles.summary), "utf8"),
      );
      expect(summary.test).toEqual(tested);
      expect(summary.best).toEqual(best);
    });

    test("a comparison ranks by its score", async () => {
      // Tested on what it learnt from, since labels drawn at random tell nothing of other images.
      const { train } = data;
      const idle = { name: "idle", description: "hardly moves", settings: { lr: 1e-9 } };
      const learning = { name: "learning", description: "moves", settings: { lr: 0.03 } };
      const found = await compare(
        {
          methods: [idle, learning],
          seeds: 2,
          out: join(temporaryFolder(), "compare"),
          settings: {
            ...{
              data: "these",
              task: task.name,
              epochs: 30,
              batch: 8,
              optimizer: "adam",
              engine: "reference",
            },
          },
        },
        { data: { train, selection: train, test: train }, model },
      );
      const [, row] = found.tables[0].rows;
      expect(row.versus).toMatchObject({ wins: 2, ties: 0, losses: 0 });
    });

    test("a swarm is pulled by its score", async () => {
      const out = join(temporaryFolder(), "run");
      const swarm = { swarm: "pso", particles: 2, optimizer: "sgd" };
      const { summary, events } = await trainTiny({ ...settings, ...swarm, out }, { data, model });
      expect(summary.particles).toHaveLength(2);
      for (const one of summary.particles!) expect(one[metric]).toEqual(expect.any(Number));
      expect(summary.best!.score).toBe(summary.best![metric]);
      const spreads = events.flatMap((event) => (event.type === "swarm" ? [event.scores!] : []));
      expect(spreads).toHaveLength(settings.epochs);
      for (const { best, worst } of spreads) {
        expect(merit(task.metrics[0], best)).toBeGreaterThanOrEqual(merit(task.metrics[0], worst));
      }
    });
  });
});
