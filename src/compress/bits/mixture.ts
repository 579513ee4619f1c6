// A net in which layers have several numbers of bits at once, each with a share: with one share of 1 it is the net in these
// bits, so that one program computes all of them; with shares that are learned, bits are (FracBits, EdMIPS).

import { add, mul, type ParamKind, slice, type Value } from "../../graph/index.js";
import { extend, fill, type Initialiser, type Net, type NetPass } from "../../nn/index.js";
import type { Shape } from "../../tensor/shape.js";
import { type Insertion, insert } from "../insert.js";
import type { FirstWeights } from "../passes/pass.js";
import { numbersOfPlaces, Placer, type QuantiserNumber, specsOf } from "../placer.js";
import { FULL, type QuantisedPlace, quantisableLayers, quantisedPlaces } from "../places.js";
import { quantise } from "../quantise.js";
import { type FirstBatch, startNumbers, startQuantisers } from "../startQuantisers.js";
import { type BitGroup, type BitPlan, quantisationOfBits } from "./plan.js";
import { bitCosts } from "./work.js";

/** How much each choice of bits counts, by numbers of a group of layers. */
export interface Mix {
  /** The parameter that holds these numbers. */
  readonly shape: Shape;
  readonly kind: ParamKind;
  readonly init: Initialiser;
  /** Factor of the learning rate; default 1. */
  readonly rate?: number;
  /** Shares [1] of the choices, which add up to 1. */
  shares(param: Value): Value[];
}

/** Layers by groups, and the bits that each may have. */
export interface Mixture extends Pick<BitPlan, "groups" | "choices"> {
  /** Whether the images that a layer takes have the bits of its weights; else they stay as they are. */
  readonly images: boolean;
  readonly mix: Mix;
}

/** The parameter that holds the numbers of a group. */
export const mixName = ({ name }: BitGroup): string => `${name}.bits`;

const METHOD = "lsq";

/** A value that a group mixes, as each choice has it: the place of its quantiser, none where it stays as it is. */
interface MixedPlace {
  readonly group: BitGroup;
  readonly choices: readonly (QuantisedPlace | undefined)[];
}

function mixedPlaces(net: Net, { groups, choices, images }: Mixture): MixedPlace[] {
  const groupOf = new Map(groups.flatMap((group) => group.layers.map(({ name }) => [name, group])));
  const nameOf = new Map(quantisableLayers(net).map(({ name, node }) => [node, name]));
  const inBits = (bits: number) =>
    quantisedPlaces(net, {
      layers: Object.fromEntries(
        [...groupOf.keys()].map((name) => [name, [bits, images ? bits : FULL] as const]),
      ),
    }).map((place) => ({ ...place, name: `${place.name}@${bits}` }));
  const lists = choices.map((bits) => (bits === FULL ? undefined : inBits(bits)));
  const first = lists.find((list) => list !== undefined) ?? [];
  return first.map(({ users: [user] }, at) => ({
    group: groupOf.get(nameOf.get(user)!)!,
    choices: lists.map((list) => list?.[at]),
  }));
}

const placesOf = (places: readonly MixedPlace[]): QuantisedPlace[] =>
  places.flatMap(({ choices }) => choices.filter((place) => place !== undefined));

const mixtureNumbers = (net: Net, mixture: Mixture): QuantiserNumber[] =>
  numbersOfPlaces(placesOf(mixedPlaces(net, mixture)), METHOD);

/** The pass that mixes what the quantisers of several bits make of weights, and of images. Steps of each are its own. */
export const mixBits =
  (mixture: Mixture): NetPass =>
  (net, options) => {
    const { groups, mix } = mixture;
    const { shape, kind, init, rate } = mix;
    const numbers = groups.map((group) => ({
      ...{ name: mixName(group), shape, kind, init, ...(rate !== undefined && { rate }) },
    }));
    const wider = extend(net, [...numbers, ...specsOf(mixtureNumbers(net, mixture))]);
    const placer = new Placer(wider, METHOD, options);
    const insertions = mixedPlaces(wider, mixture).map(({ group, choices }): Insertion => {
      const [{ value, users }] = choices.filter((place) => place !== undefined);
      return {
        ...{ value, users },
        make(x, param) {
          const shares = mix.shares(param(mixName(group)));
          return choices
            .map((place, at) => mul(shares[at], place ? placer.quantised(place, x, param) : x))
            .reduce(add);
        },
      };
    });
    return insert(wider, insertions);
  };

/** What nets are changed by, and what makes their first weights. */
export interface Quantising {
  readonly passes: readonly NetPass[];
  start(batch: FirstBatch, weights: FirstWeights): Promise<void>;
}

/** The layers of a plan in several bits each; all that has bits of its own is in these. */
export function mixedBits(plan: BitPlan, mix: Mix): Quantising {
  const { images } = bitCosts[plan.cost];
  const others = quantisationOfBits(plan, new Map(plan.inner.map(({ name }) => [name, FULL])));
  const mixture = { ...plan, images: images === undefined, mix };
  return {
    passes: [quantise(others), mixBits(mixture)],
    async start(batch, weights) {
      await startQuantisers(others, batch, weights);
      await startNumbers(mixtureNumbers(batch.net, mixture), batch, weights);
    },
  };
}

/** The layers of a plan in f32, and in several bits each. */
export function mixedWithFloat(plan: BitPlan, mix: Mix): Quantising {
  const images = bitCosts[plan.cost].images === undefined;
  const mixture = { ...plan, choices: [...plan.choices, FULL], images, mix };
  return {
    passes: [mixBits(mixture)],
    start: (batch, weights) => startNumbers(mixtureNumbers(batch.net, mixture), batch, weights),
  };
}

/** Shares that are the numbers themselves, which no training moves. */
export const givenShares = (choices: number): Mix => ({
  ...{ shape: [choices], kind: "statistic", init: fill(0) },
  shares: (param) => Array.from({ length: choices }, (_, at) => slice(param, [at], [1])),
});
