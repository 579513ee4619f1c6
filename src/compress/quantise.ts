// A net whose layers multiply quantised numbers: a pass over the net as it is built, for training (quantisation-aware
// training; Jacob et al. 2017, arXiv 1712.05877) and for use. `compact` folds weights to their quantised values.

import {
  add,
  constant,
  type Graph,
  mul,
  type Node,
  type Param,
  sub,
  type Value,
  WEIGHTS,
  write,
} from "../graph/index.js";
import { rewrite } from "../graph/rewrite.js";
import { type BuildOptions, extend, fill, type Net, type NetPass, streamsOf } from "../nn/index.js";
import { sizeOf } from "../tensor/shape.js";
import { type QuantisedPlace, quantisedPlaces } from "./places.js";
import type { Quantisation } from "./quantisation.js";
import { type OwnNumber, quantisers, type Site } from "./quantisers/index.js";
import type { Quantiser, Width } from "./quantisers/quantiser.js";

/** Weight of a new batch in what is observed of images. */
const MOMENTUM = 0.1;

/** A number of a place's quantiser, as a parameter of the net. */
export interface QuantiserNumber {
  /** The parameter's name. */
  readonly name: string;
  readonly own: OwnNumber;
  readonly width: Width;
  /** What is quantised. */
  readonly value: Value;
}

const quantiserOf = ({ of }: QuantisedPlace, { method }: Quantisation): Quantiser =>
  quantisers[method][of];

/** Own numbers of a place's quantiser, by their names there. */
const ownOf = (place: QuantisedPlace, quantiser: Quantiser): [string, OwnNumber][] =>
  Object.entries({ ...quantiser.params, ...(place.of === "images" && quantiser.statistics) });

/** The parameters that quantisation adds to a net, with the values that they are about. */
export function quantiserNumbers(net: Net, quantisation: Quantisation): QuantiserNumber[] {
  return quantisedPlaces(net, quantisation).flatMap((place) =>
    ownOf(place, quantiserOf(place, quantisation)).map(([name, own]) => ({
      name: `${place.name}.${name}`,
      own,
      width: place,
      value: place.value,
    })),
  );
}

/** A running mean of what a statistic was on batches of training. */
function follow(value: Value, old: Value, { offset }: Param, { momentum }: BuildOptions): void {
  const { graph } = value;
  const share = momentum?.(graph) ?? constant(graph, MOMENTUM);
  write(WEIGHTS, add(old, mul(share, sub(value, old))), offset);
}

/** Makes quantised values in a net's new graph. */
class Placer {
  private readonly params: ReadonlyMap<string, Param>;
  private streams: number;

  constructor(
    { layout, graph }: Net,
    private readonly quantisation: Quantisation,
    private readonly options: BuildOptions,
  ) {
    this.params = new Map(layout.params.map((param) => [param.name, param]));
    this.streams = streamsOf(graph);
  }

  /** @param param of the net by name, in the new graph */
  quantised(place: QuantisedPlace, x: Value, param: (name: string) => Value): Value {
    const { of, bits, signed, axis, name } = place;
    const quantiser = quantiserOf(place, this.quantisation);
    const named = (own: string) => `${name}.${own}`;
    const entries = Object.keys(quantiser.params ?? {}).map((own) => [own, param(named(own))]);
    const { training } = this.options;
    const observe: Site["observe"] = (own, measure) => {
      if (of === "weights") return measure();
      const old = param(named(own));
      if (!training) return old;
      const now = measure();
      follow(now, old, this.params.get(named(own))!, this.options);
      return now;
    };
    const stream = training ? () => this.streams++ : undefined;
    const params = Object.fromEntries(entries);
    return quantiser.quantise(x, { bits, signed, axis, params, observe, stream });
  }
}

/**
 * The pass that puts a quantiser in front of the weights and the images of each convolution and linear layer. Own numbers
 * of quantisers are parameters of the net, called after the weights, as `conv1.weight.step`, or after the layer, as
 * `conv1.input.step`. What they start as, {@link startQuantisers} works out.
 *
 * @example
 * import { conv2d, netOf, relu } from "convoynet/nn";
 * const layer = sequential({ conv1: conv2d(4, 3), relu: relu(), conv2: conv2d(4, 3) });
 * const passes = [quantise({ method: "lsq", layers: { conv1: [8, 8], conv2: [4, 4] } })];
 * const net = netOf({ layer, input: [1, 8, 8] }, 2, { training: true, passes });
 * net.layout.params.map(({ name }) => name).slice(4);
 * // ["conv1.input.step", "conv1.weight.step", "conv2.input.step", "conv2.weight.step"]
 */
export const quantise =
  (quantisation: Quantisation): NetPass =>
  (net, options) => {
    const numbers = quantiserNumbers(net, quantisation);
    const wider = extend(
      net,
      numbers.map(({ name, own, width }) => ({
        ...{ name, shape: [1], kind: own.kind, init: fill(own.first(1, width)) },
      })),
    );
    const places = quantisedPlaces(wider, quantisation);
    const placer = new Placer(wider, quantisation, options);
    const made = new Map<QuantisedPlace, Value>();
    const { graph, image } = rewrite(
      wider.graph,
      (node, inputs, target, imageOf) => {
        const own = places.filter(({ users }) => users.has(node));
        if (own.length === 0) return undefined;
        const param = (name: string) => imageOf(wider.params.get(name)!);
        const operand = (value: Value, at: number): Value => {
          const place = own.find((one) => one.value === node.inputs[at]);
          if (!place) return value;
          const known = made.get(place) ?? placer.quantised(place, value, param);
          made.set(place, known);
          return known;
        };
        return applied(node, inputs.map(operand), target);
      },
      [wider.output, ...wider.params.values()],
    );
    const params = [...wider.params].map(([name, value]) => [name, image(value)] as const);
    return { ...wider, graph, params: new Map(params), output: image(wider.output) };
  };

const applied = ({ op, attrs }: Node, inputs: readonly Value[], target: Graph) =>
  target.apply(op, inputs, attrs);

/** Bits that a net's weights take: those of quantised layers in their bits, all others as f32. */
export function bitsOfWeights(net: Net, quantisation: Quantisation): number {
  const places = quantisedPlaces(net, quantisation).filter(({ of }) => of === "weights");
  const saved = places.map(({ value, bits }) => sizeOf(value.shape) * (32 - bits));
  return saved.reduce((bits, less) => bits - less, 32 * net.layout.length);
}
