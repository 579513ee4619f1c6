import { describe, expect, test } from "vitest";
import { noise } from "../../test/support/layers.js";
import { classify, targetInputs } from "../../test/support/questions.js";
import { referenceEngine } from "../engine/reference/index.js";
import type { Model } from "../models/index.js";
import { batchNorm, conv2d, flatten, initialise, linear, sequential, tanh } from "../nn/index.js";
import { trainingGraph } from "./graphs.js";
import { seeingAs, TEACHER, type Teaching, workWith } from "./teaching.js";

const batch = 4;
const layers = (width: number) =>
  sequential({
    conv: conv2d(width, 3, { bias: false }),
    norm: batchNorm(),
    tanh: tanh(),
    flatten: flatten(),
    fc: linear(3),
  });
const modelOf = (width: number): Model => ({
  name: `width${width}`,
  source: "a test",
  input: [2, 4, 4],
  outputs: 3,
  layer: layers(width),
});
const student = modelOf(2);
const model = modelOf(5);

const x = noise(batch * 32);
const targets = Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1, 0.5, 0.5, 0]);
const { layout: ofTeacher, specs } = trainingGraph(classify(model), batch);
const knowledge = initialise({ layout: ofTeacher, specs }, 7);
const plain = trainingGraph(classify(student), batch);
const start = initialise(plain, 1);

/** A step's loss and gradient, at given parameters and with somebody who teaches. */
async function step(w: Float32Array, teaching?: Teaching, images = x) {
  const engine = referenceEngine();
  const { graph, layout } = trainingGraph(classify(student), batch, { teaching });
  const program = await engine.compile(graph, { frozen: teaching ? [TEACHER] : [] });
  const vectors = {
    w: engine.vector(layout.length),
    grad: engine.vector(layout.trainable),
    ...(teaching && { [TEACHER]: engine.vector(ofTeacher.length) }),
  };
  await vectors.w.write(w);
  await vectors[TEACHER]?.write(knowledge);
  const inputs = { x: images, ...targetInputs(targets, 3) };
  const { loss } = await program.run({ vectors, inputs });
  return { loss: loss[0], grad: await vectors.grad.read(), taught: await vectors[TEACHER]?.read() };
}

describe("a net with a teacher", () => {
  test("gets the gradient of both losses, and the teacher none", async () => {
    const teaching = { model, alpha: 0.7, temperature: 2 };
    const { grad, taught } = await step(start, teaching);
    expect(taught).toEqual(knowledge);
    const by = 1e-2;
    for (let at = 0; at < grad.length; at += 3) {
      const [up, down] = [by, -by].map((change) =>
        start.map((value, other) => (other === at ? value + change : value)),
      );
      const slope =
        ((await step(up, teaching)).loss - (await step(down, teaching)).loss) / (2 * by);
      expect(Math.abs(grad[at] - slope)).toBeLessThan(1e-3);
    }
  });

  test("has a loss between that of the labels and that of the teacher", async () => {
    const lossAt = async (alpha: number) =>
      (await step(start, { model, alpha, temperature: 3 })).loss;
    const [labels, teacher] = [await lossAt(0), await lossAt(1)];
    expect(labels).toBeCloseTo((await step(start)).loss, 6);
    expect(teacher).not.toBeCloseTo(labels, 2);
    expect(await lossAt(0.3)).toBeCloseTo(0.7 * labels + 0.3 * teacher, 5);
  });

  test("costs as much more as the forward pass of the teacher", () => {
    const work = (width: number) => {
      const teaching = { model: modelOf(width), alpha: 1, temperature: 1 };
      return workWith(teaching, trainingGraph(classify(student), batch, { teaching }).graph, batch);
    };
    expect(work(2)).toBeGreaterThan(1.2);
    expect(work(2)).toBeLessThan(1.6);
    expect(work(40)).toBeGreaterThan(5);
    expect(1024 * work(40)).toBe(Math.round(1024 * work(40)));
  });
});

test("a teacher sees images as it was trained on them", async () => {
  const [own, found] = [
    { mean: [100, 120], std: [50, 60] },
    { mean: [90, 130], std: [40, 70] },
  ];
  const teaching = { model, alpha: 1, temperature: 1 };
  const bytes = x.map((value) => 128 + 60 * value);
  const seen = ({ mean, std }: typeof own) =>
    bytes.map((byte, at) => (byte - mean[Math.floor(at / 16) % 2]) / std[Math.floor(at / 16) % 2]);
  // The student's images are the same for both: what it makes of them is not looked at.
  const blind = start.map(() => 0);
  const expected = await step(blind, teaching, seen(own));
  const mapped = { ...teaching, model: seeingAs(model, own, found) };
  const { loss } = await step(blind, mapped, seen(found));
  expect(loss).toBeCloseTo(expected.loss, 4);
  expect((await step(blind, teaching, seen(found))).loss).not.toBeCloseTo(expected.loss, 4);
  expect(seeingAs(model, own, { ...own })).toBe(model);
});
