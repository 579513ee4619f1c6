// By which quarter was an image turned? (Gidaris, Singh and Komodakis 2018, arXiv 1803.07728.)

import { type Augmentation, commonSize, DEFAULT_SIZE, type TargetMaker } from "../../data/index.js";
import { constant, mul, oneHot, reduceMax, reduceSum, step, sub } from "../../graph/index.js";
import { softmaxCrossEntropy } from "../../nn/index.js";
import { averageClasses } from "../average.js";
import { softmax } from "../softmax.js";
import type { Metrics, Task } from "../task.js";

/** Input with the quarter turns of each image, i32 [n]. */
const TURN = "turn";
const names = ["0", "90", "180", "270"] as const;

/** Turns an image by a quarter as often as it is drawn, and notes how often. */
const turned: Augmentation = {
  name: TURN,
  strength: 1,
  apply(sample, random, size) {
    const quarters = random.integer(names.length);
    const [cos, sin] = [[1, 0, -1, 0][quarters], [0, 1, 0, -1][quarters]];
    sample.note = quarters;
    sample.warp([cos, -sin, 0, sin, cos, 0], size);
  },
};

const turnTargets: TargetMaker = {
  inputs: { [TURN]: { dtype: "i32", shape: [] } },
  fill({ samples }, { [TURN]: turn }) {
    for (const [at, { note }] of samples.entries()) turn[at] = note;
  },
};

/** Counts turns that were told. */
class TurnMetrics implements Metrics {
  private readonly told = new Float64Array(names.length);
  private readonly right = new Float64Array(names.length);

  add(output: Float32Array, indices: Int32Array, { [TURN]: turn }: Parameters<Metrics["add"]>[2]) {
    for (let at = 0; at < indices.length; at++) {
      const row = output.subarray(at * names.length, (at + 1) * names.length);
      const said = row.indexOf(row.reduce((a, b) => Math.max(a, b)));
      this.told[turn[at]]++;
      if (said === turn[at]) this.right[turn[at]]++;
    }
  }

  values() {
    const sum = (of: Float64Array) => of.reduce((a, b) => a + b, 0);
    return { accuracy: sum(this.right) / sum(this.told) };
  }

  outputs() {
    return names.map((name, at) => ({
      name,
      support: this.told[at],
      accuracy: this.right[at] / this.told[at],
    }));
  }
}

/** Images turned by quarters, told apart; whatever else is known of them does not matter. */
export const rotation: Task = {
  name: "rotation",
  description: "features without labels: by which quarter an image was turned",
  labels: "none",
  output: "vector",
  defaults: { optimizer: "momentum", lr: 0.1, decay: 5e-4, augment: "crop,flip" },
  outputs: () => names,
  check: () => undefined,
  inputSize({ images }, size) {
    const { height, width } = commonSize(images) ?? { height: DEFAULT_SIZE, width: DEFAULT_SIZE };
    const side = size ?? Math.min(height, width);
    return { height: side, width: side };
  },
  augmentation: turned,
  targets: () => turnTargets,
  loss(output, { [TURN]: turn }) {
    const { graph } = output;
    const own = oneHot(turn, names.length);
    const said = reduceSum(mul(own, output), [1], true);
    const missed = step(sub(reduceMax(output, [1], true), said));
    return {
      losses: softmaxCrossEntropy(output, own),
      tallies: { correct: reduceSum(sub(constant(graph, 1), missed)) },
    };
  },
  trainMetrics: ({ correct }, images) => ({ accuracy: correct / images }),
  metrics: [
    {
      name: "accuracy",
      better: "higher",
      unit: "share",
      trained: true,
      description: "images whose turn was told",
    },
  ],
  reportOf: "turn",
  reports: { accuracy: "share" },
  newMetrics: () => new TurnMetrics(),
  average: averageClasses,
  decode: (output) =>
    Array.from({ length: output.length / names.length }, (_, row) => {
      const shares = softmax(output.subarray(row * names.length, (row + 1) * names.length));
      const best = shares.indexOf(shares.reduce((a, b) => Math.max(a, b)));
      return { turn: names[best], confidence: shares[best] };
    }),
  row: ({ turn, confidence }) => [
    ["turn", turn as string],
    ["confidence", confidence as number],
  ],
};
