import { describe, expect, test } from "vitest";
import { noise } from "../../test/support/layers.js";
import { classify, targetInputs } from "../../test/support/questions.js";
import { referenceEngine } from "../engine/reference/index.js";
import { createModel, type Model } from "../models/index.js";
import {
  batchNorm,
  build,
  conv2d,
  globalAvgPool,
  initialise,
  linear,
  sequential,
  tanh,
} from "../nn/index.js";
import { ask } from "./ask.js";
import { countTopK } from "./classification/confusion.js";
import { evaluationGraph, type TrainingOptions, trainingGraph } from "./graphs.js";
import { tags } from "./tags/index.js";

const batch = 4;

/** A smooth net small enough for central differences. */
const small: Model = {
  name: "small",
  source: "a test",
  input: [2, 4, 4],
  outputs: 3,
  layer: sequential({
    conv: conv2d(3, 3, { bias: false }),
    norm: batchNorm(),
    tanh: tanh(),
    pool: globalAvgPool(),
    fc: linear(3),
  }),
};

const x = noise(batch * 32);
const targets = Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1, 0.5, 0.5, 0]);

/** One training run of the small net at given parameters. */
async function train(w: ArrayLike<number>, options: TrainingOptions = {}) {
  const engine = referenceEngine();
  const task = trainingGraph(classify(small), batch, options);
  const program = await engine.compile(task.graph);
  const vectors = {
    w: engine.vector(task.layout.length),
    grad: engine.vector(task.layout.trainable),
  };
  await vectors.w.write(w);
  const outputs = await program.run({ vectors, inputs: { x, ...targetInputs(targets, 3) } });
  return { outputs, w: await vectors.w.read(), grad: await vectors.grad.read() };
}

/** What the small net says of the same batch in training, by its statistics. */
async function outputsOf(w: ArrayLike<number>): Promise<Float32Array> {
  const engine = referenceEngine();
  const net = build(small.layer, [batch, ...small.input], { training: true });
  net.graph.output("output", net.output);
  const program = await engine.compile(net.graph);
  const vector = engine.vector(net.layout.length);
  await vector.write(w);
  const { output } = await program.run({ vectors: { w: vector }, inputs: { x } });
  return output as Float32Array;
}

const { layout, ...rest } = trainingGraph(classify(small), batch);
const start = initialise({ layout, specs: rest.specs }, 1);

describe("the training graph", () => {
  test("writes the gradient of the mean loss", async () => {
    const { grad } = await train(start, { labelSmoothing: 0.1 });
    const step = 1e-2;
    for (let at = 0; at < layout.trainable; at += 3) {
      const [up, down] = [step, -step].map((change) =>
        start.map((value, other) => (other === at ? value + change : value)),
      );
      const [above, below] = [
        await train(up, { labelSmoothing: 0.1 }),
        await train(down, { labelSmoothing: 0.1 }),
      ];
      const slope = (above.outputs.loss[0] - below.outputs.loss[0]) / (2 * step);
      expect(Math.abs(grad[at] - slope)).toBeLessThan(1e-4);
    }
  });

  test("updates batch statistics and nothing else in w", async () => {
    const { w } = await train(start);
    expect(w.subarray(0, layout.trainable)).toEqual(start.subarray(0, layout.trainable));
    expect(w.subarray(layout.trainable)).not.toEqual(start.subarray(layout.trainable));
  });

  test("gives the mean loss of the net's outputs, and how many are right", async () => {
    const { outputs } = await train(start);
    const all = await outputsOf(start);
    const losses = Array.from({ length: batch }, (_, row) => {
      const logits = [...all].slice(3 * row, 3 * row + 3);
      const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
      return logits.reduce((sum, logit, at) => sum + targets[3 * row + at] * (total - logit), 0);
    });
    expect(outputs.loss).toHaveLength(1);
    expect(outputs.loss[0]).toBeCloseTo(losses.reduce((a, b) => a + b) / batch, 5);
    expect([...outputs["tally.correct"]]).toEqual([countTopK(all, [0, 1, 2, 0], 3, 1)]);
  });

  test("label smoothing changes the loss, not what is counted", async () => {
    const [plain, smooth] = [await train(start), await train(start, { labelSmoothing: 0.2 })];
    expect(smooth.outputs["tally.correct"]).toEqual(plain.outputs["tally.correct"]);
    expect(smooth.w).toEqual(plain.w);
    expect(smooth.outputs.loss).not.toEqual(plain.outputs.loss);
  });

  test.each([0, 2.5, -1])("a batch of %d is refused", (size) => {
    expect(() => trainingGraph(classify(small), size)).toThrow(
      `batch must be a whole number of at least 1`,
    );
  });
});

describe("the evaluation graph", () => {
  test("gives each image its own loss, whatever its neighbours", async () => {
    const engine = referenceEngine();
    const model = createModel("resnet20", { channels: 1, height: 8, width: 8, outputs: 3 });
    const losses = async (count: number) => {
      const task = evaluationGraph(classify(model), count);
      const program = await engine.compile(task.graph);
      const w = engine.vector(task.layout.length);
      await w.write(initialise(task, 1));
      const inputs = { x: noise(64 * count), ...targetInputs(targets.slice(0, 3 * count), 3) };
      const outputs = await program.run({ vectors: { w }, inputs });
      expect(outputs.output).toHaveLength(3 * count);
      return [...outputs.losses];
    };
    const [one, four] = [await losses(1), await losses(4)];
    expect(four).toHaveLength(4);
    expect(four[0]).toBeCloseTo(one[0], 6);
  });

  test("changes nothing", () => {
    const { graph } = evaluationGraph(classify(small), batch);
    expect(graph.nodes.filter(({ op }) => op.name === "write")).toEqual([]);
  });
});

test("a net whose outputs are never negative is refused where signs tell something", () => {
  const input = { channels: 3, height: 32, width: 32, outputs: 3 };
  const model = createModel("squeezenet1.1", input);
  const classes = ["a", "b", "c"];
  const labels = { kind: "tags", of: new Uint8Array(3), classes } as const;
  expect(() => trainingGraph(ask(model, tags, labels), 2)).toThrow(
    "model squeezenet1.1 gives no number below 0, which task tags needs; choose another model (setting model, as resnet18), " +
      "and where it comes with weights those of another model (setting pretrained)",
  );
  expect(evaluationGraph(classify(model), 2).graph.outputs.has("output")).toBe(true);
});
