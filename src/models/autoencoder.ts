// Auto-encoders: the body is the encoder, whose features are the code, and the head is the decoder, which makes an image of it
// (Rumelhart, Hinton and Williams 1986; Masci, Meier, Cireşan and Schmidhuber 2011, "Stacked convolutional auto-encoders", ICANN).
// Another head on the body is the encoder in another use.

import { add, constant, exp, mul, normal, slice, type Value } from "../graph/index.js";
import {
  batchNorm,
  conv2d,
  convTranspose2d,
  flatten,
  type Layer,
  lecunNormal,
  linear,
  relu,
  reshape,
  type Scope,
  sequential,
  sigmoid,
  xavierUniform,
} from "../nn/index.js";
import type { ModelFamily, ModelInput } from "./model.js";

/** Numbers of a code. */
const NUMBERS = 64;

/** Units of the dense one. */
const DENSE = 256;

/** Channels after the first halving of an image, and after the second. */
const WIDTHS = [32, 64] as const;

/** Name of the log-variances of a code among what a net marks. */
export const SPREADS = "spreads";

/** Images halved twice. */
const trunk = (): Layer => {
  const halving = (channels: number) =>
    conv2d(channels, 3, { strides: 2, padding: 1, bias: false });
  return sequential({
    conv1: halving(WIDTHS[0]),
    bn1: batchNorm(),
    relu1: relu(),
    conv2: halving(WIDTHS[1]),
    bn2: batchNorm(),
    relu2: relu(),
  });
};

/** Codes as images: enlarged twice, and cut to their size. */
function decoder({ height, width, outputs }: ModelInput): Layer {
  const [down, across] = [height, width].map((side) => Math.ceil(side / 4));
  const layers = sequential({
    fc: linear(WIDTHS[1] * down * across),
    relu0: relu(),
    shape: reshape([WIDTHS[1], down, across]),
    up1: convTranspose2d(WIDTHS[0], 4, { strides: 2, padding: 1 }),
    relu1: relu(),
    up2: convTranspose2d(outputs, 4, { strides: 2, padding: 1, init: lecunNormal() }),
  });
  return (x, scope) => slice(layers(x, scope), [0, 0, 0, 0], [x.shape[0], outputs, height, width]);
}

const code = (): Layer =>
  sequential({ flatten: flatten(), fc: linear(NUMBERS, { init: lecunNormal() }) });

const convAutoencoder: ModelFamily = {
  name: "conv-autoencoder",
  source: "Masci et al. 2011, ICANN; with strides, batch normalisation and a code of 64 numbers",
  smallest: 8,
  published: { channels: 1, height: 28, width: 28, outputs: 1 },
  create: (input) => ({
    body: { layer: sequential({ trunk: trunk(), code: code() }), stages: [] },
    head: decoder(input),
  }),
};

/** Codes drawn round their means in training; the log-variances are made of what the means are made of. */
const drawn = (means: Value, trunkOf: Value, scope: Scope): Value => {
  const { graph, shape } = means;
  const spreads = scope.mark(SPREADS, scope.apply("spreads", code(), trunkOf));
  if (!scope.training) return means;
  const half = exp(mul(spreads, constant(graph, 0.5)));
  return add(means, mul(half, normal(graph, shape, scope.stream())));
};

const variationalAutoencoder: ModelFamily = {
  name: "variational-autoencoder",
  source: "Kingma and Welling 2014, arXiv 1312.6114; the layers of conv-autoencoder",
  smallest: 8,
  published: { channels: 1, height: 28, width: 28, outputs: 1 },
  create: (input) => ({
    body: { layer: sequential({ trunk: trunk(), code: code() }), stages: ["trunk"] },
    head: (means, scope, stages) =>
      decoder(input)(drawn(means, stages.get("trunk")!, scope), scope),
  }),
};

const denseAutoencoder: ModelFamily = {
  name: "dense-autoencoder",
  source: "Vincent, Larochelle, Bengio and Manzagol 2008, ICML: one layer of sigmoid units",
  smallest: 1,
  published: { channels: 1, height: 28, width: 28, outputs: 1 },
  create: ({ height, width, outputs }) => ({
    body: {
      layer: sequential({
        flatten: flatten(),
        hidden: linear(DENSE, { init: xavierUniform() }),
        sigmoid: sigmoid(),
      }),
      stages: [],
    },
    head: sequential({
      visible: linear(outputs * height * width, { init: xavierUniform() }),
      shape: reshape([outputs, height, width]),
    }),
  }),
};

/** Auto-encoders with outputs [n, outputs, h, w], as many as the image has channels. */
export const autoencoders: readonly ModelFamily[] = [
  convAutoencoder,
  variationalAutoencoder,
  denseAutoencoder,
];
