// Layers of low rank (Jaderberg, Vedaldi and Zisserman 2014, arXiv 1405.3866; Zhang et al. 2015, arXiv 1411.4229): a
// convolution to few channels and a 1x1 one behind it, or two linear layers, in the place of one.

import {
  type Attrs,
  convGeometry,
  type Graph,
  layoutOf,
  type Node,
  read,
  type Value,
  WEIGHTS,
} from "../../graph/index.js";
import { countUses, rewrite } from "../../graph/rewrite.js";
import { InputError } from "../../inputError.js";
import { type CompactNet, lecunNormal, type Net, type ParamSpec } from "../../nn/index.js";
import { type Shape, sizeOf } from "../../tensor/shape.js";
import type { Factors, Weights } from "./factors.js";

/** Ranks of layers, by the names of their weights. */
export type Ranks = Readonly<Record<string, number>>;

/** Names of the two factors, those of weights of layers of their own: `conv.basis.weight` of `conv.weight`. */
export function factorNames(weights: string): Readonly<Record<"basis" | "mix", string>> {
  const [, path] = /^(.*\.|)weight$/.exec(weights) ?? [weights, `${weights}.`];
  return { basis: `${path}basis.weight`, mix: `${path}mix.weight` };
}

/** Whether a node multiplies images or rows by weights as they are kept. */
function isLayer({ op, attrs, inputs }: Node): boolean {
  if (op.name === "conv2d") return attrs["groups"] === 1;
  if (op.name !== "matmul" || inputs[1].shape.length !== 2) return false;
  return attrs["transposeB"] === true && attrs["transposeA"] === false;
}

/** The layers that can have a low rank, by the names of their weights, which nothing else uses. */
export function layersOf({ graph, params, output }: Net): ReadonlyMap<string, Node> {
  const names = new Map([...params].map(([name, value]) => [value, name]));
  const uses = countUses(graph, [output]);
  return new Map(
    graph.nodes.flatMap((node) => {
      const weights = node.inputs[1];
      const name = weights && names.get(weights);
      return name !== undefined && uses.get(weights) === 1 && isLayer(node) ? [[name, node]] : [];
    }),
  );
}

/** The weights of a layer as a matrix: a row for each output. */
export function matrixOf({ net, w }: CompactNet, name: string): Weights {
  const { shape, offset } = net.layout.params.find((param) => param.name === name)!;
  const [rows, ...inner] = shape;
  return { of: w.subarray(offset, offset + sizeOf(shape)), rows, columns: sizeOf(inner) };
}

/** Shapes of the factors of weights [outputs, inputs, ...]. */
const shapesOf = ([outputs, ...inner]: Shape, rank: number) => ({
  basis: [rank, ...inner],
  mix: [outputs, rank, ...inner.slice(1).map(() => 1)],
});

function specsOf(spec: ParamSpec, rank: number | undefined): ParamSpec[] {
  if (rank === undefined) return [spec];
  const [names, shapes] = [factorNames(spec.name), shapesOf(spec.shape, rank)];
  return [
    { ...spec, name: names.basis, shape: shapes.basis },
    { ...spec, name: names.mix, shape: shapes.mix, init: lecunNormal() },
  ];
}

/** Two layers in the place of one. */
function inTwo(
  { op, attrs }: Node,
  [x, , bias, ...others]: readonly Value[],
  { basis, mix }: Readonly<Record<"basis" | "mix", Value>>,
  target: Graph,
): readonly Value[] {
  const plain: Attrs = { ...attrs, activation: "none" };
  const [thin] = target.apply(op, [x, basis], plain);
  const rest = bias ? [bias, ...others] : [];
  const again = op.name === "conv2d" ? { ...attrs, ...convGeometry({}) } : attrs;
  return target.apply(op, [thin, mix, ...rest], again);
}

function checkRanks(net: Net, layers: ReadonlyMap<string, Node>, ranks: Ranks, part: boolean) {
  for (const [name, rank] of Object.entries(ranks)) {
    const layer = layers.get(name);
    if (!layer && part && !net.params.has(name)) continue;
    if (!layer) throw new InputError(`low rank: the net has no layer with weights "${name}"`);
    const [rows, ...inner] = layer.inputs[1].shape;
    const most = Math.min(rows, sizeOf(inner));
    if (Number.isInteger(rank) && rank >= 1 && rank <= most) continue;
    throw new InputError(
      `low rank: the rank of "${name}" is ${rank}; expected a whole number from 1 to ${most}`,
    );
  }
}

/** Options of {@link lowRank}. */
export interface LowRankOptions {
  /** Whether the net may be a part of the one whose layers are named, as a model's body is without its head; default false. */
  readonly part?: boolean;
}

/**
 * The pass that makes two layers of one: convolutions to as many channels as their rank, with the window of the whole one,
 * and 1x1 ones behind them, which add the bias; of a linear layer two. Parameters `<path>.basis.weight` [rank, inputs, ...] and
 * `<path>.mix.weight` [outputs, rank, ...] come in the place of the weights. It holds for a net in training too.
 *
 * @param ranks by the names of weights, from 1 to the smaller side of [outputs, inputs * window]
 * @returns a pass that throws an InputError for a layer that the net lacks, or that another one shares weights with, and for
 * another rank
 * @example
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
 * const net = netOf(model, 1, { training: true, passes: [lowRank({ "fc1.weight": 12 })] });
 * net.params.get("fc1.basis.weight")?.shape; // [12, 400]
 * net.params.get("fc1.mix.weight")?.shape; // [120, 12]
 * net.layout.trainable; // 19946
 */
export const lowRank =
  (ranks: Ranks, { part = false }: LowRankOptions = {}): ((net: Net) => Net) =>
  (net) => {
    const layers = layersOf(net);
    checkRanks(net, layers, ranks, part);
    const rankOf = (name: string) => (layers.has(name) ? ranks[name] : undefined);
    const specs = net.specs.flatMap((spec) => specsOf(spec, rankOf(spec.name)));
    const layout = layoutOf(specs.map(({ init: _, ...param }) => param));
    const now = new Map(layout.params.map((param) => [param.name, param]));
    const names = new Map(net.layout.params.map(({ name, offset }) => [offset, name]));
    const weightsOf = new Map([...layers].map(([name, node]) => [node, name]));
    const factors = new Map<string, Value>();
    const readParam = (target: Graph, name: string) => {
      const { shape, offset } = now.get(name)!;
      const value = read(target, WEIGHTS, shape, offset);
      factors.set(name, value);
      return value;
    };
    const { graph, image } = rewrite(
      net.graph,
      (node, inputs, target) => {
        const { op, attrs } = node;
        if (attrs["vector"] === WEIGHTS) {
          const name = names.get(attrs["offset"] as number)!;
          if (rankOf(name) !== undefined) return [readParam(target, factorNames(name).basis)];
          return target.apply(op, inputs, { ...attrs, offset: now.get(name)!.offset });
        }
        const name = weightsOf.get(node);
        if (name === undefined || rankOf(name) === undefined) return undefined;
        const mix = readParam(target, factorNames(name).mix);
        return inTwo(node, inputs, { basis: inputs[1], mix }, target);
      },
      [net.output, ...net.params.values()],
    );
    const kept = [...net.params].filter(([name]) => rankOf(name) === undefined);
    const params = new Map([
      ...kept.map(([name, value]) => [name, image(value)] as const),
      ...factors,
    ]);
    return { graph, layout, specs, params, output: image(net.output) };
  };

/** A net with factors in the place of weights, and the vector that belongs to it. */
export function withFactors(
  { net, w }: CompactNet,
  factors: ReadonlyMap<string, Factors & { readonly rank: number }>,
): CompactNet {
  const ranks = Object.fromEntries([...factors].map(([name, { rank }]) => [name, rank]));
  const small = lowRank(ranks)(net);
  const numbers = new Float32Array(small.layout.length);
  const now = new Map(small.layout.params.map(({ name, offset }) => [name, offset]));
  for (const { name, shape, offset } of net.layout.params) {
    const own = factors.get(name);
    if (!own) {
      numbers.set(w.subarray(offset, offset + sizeOf(shape)), now.get(name)!);
      continue;
    }
    const { basis, mix } = factorNames(name);
    numbers.set(own.basis, now.get(basis)!);
    numbers.set(own.mix, now.get(mix)!);
  }
  return { net: small, w: numbers };
}
