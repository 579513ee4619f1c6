// The suite that every registered model passes.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAffordable } from "../../test/support/affordable.js";
import { noise } from "../../test/support/layers.js";
import { createEngine, type Engine } from "../engine/index.js";
import {
  GRADIENT,
  gradients,
  input,
  reduceSum,
  reshape,
  transpose,
  type Value,
  WEIGHTS,
  write,
} from "../graph/index.js";
import { InputError } from "../inputError.js";
import { IMAGES, initialise, linear, type Net, netOf, softmaxCrossEntropy } from "../nn/index.js";
import { sizeOf } from "../tensor/shape.js";
import { createModel, families, type Model, withHead } from "./index.js";

/**
 * Trainable parameters at the published size. Publications round some: 0.27, 0.46 and 0.85 M (resnet20, 32,
 * 56), 2.6 and 1.7 M (mobilenetv2-0.75, -0.35), 2.75 M (wrn-16-4), 4.7 M (efficientnet-lite0), 1.2 M (squeezenet).
 */
const counts: Readonly<Record<string, number>> = {
  lenet5: 61_706,
  resnet8: 75_290,
  resnet20: 269_722,
  resnet32: 464_154,
  resnet56: 853_018,
  "lenet5-1998": 60_000,
  "convnet-gn": 56_554,
  convnet6: 307_498,
  "wrn-16-4": 2_748_890,
  airbench: 1_972_802,
  resnet18: 11_689_512,
  resnet50: 25_557_032,
  vgg11: 132_863_336,
  "vgg11-bn": 132_868_840,
  "vgg11-full": 132_863_336,
  "vgg11-bn-full": 132_868_840,
  mobilenetv2: 3_504_872,
  "mobilenetv2-0.75": 2_636_424,
  "mobilenetv2-0.5": 1_968_680,
  "mobilenetv2-0.35": 1_677_128,
  "mobilenetv2-same": 3_504_872,
  "mobilenetv3-small": 2_542_856,
  "efficientnet-b0": 5_288_548,
  "efficientnet-lite0": 4_652_008,
  "convnext-tiny": 28_589_128,
  "convnext-atto": 3_695_520,
  "shufflenetv2-0.5": 1_366_792,
  "squeezenet1.0": 1_248_424,
  "squeezenet1.0-unpadded": 1_248_424,
  "squeezenet1.1": 1_235_496,
  odenet4: 13_034,
  odenet8: 24_650,
  odenet16: 47_882,
  "odenet-dense8": 1_160,
  "odenet-dense16": 2_040,
  "odenet-dense32": 3_800,
  "unet-8": 122_474,
  "unet-16": 488_018,
  "detector-s": 724_088,
  "line-s": 158_847,
  "crnn-s": 251_103,
  "conv-autoencoder": 456_833,
  "variational-autoencoder": 657_601,
  "dense-autoencoder": 402_448,
};

/** Parameters of a net that is still run: a step of more takes gigabytes. */
const RUNS = 5e7;

const outputs = 10;

/** Outputs as rows, those of a map one for each pixel, those of cells one for each cell. */
function rowsOf(y: Value): Value {
  const [, width, ...places] = y.shape;
  const order = [0, ...places.map((_, axis) => axis + 2), 1];
  return places.length === 0 ? y : reshape(transpose(y, order), [-1, width]);
}

/** A net that gives its rows and the loss of each, row i being of class i % (its outputs); the gradient in training. */
function netWithLoss(model: Model, batch: number, training: boolean): Net {
  const net = netOf(model, batch, { training });
  const { graph, layout, params } = net;
  const rows = rowsOf(net.output);
  const losses = (model.loss ?? softmaxCrossEntropy)(rows, input(graph, "targets", rows.shape));
  graph.output("rows", rows);
  graph.output("losses", losses);
  if (!training) return net;
  const trained = layout.params.filter(({ kind }) => kind !== "statistic");
  const grads = gradients(
    reduceSum(losses),
    trained.map(({ name }) => params.get(name)!),
  );
  for (const [at, { offset }] of trained.entries()) write(GRADIENT, grads[at], offset);
  return net;
}

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

/** What a net gives for images of noise, and its vectors behind the run. */
async function run({ graph, layout, specs }: Net, images: number) {
  const program = await engine.compile(graph);
  const w = engine.vector(layout.length);
  const grad = engine.vector(layout.trainable);
  await w.write(initialise({ layout, specs }, 1));
  const { shape } = graph.outputs.get("rows")!;
  const length = sizeOf(shape);
  const [, width] = shape;
  const isTarget = (at: number) => Math.floor(at / width) % width === at % width;
  const found = await program.run({
    vectors: { [WEIGHTS]: w, [GRADIENT]: grad },
    inputs: {
      [IMAGES]: noise(images),
      targets: Float32Array.from({ length }, (_, at) => (isTarget(at) ? 1 : 0)),
    },
    key: { seed: 1, purpose: "dropout" },
  });
  return { found, w: await w.read(), grad: await grad.read() };
}

describe.each(families.map((family) => [family.name, family] as const))("%s", (name, family) => {
  const { smallest, published } = family;
  const { channels } = published;
  const make = (size: number) =>
    createModel(name, { channels, height: size, width: size, outputs });
  const pixels = channels * smallest ** 2;

  test("has the published number of parameters", () => {
    const { layout } = netOf(createModel(name, published), 1, { training: false });
    expect(layout.trainable).toBe(counts[name]);
  });

  const net = netWithLoss(make(smallest), 1, false);
  const runs = net.layout.length < RUNS;

  test.runIf(runs)("gives finite losses and outputs at its smallest size", async () => {
    const { found } = await run(net, pixels);
    expect(found.losses.every((loss) => loss > 0)).toBe(true);
    expect(found.losses.length).toBe(net.graph.outputs.get("rows")!.shape[0]);
    expect(found.rows.every(Number.isFinite)).toBe(true);
  });

  // Batch statistics of two values would leave nothing for the layer before them to learn.
  const task = netWithLoss(make(smallest), 3, true);

  test("writes a gradient for every trainable parameter", () => {
    const written = task.graph.nodes.flatMap(({ op, attrs, inputs }) =>
      op.name === "write" && attrs.vector === GRADIENT ? [sizeOf(inputs[0].shape)] : [],
    );
    expect(written.reduce((sum, size) => sum + size, 0)).toBe(task.layout.trainable);
  });

  test.runIf(isAffordable(net))("every parameter learns something", async () => {
    const { found, w, grad } = await run(task, 3 * pixels);
    expect(found.losses.every((loss) => loss > 0)).toBe(true);
    expect(w.every(Number.isFinite)).toBe(true);
    expect(grad.every(Number.isFinite)).toBe(true);
    for (const { offset, shape, kind } of task.layout.params) {
      if (kind === "statistic") continue;
      expect(grad.subarray(offset, offset + sizeOf(shape)).some((g) => g !== 0)).toBe(true);
    }
  });

  test.skipIf(smallest === 1)("refuses smaller images and names the smallest size", () => {
    expect(() => make(smallest - 1)).toThrow(InputError);
    expect(() => make(smallest - 1)).toThrow(`${smallest}x${smallest}`);
  });

  test("inference and training agree on the layout", () => {
    const { layout } = netOf(make(smallest), 2, { training: false });
    expect(layout).toEqual(task.layout);
  });

  test("another head stands on its features, and on those of its stages from fine to coarse", () => {
    const model = make(smallest);
    let sizes: number[] = [];
    const other = withHead(
      model,
      (features, scope, stages) => {
        for (const { shape } of stages.values()) expect(shape).toHaveLength(4);
        sizes = [...stages.values()].map(({ shape }) => shape[2]);
        const mean = reduceSum(
          features,
          features.shape.flatMap((_, axis) => (axis > 1 ? [axis] : [])),
        );
        return scope.apply("other", linear(7), mean);
      },
      7,
    );
    const { output, layout } = netOf(other, 1, { training: false });
    expect(output.shape).toEqual([1, 7]);
    expect(sizes).toEqual([...new Set(sizes)].sort((a, b) => b - a));
    const own = new Set(task.layout.params.map((param) => param.name));
    const added = layout.params.filter((param) => !own.has(param.name));
    expect(added.map((param) => param.name)).toEqual(["other.weight", "other.bias"]);
  });
});
