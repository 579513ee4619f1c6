// The nets of `convoy bench` in jax-js: the same layers, widths and parameters as src/models/. A net is
// a function that asks for its parameters by shape. An operation takes its operands away; `.ref` keeps
// one for another use.

import type { Array as Tensor } from "@jax-js/jax";

type Library = typeof import("@jax-js/jax");

/** Gives a parameter of a shape. */
export type Param = (shape: number[]) => Tensor;

/** Images [n, c, h, w] to logits [n, classes]. */
export type Net = (jax: Library, x: Tensor, param: Param, classes: number) => Tensor;

const convolve = ({ lax }: Library, x: Tensor, weight: Tensor, stride: number, padding: number) =>
  lax.convGeneralDilated(
    x,
    weight,
    [stride, stride],
    [
      [padding, padding],
      [padding, padding],
    ],
  );

const linear = ({ numpy }: Library, x: Tensor, param: Param, outputs: number) =>
  numpy.matmul(x, param([x.shape[1], outputs])).add(param([outputs]));

/** 2x2 max pooling. */
function halve({ numpy }: Library, x: Tensor): Tensor {
  const [n, c, h, w] = x.shape;
  return numpy.max(x.reshape([n, c, h / 2, 2, w / 2, 2]), [3, 5]);
}

/** LeCun et al. 1998 in its modern form: ReLU, max pooling, linear output. */
const lenet5: Net = (jax, x, param, classes) => {
  const { relu } = jax.nn;
  const stage = (input: Tensor, channels: number, padding: number) => {
    const y = convolve(jax, input, param([channels, input.shape[1], 5, 5]), 1, padding);
    return halve(jax, relu(y.add(param([channels]).reshape([1, -1, 1, 1]))));
  };
  const y = stage(stage(x, 6, Math.max(0, 32 - x.shape[2]) / 2), 16, 0);
  const features = y.reshape([y.shape[0], -1]);
  const hidden = relu(linear(jax, relu(linear(jax, features, param, 120)), param, 84));
  return linear(jax, hidden, param, classes);
};

/** Batch normalisation as in training, without running statistics. */
function batchNorm({ numpy }: Library, x: Tensor, param: Param): Tensor {
  const channels = x.shape[1];
  const options = { keepdims: true };
  const centred = x.ref.sub(x.mean([0, 2, 3], options));
  const variance = numpy.square(centred.ref).mean([0, 2, 3], options);
  const scale = param([channels])
    .reshape([1, -1, 1, 1])
    .div(numpy.sqrt(variance.add(1e-5)));
  return centred.mul(scale).add(param([channels]).reshape([1, -1, 1, 1]));
}

/** Every other pixel, and channels of zeros (option A of He et al. 2015). */
function widen({ numpy }: Library, x: Tensor): Tensor {
  const [n, c, h, w] = x.shape;
  const sampled = x.reshape([n, c, h / 2, 2, w / 2, 2]).slice([], [], [], 0, [], 0);
  return numpy.concatenate([sampled, numpy.zeros([n, c, h / 2, w / 2])], 1);
}

/** He et al. 2015 (arXiv 1512.03385), section 4.2: 6n + 2 layers. */
const resnet =
  (layers: number): Net =>
  (jax, x, param, classes) => {
    const { relu } = jax.nn;
    const convBn = (input: Tensor, channels: number, stride: number) => {
      const weight = param([channels, input.shape[1], 3, 3]);
      return batchNorm(jax, convolve(jax, input, weight, stride, 1), param);
    };
    let y = relu(convBn(x, 16, 1));
    for (const width of [16, 32, 64]) {
      for (let block = 0; block < (layers - 2) / 6; block++) {
        const stride = y.shape[1] === width ? 1 : 2;
        const body = convBn(relu(convBn(y.ref, width, stride)), width, 1);
        y = relu((stride === 1 ? y : widen(jax, y)).add(body));
      }
    }
    return linear(jax, y.mean([2, 3]), param, classes);
  };

export const nets: Readonly<Record<string, Net>> = { lenet5, resnet20: resnet(20) };
