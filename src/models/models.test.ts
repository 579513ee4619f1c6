// The suite that every registered model passes.

import { describe, expect, test } from "vitest";
import { classify } from "../../test/support/questions.js";
import { runOnNoise } from "../../test/support/taskRun.js";
import { graphFlops } from "../graph/flops.js";
import { InputError } from "../inputError.js";
import { build } from "../nn/index.js";
import { evaluationGraph, GRADIENT, trainingGraph } from "../tasks/graphs.js";
import { sizeOf } from "../tensor/shape.js";
import { createModel, families } from "./index.js";

/**
 * Trainable parameters at the published size: [channels, size, classes, count]. Publications round some:
 * 0.27, 0.46 and 0.85 M (resnet20, 32, 56), 2.6 and 1.7 M (mobilenetv2-0.75, -0.35), 2.75 M (wrn-16-4),
 * 4.7 M (efficientnet-lite0), 1.2 M (squeezenet).
 */
const published: Readonly<Record<string, readonly [number, number, number, number]>> = {
  lenet5: [1, 28, 10, 61_706],
  resnet20: [3, 32, 10, 269_722],
  resnet32: [3, 32, 10, 464_154],
  resnet56: [3, 32, 10, 853_018],
  "lenet5-1998": [1, 32, 10, 60_000],
  "convnet-gn": [1, 28, 10, 56_554],
  convnet6: [3, 32, 10, 307_498],
  "wrn-16-4": [3, 32, 10, 2_748_890],
  resnet18: [3, 224, 1000, 11_689_512],
  vgg11: [3, 224, 1000, 132_863_336],
  "vgg11-bn": [3, 224, 1000, 132_868_840],
  mobilenetv2: [3, 224, 1000, 3_504_872],
  "mobilenetv2-0.75": [3, 224, 1000, 2_636_424],
  "mobilenetv2-0.5": [3, 224, 1000, 1_968_680],
  "mobilenetv2-0.35": [3, 224, 1000, 1_677_128],
  "efficientnet-lite0": [3, 224, 1000, 4_652_008],
  "squeezenet1.0": [3, 224, 1000, 1_248_424],
  "squeezenet1.1": [3, 224, 1000, 1_235_496],
  odenet4: [1, 28, 10, 13_034],
  odenet8: [1, 28, 10, 24_650],
  odenet16: [1, 28, 10, 47_882],
  "odenet-dense8": [1, 4, 10, 1_160],
  "odenet-dense16": [1, 4, 10, 2_040],
  "odenet-dense32": [1, 4, 10, 3_800],
};

/** Work of a training step, in floating-point operations, that the slow engine is still asked for. */
const affordable = 5e8;

const classes = 10;

describe.each(families.map((family) => [family.name, family] as const))("%s", (name, family) => {
  const channels = published[name][0];
  const make = (size: number) =>
    createModel(name, { channels, height: size, width: size, classes });

  test("has the published number of parameters", () => {
    const [, size, publishedClasses, count] = published[name];
    const input = { channels, height: size, width: size, classes: publishedClasses };
    const { layer } = createModel(name, input);
    const { layout } = build(layer, [1, channels, size, size], { training: false });
    expect(layout.trainable).toBe(count);
  });

  test("gives finite losses and outputs at its smallest size", async () => {
    const model = make(family.smallest);
    const { outputs } = await runOnNoise(model, evaluationGraph(classify(model), 1), 1);
    expect(outputs.losses).toHaveLength(1);
    expect(outputs.losses[0]).toBeGreaterThan(0);
    expect(outputs.output).toHaveLength(classes);
    expect(outputs.output.every(Number.isFinite)).toBe(true);
  });

  // Batch statistics of two values would leave nothing for the layer before them to learn.
  const task = trainingGraph(classify(make(family.smallest)), 3);

  test("writes a gradient for every trainable parameter", () => {
    const written = task.graph.nodes.flatMap(({ op, attrs, inputs }) =>
      op.name === "write" && attrs.vector === GRADIENT ? [sizeOf(inputs[0].shape)] : [],
    );
    expect(written.reduce((sum, size) => sum + size, 0)).toBe(task.layout.trainable);
  });

  test.skipIf(graphFlops(task.graph) > affordable)("every parameter learns something", async () => {
    const { outputs, w, grad } = await runOnNoise(make(family.smallest), task, 3);
    expect(outputs.loss[0]).toBeGreaterThan(0);
    expect((await w.read()).every(Number.isFinite)).toBe(true);
    const values = await grad.read();
    expect(values.every(Number.isFinite)).toBe(true);
    for (const { offset, shape, kind } of task.layout.params) {
      if (kind === "statistic") continue;
      expect(values.subarray(offset, offset + sizeOf(shape)).some((g) => g !== 0)).toBe(true);
    }
  });

  test.skipIf(family.smallest === 1)("refuses smaller images and names the smallest size", () => {
    const { smallest } = family;
    expect(() => make(smallest - 1)).toThrow(InputError);
    expect(() => make(smallest - 1)).toThrow(`${smallest}x${smallest}`);
  });

  test("evaluation and training agree on the layout", () => {
    const model = make(family.smallest);
    expect(evaluationGraph(classify(model), 3).layout).toEqual(
      trainingGraph(classify(model), 2).layout,
    );
  });
});
