import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { classify } from "../../test/support/questions.js";
import {
  stripeSplits,
  stripes,
  temporaryFolder,
  tinyModel,
  tinySettings,
  trainTiny,
} from "../../test/support/tinyRun.js";
import { Loader, parseAugmentations, subset } from "../data/index.js";
import { createEngine } from "../engine/index.js";
import { InputError } from "../inputError.js";
import type { Model, ModelInput } from "../models/index.js";
import { initialise } from "../nn/index.js";
import { compileUpdate, getRule } from "../optim/index.js";
import { targetsOf } from "../tasks/index.js";
import { parseConfig } from "../train/config.js";
import { Evaluator } from "../train/evaluator.js";
import { learningRate } from "../train/learningRate.js";
import { compileTraining } from "../train/objective.js";
import { prepare } from "../train/prepare.js";
import { readWeights, vectorOf } from "../train/weights.js";
import { runFiles } from "./runFiles.js";
import { train } from "./train.js";

const text = (folder: string, file: string) => readFileSync(join(folder, file), "utf8");
const linesOf = (folder: string, file: string) => text(folder, file).trim().split("\n");

describe("a run", () => {
  test.each([
    [{ data: {} }, "setting data is {}: "],
    [{ data: "mnist", module: {} }, "setting module is {}: "],
    [{ data: "mnist", out: {} }, "setting out is {}: "],
    [undefined, "settings: "],
  ])("with settings of a wrong type is refused by name: %j", async (settings, message) => {
    for (const resume of [false, true]) {
      const error = await train(settings as object, { resume }).catch((found) => found);
      expect(error).toBeInstanceOf(InputError);
      expect(error.message).toContain(message);
    }
  });

  test("learns, and leaves a complete folder", async () => {
    const out = join(temporaryFolder(), "deep", "run");
    const { summary, events } = await trainTiny({ out, epochs: 6, augment: "" });
    expect(summary.test!.accuracy).toBeGreaterThan(0.9);
    expect(Object.keys(JSON.parse(JSON.stringify(summary))).join()).toBe(
      "run,task,model,parameters,epochs,seed,score,best,test,imagesPerSecond,gradients,memory,seconds",
    );
    expect(summary).toMatchObject({ run: out, model: "tiny", epochs: 6, seed: 1 });
    // Of swarms, of tags and two classes, and of runs that are at work.
    const ofSwarms = ["particles", "swarm", "distances", "places", "track"];
    const others = [...ofSwarms, "precisionRecall", "live", "stop"];
    for (const [name, file] of Object.entries(runFiles)) {
      expect(existsSync(join(out, file)), file).toBe(!others.includes(name));
    }
    expect(JSON.parse(text(out, "summary.json"))).toEqual(summary);
    expect(linesOf(out, "results.csv")).toHaveLength(1 + 6);
    expect(linesOf(out, "metrics.jsonl")).toHaveLength(6 * (10 + 1));
    expect(linesOf(out, "confusion.csv")[0]).toBe("true class,top,middle,bottom");
    const ends = events.filter((event) => event.type === "epochEnd");
    const best = ends.filter((event) => event.best).at(-1)!;
    expect(summary.best).toEqual({
      epoch: best.epoch,
      score: best.selection.accuracy,
      ...best.selection,
    });
    expect(Math.max(...ends.map((end) => end.selection.accuracy))).toBe(summary.best!.score);
  });

  test("its best weights need nothing but their file, and are those that were tested", async () => {
    const out = join(temporaryFolder(), "run");
    const { summary } = await trainTiny({ out });
    const path = join(out, runFiles.best);
    const { info, tensors } = await readWeights(path);
    const [channels, height, width] = info.input;
    const model = tinyModel({ channels, height, width, outputs: info.names.length });
    const engine = await createEngine({ engine: "reference" });
    const { layout } = await compileTraining(engine, classify(model), { batch: 2 });
    const w = engine.vector(layout.length);
    await w.write(vectorOf(layout, tensors, path));
    const evaluator = await Evaluator.create(engine, classify(model), 7, info);
    const { test: testSet } = stripeSplits();
    const { metrics, loss } = await evaluator.evaluate(w, evaluator.loader(testSet));
    const { loss: tested, ...named } = summary.test!;
    expect(metrics).toEqual(named);
    expect(loss).toBeCloseTo(tested, 12);
  });

  test("is evaluated by batch statistics that do not depend on how few steps there were", async () => {
    const variances = async (batch: number) => {
      const out = join(temporaryFolder(), "run");
      await trainTiny({ out, batch, epochs: 1, lr: 1e-9, augment: "" });
      const { tensors } = await readWeights(join(out, runFiles.best));
      return [...tensors.get("norm.variance")!.data];
    };
    const [few, many] = [await variances(100), await variances(2)];
    for (const [at, variance] of few.entries()) {
      expect(Math.abs(variance / many[at] - 1)).toBeLessThan(0.25);
    }
  });

  test("warns of a selection set that shows some of the classes only", async () => {
    const { train, test: held } = stripeSplits();
    const selection = subset(train, [0, 3, 6]);
    const out = join(temporaryFolder(), "run");
    const { events } = await trainTiny(
      { out, steps: 1 },
      { data: { train, selection, test: held } },
    );
    expect(events).toContainEqual({
      type: "warning",
      message: expect.stringMatching(/selection set of 3 images shows none of 2 of 3 classes/),
    });
  });

  test("warns of a setting that the model has no use for", async () => {
    const warnings = async (model?: (input: ModelInput) => Model) => {
      const settings = { out: join(temporaryFolder(), "run"), steps: 1, size: 16, ghost: 5 };
      const { events } = await trainTiny({ ...settings, model: "convnet-gn" }, { model });
      return events.flatMap((event) => (event.type === "warning" ? [event.message] : []));
    };
    expect(await warnings()).toEqual([
      "setting ghost has no effect: convnet-gn has no batch normalisation",
    ]);
    expect(await warnings(tinyModel)).toEqual([]);
  });

  test("gives the bytes of a plain loop that waits for every step", async () => {
    const out = join(temporaryFolder(), "run");
    // So many steps an epoch that batch statistics are those of the steps.
    const batch = 2;
    await trainTiny({ out, batch });
    const parts = { data: stripeSplits(), model: tinyModel };
    const { config, question, net, splits } = await prepare({ ...tinySettings, batch }, parts);
    const engine = await createEngine(config);
    const loader = new Loader(engine, splits.train, {
      ...config,
      intake: net,
      shuffle: true,
      augment: parseAugmentations(config.augment),
      targets: targetsOf(question.model, question.task, splits.train.labels, question.constants),
    });
    const program = await compileTraining(engine, question, config);
    const objective = program.objective(config);
    const { layout } = program;
    const update = await compileUpdate(engine, getRule(config.optimizer), layout);
    const [w, grad] = [engine.vector(layout.length), engine.vector(layout.trainable)];
    await w.write(initialise(program, config.seed));
    const state = update.init();
    const rate = learningRate(config, loader.stepsPerEpoch);
    for (let at = 0; at < config.epochs * loader.stepsPerEpoch; at++) {
      const moment = {
        epoch: Math.floor(at / loader.stepsPerEpoch),
        step: at % loader.stepsPerEpoch,
      };
      const images = await loader.batch(moment.epoch, moment.step);
      await objective.evaluate(w, images, { grad }, moment);
      await update.step(w, grad, state, { lr: rate.at(at), decay: config.decay, step: at + 1 });
    }
    const path = join(out, runFiles.last);
    const { tensors } = await readWeights(path);
    expect(vectorOf(layout, tensors, path)).toEqual(await w.read());
  });

  test("the same seed gives the same bytes, another seed other bytes", async () => {
    const folder = temporaryFolder();
    const bytes = async (name: string, seed: number) => {
      await trainTiny({ out: join(folder, name), seed, epochs: 2 });
      return readFileSync(join(folder, name, runFiles.last));
    };
    const first = await bytes("a", 1);
    expect((await bytes("b", 1)).equals(first)).toBe(true);
    expect((await bytes("c", 2)).equals(first)).toBe(false);
  });

  test("without a test set it says so and shows the selection set's confusion", async () => {
    const out = join(temporaryFolder(), "run");
    const data = { train: stripes(60, 1), selection: stripes(15, 3) };
    const { summary, events } = await trainTiny({ out, epochs: 1 }, { data });
    expect(summary.test).toBeUndefined();
    expect(events.find((event) => event.type === "warning")?.message).toMatch(/no test set/);
    const { evaluation } = events.find((event) => event.type === "runEnd")!;
    expect(evaluation?.set).toBe("selection");
    expect(evaluation?.confusion?.counts.reduce((sum, count) => sum + count, 0)).toBe(15);
  });

  test("listeners hear every step in order", async () => {
    const out = join(temporaryFolder(), "run");
    const { events } = await trainTiny({ out, epochs: 2 });
    const heard = events.map((event) =>
      event.type === "step" ? `${event.epoch}.${event.step}` : event.type,
    );
    const steps = (epoch: number) => Array.from({ length: 10 }, (_, at) => `${epoch}.${at + 1}`);
    expect(heard).toEqual([
      "runStart",
      ...[...steps(1), "epochEnd", "checkpoint"],
      ...[...steps(2), "epochEnd", "checkpoint"],
      "runEnd",
    ]);
  });
});

describe("settings", () => {
  test("a model's own defaults go before the general ones, the user's before both", async () => {
    const model: typeof tinyModel = (input) => ({
      ...tinyModel(input),
      defaults: { optimizer: "adam", lr: 0.001, decay: 0, mean: [1], std: [2] },
    });
    const prepared = await prepare({ data: "stripes", lr: 0.5 }, { data: stripeSplits(), model });
    expect(prepared.config).toMatchObject({ optimizer: "adam", lr: 0.5, decay: 0, batch: 64 });
    expect(prepared.net).toMatchObject({ mean: [1], std: [2] });
  });

  test("warm-up rises in a line to the schedule, which spans all epochs", () => {
    const config = parseConfig({ data: "x", lr: 2, schedule: "constant", warmup: 0.4, epochs: 3 });
    const rate = learningRate(config, 10);
    expect([0, 1, 2, 3, 4, 29].map((step) => rate.at(step))).toEqual([0.4, 0.8, 1.2, 1.6, 2, 2]);
    const falling = learningRate({ ...config, schedule: "cosine", warmup: 0 }, 10);
    expect(falling.at(15)).toBeCloseTo(1, 12);
  });
});
