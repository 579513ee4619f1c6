// A net in whole numbers (Jacob et al. 2017, arXiv 1712.05877): convolutions and linear layers take bytes and give
// bytes; what has no rule for bytes stays in f32 between a `dequantise` and a `quantise`.

import {
  type ByteScale,
  cast,
  constant,
  integerConv2d,
  layoutOf,
  mul,
  type Node,
  type Padding,
  pathOf,
  read,
  relu,
  relu6,
  reshape,
  type Value,
  WEIGHTS,
} from "../graph/index.js";
import type { ConvGeometry } from "../graph/ops/conv.js";
import { countUses, liveNodes, rewrite } from "../graph/rewrite.js";
import { InputError } from "../inputError.js";
import { type CompactNet, initialise, type Net, type ParamSpec } from "../nn/index.js";
import { sizeOf } from "../tensor/shape.js";
import { ByteValues, noRange } from "./byteValues.js";
import { type IntegerLayer, integerLayer, type Numbers, paramOf, suits } from "./layers.js";
import { moves } from "./moves.js";
import { type Planned, scalesOf, wantedBy } from "./plan.js";
import type { Ranges } from "./ranges.js";

/** Options of {@link integers}. */
export interface IntegerOptions {
  /** Layers that stay in f32, by their paths, as `stage1.0.conv1`. Default none. */
  readonly keep?: readonly string[];
}

/** The layers that become integers, by their nodes. Weights that several layers share stay as they are. */
function layersOf(
  net: Net,
  w: Numbers,
  planned: Planned,
  keep: readonly string[],
): ReadonlyMap<Node, IntegerLayer> {
  const { params, graph, output } = net;
  const names = new Map([...params].map(([name, value]) => [value, name]));
  const uses = countUses(graph, [output]);
  const layers = new Map<Node, IntegerLayer>();
  const live = liveNodes(graph, [output]);
  for (const node of graph.nodes) {
    if (!live.has(node) || !suits(node)) continue;
    const [x, ...given] = node.inputs;
    const own = given.slice(0, 2).flatMap((value) => [value, paramOf(value)!]);
    const name = names.get(own[1]);
    if (name === undefined || own.some((value) => uses.get(value) !== 1)) continue;
    const path = pathOf(name);
    if (keep.includes(path)) continue;
    const images = planned(x);
    if (!images) throw noRange(path);
    layers.set(node, integerLayer(w, node, name, images));
  }
  const known = [...names.values()];
  for (const path of keep) {
    if (known.some((name) => name.startsWith(`${path}.`))) continue;
    throw new InputError(`keep: the net has no layer "${path}" with weights`);
  }
  return layers;
}

/** Parameters that layers have others for. */
const replacedBy = (layers: ReadonlyMap<Node, IntegerLayer>): ReadonlySet<Value> =>
  new Set([...layers.keys()].flatMap(({ inputs }) => inputs.slice(1, 3).map((v) => paramOf(v)!)));

/** Parameters of the layers, and those that the rest of the net reads. */
function specsOf(
  net: Net,
  w: Numbers,
  layers: ReadonlyMap<Node, IntegerLayer>,
  gone: ReadonlySet<Value>,
): readonly ParamSpec[] {
  const rest = net.layout.params.filter(({ name }) => !gone.has(net.params.get(name)!));
  return [
    ...[...layers.values()].flatMap(({ weight, scale, bias }) => [weight, scale, bias]),
    ...rest.map(({ offset, ...spec }) => ({
      ...spec,
      init: (out: Float32Array) => out.set(w().subarray(offset, offset + sizeOf(spec.shape))),
    })),
  ];
}

const activations = { none: (x: Value) => x, relu, relu6 } as const;

/** Reads a parameter of the new net. */
type Reader = (spec: ParamSpec) => Value;

/** The layer on bytes; it gives bytes where it is said what they stand for, else f32. */
function integerNode(
  node: Node,
  layer: IntegerLayer,
  bytes: ByteValues,
  out: ByteScale | undefined,
  param: Reader,
): Value {
  const { inputs, outputs, attrs, op } = node;
  const [y] = outputs;
  const [x, { scale, zero }] = bytes.asBytes(inputs[0]);
  const unit = out?.scale ?? 1;
  const residual = inputs[3] && bytes.asBytes(inputs[3]);
  const { strides, padding, dilation, groups } = attrs as unknown as ConvGeometry;
  const pair = ([height, width]: readonly number[]) => [height, width] as const;
  const geometry =
    op.name === "conv2d"
      ? {
          ...{ strides: pair(strides), dilation: pair(dilation), groups },
          padding: padding as Padding,
        }
      : {};
  const images = op.name === "conv2d" ? x : reshape(x, [...x.shape, 1, 1]);
  const made = integerConv2d(images, cast(reshape(param(layer.weight), layer.shape), "i8"), {
    ...geometry,
    bias: cast(param(layer.bias), "i32"),
    multiplier: mul(param(layer.scale), constant(x.graph, Math.fround(scale / unit))),
    zero,
    outZero: out?.zero ?? 0,
    residual: residual && {
      value: residual[0],
      zero: residual[1].zero,
      multiplier: residual[1].scale / unit,
    },
    dtype: out ? "u8" : "f32",
  });
  const shaped = reshape(made, y.shape);
  if (out) bytes.set(y, out);
  return out ? shaped : activations[attrs["activation"] as keyof typeof activations](shaped);
}

/**
 * The net that computes with bytes: images and features as u8 with a scale and a zero each, weights as whole numbers
 * from -127 to 127 with a scale for each output, sums as whole numbers. Its vector holds `weight`, `bias` (in units of
 * the sums) and `scale` (what a weight of 1 stands for) of every such layer. Images come in and outputs go out as f32.
 * What a layer gives saturates at its range, which does the work of a ReLU.
 *
 * @param compact what `compact` made of a net for inference
 * @param ranges of its values, as {@link calibrate} found them; a net of another batch has the same ones
 * @throws InputError for a layer to keep that is none, and for ranges that belong to another net.
 * @example
 * import { conv2d, relu } from "convoynet/nn";
 * const layer = sequential(conv2d(4, 3), relu(), flatten(), linear(2));
 * const net = netOf({ layer, input: [1, 8, 8] }, 2, { training: false });
 * const small = compact(net, initialise(net, 1));
 * const engine = await createEngine({ engine: "reference" });
 * const images = Float32Array.from({ length: 128 }, (_, at) => at / 64 - 1);
 * const whole = integers(small, await calibrate(engine, small, [images]));
 * whole.net.layout.params.slice(0, 3).map(({ name }) => name); // ["0.weight", "0.scale", "0.bias"]
 * whole.w.subarray(0, 36).every((weight) => Number.isInteger(weight)); // true
 * await engine.close();
 */
export function integers(
  { net, w }: CompactNet,
  ranges: Ranges,
  options: IntegerOptions = {},
): CompactNet {
  const whole = integerNet(net, () => w, ranges, options);
  return { net: whole, w: initialise(whole, 0) };
}

/** As {@link integers}, of parameters that may not be known yet: the net's first values are made of them when asked for. */
export function integerNet(
  net: Net,
  w: Numbers,
  ranges: Ranges,
  { keep = [] }: IntegerOptions = {},
): Net {
  const planned = scalesOf(net, ranges);
  const layers = layersOf(net, w, planned, keep);
  const wanted = wantedBy(net, layers, new Set(Object.keys(moves)));
  const gone = replacedBy(layers);
  const specs = specsOf(net, w, layers, gone);
  const layout = layoutOf(specs.map(({ init: _, ...param }) => param));
  const offsets = new Map(layout.params.map(({ name, offset }) => [name, offset]));
  const names = new Map([...net.params].map(([name, { node }]) => [node, name]));
  const params = new Map<string, Value>();
  let bytes: ByteValues | undefined;
  const { graph, image } = rewrite(
    net.graph,
    (node, _, target, imageOf) => {
      bytes ??= new ByteValues(imageOf, planned);
      const param: Reader = ({ name, shape }) => {
        const value = read(target, WEIGHTS, shape, offsets.get(name));
        params.set(name, value);
        return value;
      };
      if (node.outputs.some((value) => gone.has(paramOf(value) ?? value))) return [];
      const name = names.get(node);
      if (name !== undefined) return [param({ ...specs.find((spec) => spec.name === name)! })];
      const layer = layers.get(node);
      const [y] = node.outputs;
      if (layer)
        return [integerNode(node, layer, bytes, wanted(y) ? planned(y) : undefined, param)];
      const moved = moves[node.op.name]?.(node, bytes);
      if (moved) return [moved];
      return target.apply(
        node.op,
        node.inputs.map((value) => bytes!.asFloats(value)),
        node.attrs,
      );
    },
    [net.output],
  );
  const output = bytes?.asFloats(net.output) ?? image(net.output);
  return { graph, layout, specs, params, output };
}
