// From a model to a net, and what a net is changed by: passes, more parameters, a graph that it shares.

import { Graph, layoutOf, type ParamLayout, read, type Value, WEIGHTS } from "../graph/index.js";
import { foldChannels } from "../graph/passes/foldChannels.js";
import { fuseEpilogues } from "../graph/passes/fuseEpilogues.js";
import { poolBeforeRelu } from "../graph/passes/poolBeforeRelu.js";
import { type Rewritten, type Rule, rewrite } from "../graph/rewrite.js";
import { InputError } from "../inputError.js";
import { formatShape, type Shape, sameShape } from "../tensor/shape.js";
import { type BuildOptions, build, IMAGES } from "./build.js";
import type { Layer, ParamSpec } from "./scope.js";

/** A net on inputs of one shape: the graph as far as the output, ready for a loss. */
export interface Net {
  readonly graph: Graph;
  /** Of the vector `w` that the graph reads. */
  readonly layout: ParamLayout;
  /** What {@link initialise} needs, in the order in which the parameters were asked for. */
  readonly specs: readonly ParamSpec[];
  /** The graph's value of each parameter, by name. */
  readonly params: ReadonlyMap<string, Value>;
  readonly output: Value;
  /** Values inside that layers have named, as a body's features: kept where whoever builds the net looks at them. */
  readonly marks?: ReadonlyMap<string, Value>;
}

/**
 * A change of a net: another graph, and perhaps other parameters. The net given stays as it is.
 *
 * @param options what the net was built for
 */
export type NetPass = (net: Net, options: BuildOptions) => Net;

/** What {@link netOf} makes nets of. */
interface Built {
  readonly layer: Layer;
  readonly input: Shape;
  readonly passes?: readonly NetPass[];
}

/** Options of {@link netOf}. */
export interface NetOptions extends BuildOptions {
  /** Passes over the net as it was built, in order; {@link fuse} comes behind them. Default none. */
  readonly passes?: readonly NetPass[];
}

/** A net with another graph, and where its values are in it. */
function moved(net: Net, { graph, image }: Rewritten): Net {
  const images = (values: ReadonlyMap<string, Value>) =>
    new Map([...values].map(([name, value]) => [name, image(value)] as const));
  return {
    ...onlyNet(net),
    graph,
    params: images(net.params),
    output: image(net.output),
    ...(net.marks && { marks: images(net.marks) }),
  };
}

/** A net without what else is known of it, which a pass would leave wrong. */
const onlyNet = ({ graph, layout, specs, params, output }: Net): Net => ({
  graph,
  layout,
  specs,
  params,
  output,
});

/** Values of a net that a pass must not lose. */
const valuesOf = ({ output, params, marks }: Net): Value[] => [
  output,
  ...params.values(),
  ...(marks?.values() ?? []),
];

/** Passes over a graph that bring ReLUs, fixed statistics and residual sums where they cost least. */
const fusions = [poolBeforeRelu, foldChannels, fuseEpilogues];

/** The net with ReLUs, fixed statistics and residual sums where they cost least; see the graph's passes. */
export const fuse = (net: Net): Net =>
  fusions.reduce((before, pass) => moved(before, pass(before.graph, valuesOf(before))), net);

/**
 * The net of a model on a batch of images: an input `x` [batch, c, h, w] and a vector `w`, changed by the passes
 * given, and fused.
 *
 * @param model a layer, the shape of one image [c, h, w], and passes of its own, which come first
 * @throws InputError for a batch that is not a whole number from 1; RangeError from the first layer that the
 * images do not fit.
 * @example
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
 * const net = netOf(model, 64, { training: false });
 * net.output.shape; // [64, 10]
 * net.layout.trainable; // 61706
 */
export function netOf(
  { layer, input, passes: own = [] }: Built,
  batch: number,
  { passes = [], ...options }: NetOptions,
): Net {
  if (!Number.isInteger(batch) || batch < 1) {
    throw new InputError(`batch must be a whole number of at least 1, found ${batch}`);
  }
  const whole = build(layer, [batch, ...input], options);
  const all = [...own, ...passes];
  if (options.marks && all.length > 0) {
    throw new InputError("a net that is looked into cannot be changed by passes; leave these out");
  }
  const built = { ...onlyNet(whole), ...(whole.marks && { marks: whole.marks }) };
  return fuse(all.reduce((net, pass) => pass(net, options), built));
}

/**
 * A net whose vector holds the parameters of other specs: its own are read where they lie now, new ones are values for a pass
 * to use, and those that are left out, which nothing may use, are gone.
 */
export function withSpecs(net: Net, specs: readonly ParamSpec[]): Net {
  const layout = layoutOf(specs.map(({ init: _, ...param }) => param));
  const offsets = new Map(layout.params.map(({ name, offset }) => [name, offset]));
  const target = new Graph();
  // The new values stand first, so that a pass can use them anywhere.
  const added = specs
    .filter(({ name }) => !net.params.has(name))
    .map(({ name, shape }) => [name, read(target, WEIGHTS, shape, offsets.get(name))] as const);
  const places = new Map(net.layout.params.map(({ name, offset }) => [offset, offsets.get(name)]));
  const rule: Rule = ({ op, attrs }, inputs, graph) => {
    if (attrs["vector"] !== WEIGHTS) return undefined;
    const offset = places.get(attrs["offset"] as number);
    if (offset === undefined) throw new Error("a parameter that is left out is in use");
    return graph.apply(op, inputs, { ...attrs, offset });
  };
  const kept = new Map([...net.params].filter(([name]) => offsets.has(name)));
  const own = { ...net, params: kept };
  const rewritten = moved(own, rewrite(net.graph, rule, valuesOf(own), target));
  return { ...rewritten, layout, specs, params: new Map([...rewritten.params, ...added]) };
}

/**
 * A net with more parameters, which nothing uses yet: `params` has their values for a pass to use. Trainable ones
 * lie behind the net's own, statistics behind its statistics; its own keep their names and their initial values.
 *
 * @throws Error for a name that is taken.
 * @example
 * const net = netOf({ layer: linear(2), input: [3] }, 1, { training: true });
 * const wider = extend(net, [{ name: "scale", shape: [2], kind: "scale", init: fill(1) }]);
 * wider.layout.params.map(({ name }) => name); // ["weight", "bias", "scale"]
 * [...initialise(wider, 1)].slice(8); // [1, 1]
 */
export function extend(net: Net, specs: readonly ParamSpec[]): Net {
  const all = [...net.specs, ...specs];
  const taken = specs.find(({ name }) => all.filter((spec) => spec.name === name).length > 1);
  if (taken) throw new Error(`the net already has a parameter "${taken.name}"`);
  return withSpecs(net, all);
}

/** Options of {@link append}. */
export interface AppendOptions {
  /** Name of the vector of the net's parameters, in place of `w`. */
  readonly vector: string;
  /** Stands for the net's images; default an input of its own, named `<vector>.x`. */
  readonly images?: Value;
}

/** How many streams of random numbers a graph draws from, counting from 0. */
export const streamsOf = ({ nodes }: Graph): number =>
  Math.max(
    0,
    ...nodes.map(({ op, attrs }) => (op.name === "uniform" ? Number(attrs["stream"]) + 1 : 0)),
  );

/**
 * Copies a net into a graph, beside what is there: a teacher beside its student, say. Its parameters are a vector
 * of another name, its random numbers are others, and it may share the images. Gives the net in its new place.
 *
 * @throws RangeError for images of another shape than the net's.
 * @example
 * const layer = linear(2);
 * const student = netOf({ layer, input: [3] }, 4, { training: true });
 * const teacher = netOf({ layer: sequential(linear(8), layer), input: [3] }, 4, { training: false });
 * const { graph } = student;
 * const beside = append(graph, teacher, { vector: "teacher", images: graph.nodes[0].outputs[0] });
 * graph.output("difference", sub(student.output, beside.output));
 * const named = graph.nodes.filter(({ op }) => op.name === "read").map(({ attrs }) => attrs.vector);
 * new Set(named); // new Set(["w", "teacher"])
 */
export function append(graph: Graph, net: Net, { vector, images }: AppendOptions): Net {
  const streams = streamsOf(graph);
  const renamed: Rule = ({ op, attrs, outputs: [value] }, inputs, target) => {
    if (attrs["vector"] === WEIGHTS) return target.apply(op, inputs, { ...attrs, vector });
    if (op.name === "uniform") {
      return target.apply(op, inputs, { ...attrs, stream: Number(attrs["stream"]) + streams });
    }
    if (op.name !== "input" || attrs["name"] !== IMAGES) return undefined;
    if (!images) return target.apply(op, inputs, { ...attrs, name: `${vector}.${IMAGES}` });
    if (images.dtype === value.dtype && sameShape(images.shape, value.shape)) return [images];
    throw new RangeError(
      `append: the net takes images ${formatShape(value.shape)}, found ${images.dtype} ${formatShape(images.shape)}`,
    );
  };
  return moved(net, rewrite(net.graph, renamed, valuesOf(net), graph));
}

/**
 * The outputs of a net on other images, beside those on its own, in its graph: by the same parameters and with the same
 * random numbers. Statistics of the batch are those of the other images, and followed nowhere.
 *
 * @param images of the shape of the net's own
 * @throws RangeError for a net that looks at no images
 * @example
 * const net = netOf({ layer: linear(2), input: [3] }, 4, { training: true });
 * again(net, add(imagesOf(net), constant(net.graph, 1))).shape; // [4, 2]
 */
export function again(net: Net, images: Value): Value {
  const { graph, output } = net;
  const copies = new Map<Value, Value>([[imagesOf(net), images]]);
  const copied = (value: Value) => copies.get(value) ?? value;
  const before = graph.nodes.slice(0, output.node.id + 1);
  for (const { op, attrs, inputs, outputs } of before) {
    if (op.name === "write" || !inputs.some((value) => copies.has(value))) continue;
    const made = graph.apply(op, inputs.map(copied), attrs);
    for (const [at, value] of outputs.entries()) copies.set(value, made[at]);
  }
  return copied(output);
}

/** The images that a net looks at. @throws RangeError when it looks at none */
export function imagesOf({ graph }: { readonly graph: Graph }): Value {
  const found = graph.nodes.find(
    ({ op, attrs }) => op.name === "input" && attrs["name"] === IMAGES,
  );
  if (found) return found.outputs[0];
  throw new RangeError("the net looks at no images");
}
