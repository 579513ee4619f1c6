// Quantised values in a net's new graph, and the parameters that quantisers need for them.

import { add, constant, mul, type Param, sub, type Value, WEIGHTS, write } from "../graph/index.js";
import { type BuildOptions, fill, type Net, type ParamSpec, streamsOf } from "../nn/index.js";
import type { QuantisedPlace } from "./places.js";
import type { Quantisation } from "./quantisation.js";
import { type OwnNumber, quantisers, type Site } from "./quantisers/index.js";
import type { Quantiser, Width } from "./quantisers/quantiser.js";

type Method = Quantisation["method"];

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

const quantiserOf = ({ of }: QuantisedPlace, method: Method): Quantiser => quantisers[method][of];

/** Own numbers of a place's quantiser, by their names there. */
const ownOf = (place: QuantisedPlace, quantiser: Quantiser): [string, OwnNumber][] =>
  Object.entries({ ...quantiser.params, ...(place.of === "images" && quantiser.statistics) });

/** The parameters that quantisers at some places need, with the values that they are about. */
export const numbersOfPlaces = (
  places: readonly QuantisedPlace[],
  method: Method,
): QuantiserNumber[] =>
  places.flatMap((place) =>
    ownOf(place, quantiserOf(place, method)).map(([name, own]) => ({
      name: `${place.name}.${name}`,
      own,
      width: place,
      value: place.value,
    })),
  );

/** These as parameters that a net is extended by. */
export const specsOf = (numbers: readonly QuantiserNumber[]): ParamSpec[] =>
  numbers.map(({ name, own, width }) => ({
    ...{ name, shape: [1], kind: own.kind, init: fill(own.first(1, width)) },
  }));

/** A running mean of what a statistic was on batches of training. */
function follow(value: Value, old: Value, { offset }: Param, { momentum }: BuildOptions): void {
  const { graph } = value;
  const share = momentum?.(graph) ?? constant(graph, MOMENTUM);
  write(WEIGHTS, add(old, mul(share, sub(value, old))), offset);
}

/** Makes quantised values in a net's new graph. */
export class Placer {
  private readonly params: ReadonlyMap<string, Param>;
  private streams: number;

  /** @param net with the parameters that its quantisers need */
  constructor(
    { layout, graph }: Net,
    private readonly method: Method,
    private readonly options: BuildOptions,
  ) {
    this.params = new Map(layout.params.map((param) => [param.name, param]));
    this.streams = streamsOf(graph);
  }

  /** @param param of the net by name, in the new graph */
  quantised(place: QuantisedPlace, x: Value, param: (name: string) => Value): Value {
    const { of, bits, signed, axis, name } = place;
    const quantiser = quantiserOf(place, this.method);
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
