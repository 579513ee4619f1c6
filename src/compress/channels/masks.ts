// Parts of weights that count as 0 while the net keeps its shape: a mask is one more parameter, which is not trained, and
// which the weights are multiplied by.

import { mul, type Value, WEIGHTS } from "../../graph/index.js";
import { rewrite } from "../../graph/rewrite.js";
import { InputError } from "../../inputError.js";
import { extend, fill, type Net } from "../../nn/index.js";
import { formatShape, type Shape } from "../../tensor/shape.js";
import { analyse } from "./analyse.js";
import { goneOf, type Removed } from "./gone.js";
import { groupsOf } from "./groups.js";

/** The name of the mask of a parameter. */
export const maskName = (param: string): string => `${param}.mask`;

/**
 * The pass that multiplies parameters by masks: parameters of their own, `<name>.mask`, of ones at first, which are not
 * trained. A masked weight has no gradient. `compact` takes the masks in.
 *
 * @param shapes of the masks, which broadcast to those of the parameters, by the names of these
 * @returns a pass that throws an InputError for a parameter that the net does not have, and a shape that does not fit
 * @example
 * const layer = sequential(flatten(), linear(2));
 * const pass = maskWeights({ "1.weight": [2, 4] });
 * const net = netOf({ layer, input: [1, 2, 2] }, 1, { training: true, passes: [pass] });
 * net.layout.params.map(({ name }) => name); // ["1.weight", "1.bias", "1.weight.mask"]
 * net.layout.trainable; // 10
 */
export const maskWeights =
  (shapes: Readonly<Record<string, Shape>>): ((net: Net) => Net) =>
  (net) => {
    for (const [name, shape] of Object.entries(shapes)) {
      const param = net.params.get(name);
      if (!param) throw new InputError(`masks: the net has no parameter "${name}"`);
      const fits = shape.every((size, axis) => size === 1 || size === param.shape[axis]);
      if (fits && shape.length === param.shape.length) continue;
      throw new InputError(
        `masks: the mask of "${name}" is ${formatShape(shape)}; expected one that broadcasts to ${formatShape(param.shape)}`,
      );
    }
    const wider = extend(
      net,
      Object.entries(shapes).map(([name, shape]) => ({
        ...{ name: maskName(name), shape, kind: "statistic", stored: "i8", init: fill(1) },
      })),
    );
    const masks = new Map<number, string>();
    for (const { name, offset } of wider.layout.params) {
      if (Object.hasOwn(shapes, name)) masks.set(offset, maskName(name));
    }
    // Gradients are of the parameters themselves.
    const whole = new Map<string, Value>();
    const { graph, image } = rewrite(
      wider.graph,
      ({ op, attrs }, inputs, target, imageOf) => {
        const name = masks.get(attrs["offset"] as number);
        if (name === undefined || op.name !== "read" || attrs["vector"] !== WEIGHTS)
          return undefined;
        const [value] = target.apply(op, inputs, attrs);
        whole.set(name, value);
        return [mul(value, imageOf(wider.params.get(name)!))];
      },
      [wider.output, ...wider.params.values()],
    );
    const values = [...wider.params].map(
      ([name, value]) => [name, whole.get(maskName(name)) ?? image(value)] as const,
    );
    return { ...wider, graph, params: new Map(values), output: image(wider.output) };
  };

/**
 * The pass by which nothing is left of channels behind them: masks of the inputs that take sums over them, which are 0
 * there at first. The net gives what it gives without these channels, and keeps its shape.
 *
 * @param removed numbers of outputs by the names of the weights that make them, as of {@link removeChannels}
 * @returns a pass that throws an InputError for what cannot be removed
 * @example
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
 * const passes = [maskChannels({ "conv1.weight": [0, 5] })];
 * const net = netOf(model, 1, { training: false, passes });
 * const { offset } = net.layout.params.find(({ name }) => name === "conv2.weight.mask")!;
 * [...initialise(net, 1).subarray(offset, offset + 6)]; // [0, 1, 1, 1, 1, 0]
 */
export const maskChannels =
  (removed: Removed): ((net: Net) => Net) =>
  (net) => {
    const channels = analyse(net);
    const gone = goneOf(channels, removed);
    const { params, ids } = channels;
    const shapes: Record<string, Shape> = {};
    const zeros = new Map<string, Set<number>>();
    for (const { takers } of groupsOf(channels).flatMap((group) => group.channels)) {
      for (const { param, axis, at } of takers) {
        const places = params.get(param)!;
        const size = places[axis]!.length;
        shapes[param] = places.map((_, other) => (other === axis ? size : 1));
        if (!gone.has(ids.rootOf(places[axis]![at[0]]))) continue;
        zeros.set(maskName(param), new Set([...(zeros.get(maskName(param)) ?? []), ...at]));
      }
    }
    const touched = Object.entries(shapes).filter(([name]) => zeros.has(maskName(name)));
    const masked = maskWeights(Object.fromEntries(touched))(net);
    const specs = masked.specs.map((spec) => {
      const own = zeros.get(spec.name);
      if (!own) return spec;
      const init = (target: Float32Array) => {
        for (const at of target.keys()) target[at] = own.has(at) ? 0 : 1;
      };
      return { ...spec, init };
    });
    return { ...masked, specs };
  };
