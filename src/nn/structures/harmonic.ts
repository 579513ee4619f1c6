// Harmonic nets (Ulicny, Krylov and Dahyot 2022, "Harmonic convolutional networks based on discrete cosine transform",
// Pattern Recognition 129, arXiv 2001.06570): what is learned of a filter is how much of each wave it has.

import {
  type Attrs,
  constant,
  conv2d,
  expand,
  type Graph,
  matmul,
  mul,
  type Node,
  pathOf,
  reshape,
  type Value,
  WEIGHTS,
  write,
} from "../../graph/index.js";
import { rewrite } from "../../graph/rewrite.js";
import { InputError } from "../../inputError.js";
import { sizeOf } from "../../tensor/shape.js";
import type { BuildOptions } from "../build.js";
import { fill } from "../initialisers.js";
import { followed, MOMENTUM, normaliseChannels, type Statistic } from "../layers/batchNorm.js";
import { extend, type Net, type NetPass } from "../net.js";
import type { ParamSpec } from "../scope.js";
import { cosineWindows, windowScale } from "./cosines.js";

/** Where values of the net before are in its new graph. */
type Image = (value: Value) => Value;

/** A convolution whose window has more than one pixel, with weights of its own. */
interface Windowed {
  readonly node: Node;
  /** Name of its weights. */
  readonly weights: string;
}

function windowed({ graph, params }: Net): Windowed[] {
  const names = new Map([...params].map(([name, value]) => [value, name]));
  return graph.nodes.flatMap((node) => {
    if (node.op.name !== "conv2d") return [];
    const [, weight] = node.inputs;
    const weights = names.get(weight);
    const isWindow = sizeOf(weight.shape.slice(2)) > 1;
    return weights !== undefined && isWindow ? [{ node, weights }] : [];
  });
}

/** Filters [outputs, inputs, height, width] of shares of waves in the same shape; at the start as large as plain ones. */
function filtersOf(shares: Value): Value {
  const [outputs, inputs, ...kernel] = shares.shape;
  const count = sizeOf(kernel);
  const windows = reshape(cosineWindows(shares.graph, kernel), [count, count]);
  const basis = mul(windows, constant(shares.graph, windowScale(kernel)));
  return reshape(matmul(reshape(shares, [outputs * inputs, count]), basis), shares.shape);
}

/** Names of the running statistics of a first layer's waves. */
const statisticsOf = (weights: string) => {
  const path = pathOf(weights);
  return { mean: `${path}.waves.mean`, variance: `${path}.waves.variance` };
};

/** Specs of {@link statisticsOf}. */
function statisticSpecs({ node, weights }: Windowed): ParamSpec[] {
  const shape = [sizeOf(node.inputs[1].shape.slice(1))];
  const { mean, variance } = statisticsOf(weights);
  return [
    { name: mean, shape, kind: "statistic", init: fill(0) },
    { name: variance, shape, kind: "statistic", init: fill(1) },
  ];
}

/** How much of each wave every window of an image has, in channels [inputs * height * width]. */
function wavesOf(x: Value, kernel: readonly number[], attrs: Attrs): Value {
  const channels = x.shape[1];
  const windows = cosineWindows(x.graph, kernel);
  const each = expand(reshape(windows, [1, ...windows.shape]), [channels, ...windows.shape]);
  const filters = reshape(each, [channels * sizeOf(kernel), 1, ...kernel]);
  const { strides, padding, dilation } = attrs as { readonly [name: string]: readonly number[] };
  return conv2d(x, filters, {
    strides: strides as [number, number],
    padding: padding as [number, number, number, number],
    dilation: dilation as [number, number],
    groups: channels,
  });
}

/** A running statistic of a net with passes. */
function statisticOf(net: Net, name: string, image: Image, { momentum }: BuildOptions): Statistic {
  const value = image(net.params.get(name)!);
  const { offset } = net.layout.params.find((param) => param.name === name)!;
  const { graph } = value;
  const follow = (now: Value) =>
    write(WEIGHTS, followed(value, now, momentum?.(graph) ?? constant(graph, MOMENTUM)), offset);
  return { value, follow };
}

/** A convolution with filters of the shares that it has for weights. */
const harmonicConv = ({ op, attrs }: Node, inputs: readonly Value[], target: Graph) => {
  const [x, shares, ...others] = inputs;
  return target.apply(op, [x, filtersOf(shares), ...others], attrs);
};

/** The first layer: waves of the images, each standardised, and a 1x1 convolution of these. */
function firstLayer(
  { node, weights }: Windowed,
  net: Net,
  image: Image,
  options: BuildOptions,
): Value {
  const [x, shares, bias] = node.inputs.map(image);
  const [outputs, inputs, ...kernel] = shares.shape;
  const waves = wavesOf(x, kernel, node.attrs);
  const channels = waves.shape[1];
  const all = (value: number) => expand(constant(x.graph, value), [channels]);
  const { mean, variance } = statisticsOf(weights);
  const params = {
    ...{ scale: all(1), shift: all(0) },
    mean: statisticOf(net, mean, image, options),
    variance: statisticOf(net, variance, image, options),
  };
  const standard = normaliseChannels(waves, params, options);
  return conv2d(standard, reshape(shares, [outputs, inputs * sizeOf(kernel), 1, 1]), { bias });
}

/**
 * The pass that makes each filter of a sum of waves, those of the discrete cosine transform of its window, of which the
 * weights say the shares: they keep their names and shapes, [outputs, inputs, height, width], slow waves first, and all waves
 * have the same sum of absolute values. Windows of one pixel stay. In the first layer waves are taken of the images and standardised one by one, with the statistics
 * `<layer>.waves.mean` and `<layer>.waves.variance`, and the weights are a 1x1 convolution of these. `compact` makes plain
 * filters of the others again.
 *
 * @returns a pass that throws an InputError for a net without a convolution of a larger window
 * @example
 * import { conv2d, netOf, relu } from "convoynet/nn";
 * const layer = sequential({ conv1: conv2d(4, 3), relu: relu(), conv2: conv2d(4, 3) });
 * const net = netOf({ layer, input: [1, 8, 8] }, 2, { training: true, passes: [harmonic()] });
 * net.layout.params.map(({ name }) => name);
 * // ["conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "conv1.waves.mean", "conv1.waves.variance"]
 */
export const harmonic = (): NetPass => (net, options) => {
  const [own] = windowed(net);
  if (!own) throw new InputError("harmonic: the net has no convolution of a window of pixels");
  const wider = extend(net, statisticSpecs(own));
  const [first] = windowed(wider);
  const rest = new Set(
    windowed(wider)
      .slice(1)
      .map(({ node }) => node),
  );
  const { graph, image } = rewrite(
    wider.graph,
    (node, inputs, target, imageOf) => {
      if (node === first.node) return [firstLayer(first, wider, imageOf, options)];
      return rest.has(node) ? harmonicConv(node, inputs, target) : undefined;
    },
    [wider.output, ...wider.params.values()],
  );
  const params = [...wider.params].map(([name, value]) => [name, image(value)] as const);
  return { ...wider, graph, params: new Map(params), output: image(wider.output) };
};
