// A net without some of its channels: the same graph with smaller parameters.

import {
  type Attrs,
  type Graph,
  layoutOf,
  type Node,
  read,
  type Value,
  WEIGHTS,
} from "../../graph/index.js";
import { rewrite } from "../../graph/rewrite.js";
import { InputError } from "../../inputError.js";
import type { CompactNet, Net, ParamSpec } from "../../nn/index.js";
import { type Shape, sizeOf, stridesOf } from "../../tensor/shape.js";
import { analyse, type Channels } from "./analyse.js";
import { goneOf, type Removed } from "./gone.js";
import type { Places } from "./ids.js";
import type { Marks } from "./rules.js";

/** What stays of the places along an axis: their numbers, or `undefined` for all. */
type Kept = readonly (readonly number[] | undefined)[];

/** What is left of values and parameters. */
class Rest {
  private readonly gone: ReadonlySet<number>;

  constructor(
    readonly channels: Channels,
    removed: Removed,
    part?: boolean,
  ) {
    this.gone = goneOf(channels, removed, part);
  }

  private along(places: Places): readonly number[] | undefined {
    const { ids } = this.channels;
    const left: number[] = [];
    for (const [at, id] of places.entries()) if (!this.gone.has(ids.rootOf(id))) left.push(at);
    return left.length === places.length ? undefined : left;
  }

  of(marks: Marks): Kept {
    return marks.map((places) => places && this.along(places));
  }

  ofValue(value: Value): Kept {
    return this.of(this.channels.marks.get(value)!);
  }

  shapeOf(value: Value): Shape {
    return shrunk(value.shape, this.ofValue(value));
  }
}

const shrunk = (shape: Shape, kept: Kept): Shape =>
  shape.map((size, axis) => kept[axis]?.length ?? size);

/** How many of the places before one are left. */
const countBefore = (kept: readonly number[] | undefined, place: number): number =>
  kept?.filter((at) => at < place).length ?? place;

/** Attributes that tell of sizes, for the sizes that are left; by the names of ops. */
const attrsOf: Readonly<Record<string, (node: Node, rest: Rest) => Attrs>> = {
  conv2d: grouped,
  conv2dInputGrad: shaped,
  expand: shaped,
  groupNorm: grouped,
  integerConv2d: grouped,
  pad({ inputs: [x], outputs: [y], attrs }, rest) {
    const kept = rest.ofValue(y);
    const before = (attrs["before"] as readonly number[]).map((size, axis) =>
      countBefore(kept[axis], size),
    );
    const own = rest.shapeOf(x);
    const after = rest.shapeOf(y).map((size, axis) => size - before[axis] - own[axis]);
    return { before, after };
  },
  reshape: shaped,
  slice({ inputs: [x], outputs: [y], attrs }, rest) {
    const kept = rest.ofValue(x);
    const starts = (attrs["starts"] as readonly number[]).map((start, axis) =>
      countBefore(kept[axis], start),
    );
    return { starts, sizes: rest.shapeOf(y) };
  },
  uniform: shaped,
};

function shaped({ attrs, outputs: [y] }: Node, rest: Rest): Attrs {
  return { ...attrs, shape: rest.shapeOf(y) };
}

/** Groups go as a whole, so that their number says what is left. */
function grouped({ attrs, outputs: [y] }: Node, rest: Rest): Attrs {
  const groups = attrs["groups"] as number;
  if (groups === 1) return attrs;
  return { ...attrs, groups: (groups * rest.shapeOf(y)[1]) / y.shape[1] };
}

/** The numbers of a tensor that are left. */
function taken(numbers: Float32Array, shape: Shape, kept: Kept): Float32Array {
  const strides = stridesOf(shape);
  let places = Int32Array.of(0);
  for (const [axis, size] of shape.entries()) {
    const left = kept[axis] ?? Int32Array.from({ length: size }, (_, at) => at);
    const finer = new Int32Array(places.length * left.length);
    let next = 0;
    for (const place of places) for (const at of left) finer[next++] = place + at * strides[axis];
    places = finer;
  }
  const result = new Float32Array(places.length);
  for (let at = 0; at < places.length; at++) result[at] = numbers[places[at]];
  return result;
}

/** The parameter with what is left of it; its first values are those of the whole one. */
function specOf(spec: ParamSpec, kept: Kept): ParamSpec {
  if (kept.every((places) => !places)) return spec;
  const shape = shrunk(spec.shape, kept);
  if (sizeOf(shape) === 0) {
    throw new InputError(`removed channels: nothing would be left of "${spec.name}"`);
  }
  return {
    ...spec,
    shape,
    init(target, _, random) {
      const whole = new Float32Array(sizeOf(spec.shape));
      spec.init(whole, spec.shape, random);
      target.set(taken(whole, spec.shape, kept));
    },
  };
}

function without(net: Net, rest: Rest): Net {
  const { params } = rest.channels;
  const specs = net.specs.map((spec) => specOf(spec, rest.of(params.get(spec.name)!)));
  const layout = layoutOf(specs.map(({ init: _, ...param }) => param));
  const now = new Map(layout.params.map((param) => [param.name, param]));
  const places = new Map(net.layout.params.map(({ name, offset }) => [offset, now.get(name)!]));
  const rule = (node: Node, inputs: readonly Value[], target: Graph) => {
    const { op, attrs } = node;
    if (attrs["vector"] === WEIGHTS) {
      const { offset, shape } = places.get(attrs["offset"] as number)!;
      if (op.name === "read") return [read(target, WEIGHTS, shape, offset)];
      return target.apply(op, inputs, { ...attrs, offset });
    }
    return target.apply(op, inputs, attrsOf[op.name]?.(node, rest) ?? attrs);
  };
  const { graph, image } = rewrite(net.graph, rule, [net.output, ...net.params.values()]);
  const values = [...net.params].map(([name, value]) => [name, image(value)] as const);
  return { graph, layout, specs, params: new Map(values), output: image(net.output) };
}

/** Options of {@link removeChannels}. */
export interface RemoveOptions {
  /**
   * Whether the net may be a part of the one whose channels are named, as a model's body is without its head: then it may
   * lack parameters, and what comes out of it has fewer channels. Default false.
   */
  readonly part?: boolean;
}

/**
 * The pass that leaves channels out, with everything that goes with each (see {@link channelGroups}). What is left of a
 * parameter keeps its name, and starts with what the whole one would start with. It holds for a net in training too.
 *
 * @param removed numbers of outputs by the names of the weights that make them
 * @returns a pass that throws an InputError for what cannot be removed, or where nothing would be left
 * @example
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
 * const slim = removeChannels({ "conv1.weight": [0, 5], "fc2.weight": [1] });
 * const { layout } = netOf(model, 1, { training: false, passes: [slim] });
 * layout.params.slice(0, 3).map(({ name, shape }) => [name, shape]);
 * // [["conv1.weight", [4, 1, 5, 5]], ["conv1.bias", [4]], ["conv2.weight", [16, 4, 5, 5]]]
 */
export const removeChannels =
  (removed: Removed, { part = false }: RemoveOptions = {}): ((net: Net) => Net) =>
  (net) =>
    without(net, new Rest(analyse(net, part), removed, part));

/**
 * A net and its parameters without channels: what the pass {@link removeChannels} makes of the net, and what is left of
 * the vector.
 *
 * @throws InputError for what cannot be removed, or where nothing would be left.
 * @example
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
 * const net = netOf(model, 1, { training: true });
 * withoutChannels({ net, w: initialise(net, 1) }, { "conv1.weight": [0] }).w.length; // 61280
 */
export function withoutChannels({ net, w }: CompactNet, removed: Removed): CompactNet {
  const rest = new Rest(analyse(net), removed);
  const small = without(net, rest);
  const left = new Float32Array(small.layout.length);
  const now = new Map(small.layout.params.map(({ name, offset }) => [name, offset]));
  for (const { name, shape, offset } of net.layout.params) {
    const numbers = w.subarray(offset, offset + sizeOf(shape));
    left.set(taken(numbers, shape, rest.of(rest.channels.params.get(name)!)), now.get(name)!);
  }
  return { net: small, w: left };
}
