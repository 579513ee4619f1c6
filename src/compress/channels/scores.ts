// Scores of masked weights, which training moves as it would move the masks: a weight that moves away from 0 gains, one that
// moves towards it loses (Sanh, Wolf and Rush 2020, "Movement pruning", arXiv 2005.07683).

import { add, stopGradient, sub, type Value, WEIGHTS } from "../../graph/index.js";
import { rewrite } from "../../graph/rewrite.js";
import { InputError } from "../../inputError.js";
import { extend, fill, type Net, type NetPass } from "../../nn/index.js";
import { maskName } from "./masks.js";

/** The name of the scores of a parameter. */
export const scoreName = (param: string): string => `${param}.score`;

/**
 * The pass that gives masks gradients: to parameters of their own, `<name>.score`, of zeros at first. The net gives what it gave
 * before, and in use takes no notice of them.
 *
 * @param names of parameters that {@link maskWeights} has given masks of their shape
 * @returns a pass that throws an InputError for a parameter without a mask
 * @example
 * import { maskWeights, scoreMasks } from "convoynet/compress";
 * const passes = [maskWeights({ weight: [2, 3] }), scoreMasks(["weight"])];
 * const net = netOf({ layer: linear(2), input: [3], passes }, 1, { training: true });
 * net.layout.params.map(({ name }) => name); // ["weight", "bias", "weight.score", "weight.mask"]
 */
export const scoreMasks =
  (names: readonly string[]): NetPass =>
  (net: Net, { training }) => {
    const masks = names.map((name) =>
      net.layout.params.find((param) => param.name === maskName(name)),
    );
    const missing = masks.indexOf(undefined);
    if (missing >= 0) throw new InputError(`scores: "${names[missing]}" has no mask`);
    const wider = extend(
      net,
      names.map((name, at) => ({
        ...{ name: scoreName(name), shape: masks[at]!.shape, kind: "scale", init: fill(0) },
      })),
    );
    if (!training) return wider;
    const scored = new Map(
      wider.layout.params.flatMap(({ name, offset }) => {
        const own = names.find((one) => maskName(one) === name);
        return own === undefined ? [] : [[offset, scoreName(own)] as const];
      }),
    );
    const plain = new Map<string, Value>();
    const { graph, image } = rewrite(
      wider.graph,
      ({ op, attrs }, inputs, target, imageOf) => {
        const name = scored.get(attrs["offset"] as number);
        if (name === undefined || op.name !== "read" || attrs["vector"] !== WEIGHTS)
          return undefined;
        const [mask] = target.apply(op, inputs, attrs);
        const score = imageOf(wider.params.get(name)!);
        plain.set(name, mask);
        return [add(mask, sub(score, stopGradient(score)))];
      },
      [wider.output, ...wider.params.values()],
    );
    const values = [...wider.params].map(([name, value]) => {
      const own = names.find((one) => maskName(one) === name);
      return [name, (own !== undefined && plain.get(scoreName(own))) || image(value)] as const;
    });
    return { ...wider, graph, params: new Map(values), output: image(wider.output) };
  };
