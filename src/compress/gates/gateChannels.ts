// Gates of channels: what takes sums over a channel sees it times a number from 0 to 1, which is drawn anew for each batch of
// training and moves with the weights (Louizos, Welling and Kingma 2018, arXiv 1712.01312, for groups of weights). A channel
// whose gate is 0 can be removed.

import {
  concat,
  constant,
  expand,
  mul,
  reshape,
  slice,
  uniform,
  type Value,
  WEIGHTS,
} from "../../graph/index.js";
import { rewrite } from "../../graph/rewrite.js";
import { extend, fill, type NetPass, streamsOf } from "../../nn/index.js";
import { drawnGates, FIRST, fixedGates } from "./hardConcrete.js";
import { type GatedAxis, type GateRun, gatesOf } from "./places.js";

/** Gates of inputs that follow each other [count * times]. */
function inRun({ name, first, count, times }: GateRun, gate: (name: string) => Value, one: Value) {
  if (name === undefined) return expand(one, [count * times]);
  const all = gate(name);
  const own = count === all.shape[0] ? all : slice(all, [first], [count]);
  if (times === 1) return own;
  return reshape(expand(reshape(own, [count, 1]), [count, times]), [count * times]);
}

/** Gates along an axis of weights, of the rank of these. */
function alongAxis({ axis, runs }: GatedAxis, weights: Value, gate: (name: string) => Value) {
  const one = reshape(constant(weights.graph, 1), [1]);
  const parts = runs.map((run) => inRun(run, gate, one));
  const all = parts.length === 1 ? parts[0] : concat(parts, 0);
  return reshape(
    all,
    weights.shape.map((size, at) => (at === axis ? size : 1)),
  );
}

/**
 * The pass that puts a gate before each channel of some groups: random numbers in training, each for a whole batch, and
 * fixed ones in use, which `compact` takes in. Groups share a parameter, named after the first weights that make their channels,
 * as `conv1.weight.gate`: a tenth of the paper's log alpha.
 *
 * @param names of these parameters, as {@link gatesOf} has them; those of channels that the net does not have are passed over
 * @example
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
 * const passes = [gateChannels(["conv1.weight.gate"])];
 * const { layout } = netOf(model, 1, { training: true, passes });
 * layout.params.find(({ name }) => name === "conv1.weight.gate")?.shape; // [6]
 */
export const gateChannels =
  (names: readonly string[]): NetPass =>
  (net, { training }) => {
    const { groups, axes } = gatesOf(net, names);
    const specs = groups.map(({ name, channels }) => ({
      // Neither decay nor a penalty on scales moves them.
      ...{ name, shape: [channels], kind: "shift" as const, init: fill(FIRST) },
    }));
    const wider = extend(net, specs);
    const streams = streamsOf(net.graph);
    const offsets = new Map(wider.layout.params.map(({ name, offset }) => [name, offset]));
    const gated = new Map<number, GatedAxis[]>();
    for (const own of axes) {
      const offset = offsets.get(own.param)!;
      gated.set(offset, [...(gated.get(offset) ?? []), own]);
    }
    const gates = new Map<string, Value>();
    const gateOf = (param: Value, name: string) => {
      if (!training) return fixedGates(param);
      const stream = streams + groups.findIndex((group) => group.name === name);
      // Of two axes, as random numbers of channels are elsewhere.
      const draws = uniform(param.graph, [1, param.shape[0]], stream);
      return drawnGates(param, reshape(draws, param.shape));
    };
    const whole = new Map<string, Value>();
    const { graph, image } = rewrite(
      wider.graph,
      ({ op, attrs }, inputs, target, imageOf) => {
        const own = gated.get(attrs["offset"] as number);
        if (!own || op.name !== "read" || attrs["vector"] !== WEIGHTS) return undefined;
        const [weights] = target.apply(op, inputs, attrs);
        whole.set(own[0].param, weights);
        const gate = (name: string) => {
          const known = gates.get(name) ?? gateOf(imageOf(wider.params.get(name)!), name);
          gates.set(name, known);
          return known;
        };
        return [own.reduce((value, axis) => mul(value, alongAxis(axis, value, gate)), weights)];
      },
      [wider.output, ...wider.params.values()],
    );
    // Gradients are of the parameters themselves.
    const values = [...wider.params].map(
      ([name, value]) => [name, whole.get(name) ?? image(value)] as const,
    );
    return { ...wider, graph, params: new Map(values), output: image(wider.output) };
  };
