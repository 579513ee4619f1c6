// Tasks that ask a net for the image that it saw, by way of a code: auto-encoders (Bengio, Courville and Vincent 2013,
// "Representation learning: a review and new perspectives", IEEE TPAMI 35). They differ in what keeps the code from being a copy.
// Units are those of normalised images, so an error of 1 is what always saying the mean makes.

import { noTargets } from "../../data/index.js";
import { add, constant, mul, reduceSum, sub, type Value } from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { CODE, SPREADS } from "../../models/index.js";
import { type Numbers, numbered, type TaskNumber } from "../numbers.js";
import type { Metrics, Task, TaskLossOptions } from "../task.js";
import { allOf, gaussian, masking, saltAndPepper } from "./corruption.js";
import { activityDivergence, contraction, normalDivergence } from "./penalties.js";

/** Mean squared error of each image [n]. */
export function squaredError(output: Value, images: Value): Value {
  const [, ...shape] = output.shape;
  const pixels = shape.reduce((product, size) => product * size, 1);
  const error = sub(output, images);
  return mul(reduceSum(mul(error, error), [1, 2, 3]), constant(output.graph, 1 / pixels));
}

/** Errors of images, as the evaluation found them. */
class ErrorMetrics implements Metrics {
  private sum = 0;
  private count = 0;

  add(...[, , , losses = new Float32Array(0)]: Parameters<Metrics["add"]>): void {
    for (const loss of losses) this.sum += loss;
    this.count += losses.length;
  }

  values() {
    return { mse: this.sum / this.count };
  }

  outputs() {
    return [];
  }
}

/** A value that layers have marked. */
function marked({ marks }: TaskLossOptions, name: string, task: string, model: string): Value {
  const found = marks?.get(name);
  if (found) return found;
  throw new InputError(
    `task ${task}: the model tells no ${name}; choose one that does, as ${model}`,
  );
}

type Own = Pick<Task, "name" | "description" | "corrupt"> & {
  readonly model: string;
  /** What is added to the error of each image: [n], or [] for the batch. */
  readonly penalty?: (options: TaskLossOptions) => Value;
};

/** A task that learns to give images back. */
const reconstruction = ({ model, penalty, ...own }: Own): Omit<Task, "numbered"> => ({
  labels: "none",
  output: "map",
  signed: true,
  defaults: { model, optimizer: "adamw", lr: 0.001, decay: 0 },
  outputs: (_, channels = 1) => Array.from({ length: channels }, (_, at) => `channel ${at}`),
  check: () => undefined,
  targets: () => noTargets,
  loss(output, _, options) {
    const errors = squaredError(output, options.images!());
    return {
      losses: penalty ? add(errors, penalty(options)) : errors,
      tallies: { squared: reduceSum(errors) },
    };
  },
  heldOut: (output, images) => squaredError(output, images()),
  marks: penalty !== undefined,
  trainMetrics: ({ squared }, images) => ({ mse: squared / images }),
  metrics: [
    {
      name: "mse",
      better: "lower",
      unit: "number",
      trained: true,
      description: "mean squared error of the pixels, in variances of the training images",
    },
  ],
  reportOf: "image",
  reports: {},
  newMetrics: () => new ErrorMetrics(),
  decode: (output, { shape }) => {
    const length = shape.reduce((product, size) => product * size, 1);
    return Array.from({ length: output.length / length }, (_, row) => ({
      image: [...output.subarray(row * length, (row + 1) * length)],
    }));
  },
  row: ({ image }) => [["pixels", (image as readonly number[]).length]],
  ...own,
});

const share = (usual: number, description: string): TaskNumber => ({
  usual,
  least: 0,
  most: 1,
  description,
});
const factor = (usual: number, description: string): TaskNumber => ({
  usual,
  least: 0,
  description,
});

/** Images through a narrow code. */
export const autoencoder: Task = reconstruction({
  name: "autoencoder",
  description: "features without labels: images given back from a narrow code",
  model: "conv-autoencoder",
});

const noise = {
  mask: share(0.3, "share of pixels that become 0"),
  gaussian: factor(0, "standard deviation of noise that is added, in those of the images"),
  saltpepper: share(0, "share of pixels that become very bright or very dark"),
};

/** Images that are spoilt, made whole again. */
export const denoising: Task = numbered(noise, ({ mask, gaussian: std, saltpepper }) =>
  reconstruction({
    name: "denoising",
    description: "features without labels: images given back from spoilt ones",
    model: "conv-autoencoder",
    corrupt: allOf([masking(mask), saltAndPepper(saltpepper), gaussian(std)]),
  }),
);

/** Of units between 0 and 1, that are seldom on. */
export const sparse: Task = numbered(
  {
    activity: { usual: 0.05, least: 0.001, most: 0.999, description: "mean activity of a unit" },
    strength: factor(0.003, "weight of the divergence from it, summed over units"),
  },
  ({ activity, strength }) =>
    reconstruction({
      name: "sparse",
      description: "features without labels: images given back from units that are seldom on",
      model: "dense-autoencoder",
      penalty: (options) => {
        const code = marked(options, CODE, "sparse", "dense-autoencoder");
        if (code.node.op.name !== "sigmoid") {
          throw new InputError(
            "task sparse: the model's code is not made of sigmoid units, whose mean says how often they are on; choose one whose is, as dense-autoencoder",
          );
        }
        const divergence = activityDivergence(code, activity);
        return mul(divergence, constant(code.graph, strength));
      },
    }),
);

/** Codes that change little where images do. */
export const contractive: Task = numbered(
  { strength: factor(0.01, "weight of the squared slopes of the code by the image") },
  ({ strength }: Numbers<"strength">) =>
    reconstruction({
      name: "contractive",
      description: "features without labels: images given back from codes that change little",
      model: "dense-autoencoder",
      penalty: (options) => {
        const code = marked(options, CODE, "contractive", "dense-autoencoder");
        return mul(contraction(code, options.images!()), constant(code.graph, strength));
      },
    }),
);

/** Codes drawn round their means, near the standard normal distribution. */
export const variational: Task = numbered(
  { strength: factor(0.003, "weight of the divergence from standard normal codes") },
  ({ strength }: Numbers<"strength">) =>
    reconstruction({
      name: "variational",
      description: "features without labels: images given back from codes that are drawn",
      model: "variational-autoencoder",
      penalty: (options) => {
        const means = marked(options, CODE, "variational", "variational-autoencoder");
        const spreads = marked(options, SPREADS, "variational", "variational-autoencoder");
        return mul(normalDivergence(means, spreads), constant(means.graph, strength));
      },
    }),
);
