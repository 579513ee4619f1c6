// The settings that change a run's nets by passes: other structures, masks that are made while nets learn, quantised weights
// and images.

import { isDeepStrictEqual } from "node:util";
import { parseQuantise, quantisationOf } from "../compress/index.js";
import { type PassRecord, refuseOtherWeights } from "../compress/passes/index.js";
import { parseStructures, structurePasses, structures } from "../compress/passes/structures.js";
import { InputError } from "../inputError.js";
import type { Model } from "../models/index.js";
import { type BuiltNet, build } from "../nn/index.js";
import type { TrainConfig } from "./config.js";
import { checkGates, gateCost, gatePasses, refuseGates } from "./gates.js";
import { parseSparse, sparsePasses } from "./sparsity.js";

/** The net that a run starts from. */
interface Before {
  readonly model: Model;
  /** The last passes of the model. */
  readonly inherited: readonly PassRecord[];
  /** For messages. */
  readonly source: string;
}

/** A setting, and the passes that it asks for of a net as it is built. */
interface Asking {
  readonly setting: "structure" | "prune" | "quantise";
  readonly passes: (net: BuiltNet, text: string, before: Before) => readonly PassRecord[];
}

/** In the order in which they change a net. */
const askings: readonly Asking[] = [
  { setting: "structure", passes: structurePasses },
  {
    setting: "prune",
    passes: (net, text, { model, inherited, source }) =>
      gateCost(text) === undefined
        ? sparsePasses(net, parseSparse(text))
        : gatePasses(model, inherited, source),
  },
  {
    setting: "quantise",
    passes(net, text, { inherited, source }) {
      refuseGates(inherited, source, text);
      return [{ pass: "quantise", ...quantisationOf(net, parseQuantise(text)) }];
    },
  },
];

/** Refuses, before anything is read, a request that cannot be understood, or that other settings cannot go with. */
function checkPrune(config: TrainConfig): void {
  const { prune, swarm, structure } = config;
  if (prune === undefined) return;
  const cost = gateCost(prune);
  if (cost === undefined) parseSparse(prune);
  else checkGates(config);
  if (structure !== undefined) {
    throw new InputError(
      `setting prune is ${prune}: with setting structure, ${structure}, weights are made of other numbers; leave one of them out`,
    );
  }
  if (swarm === undefined || cost !== undefined) return;
  throw new InputError(
    `setting prune is ${prune}: nets of a swarm have one layout of masks and would need one mask; take gates (l0=1), or prune what it gives: convoy compress --prune`,
  );
}

/** Refuses, before anything is read, what cannot be understood, or what other settings cannot go with. */
export function checkAsked(config: TrainConfig): void {
  checkPrune(config);
  const { structure, quantise, deploy, prune } = config;
  if (structure !== undefined) parseStructures(structure);
  if (quantise !== undefined) parseQuantise(quantise);
  const [first] = askings.filter(({ setting }) => ({ structure, prune, quantise })[setting]);
  if (!first || deploy !== "ensemble") return;
  throw new InputError(
    `setting deploy is ensemble: an ensemble of nets with setting ${first.setting} cannot be kept; take best, mean or soup`,
  );
}

/** The weights that a run starts from. */
interface Given {
  readonly passes: readonly PassRecord[];
  /** Whether there are any; else all begin at random. */
  readonly weights: boolean;
  /** For messages. */
  readonly source: string;
}

/** Refuses what plain weights cannot become. */
function checkGiven(text: string, { pass }: PassRecord, { weights, source }: Given): void {
  const plainAre = structures.find(({ name }) => name === pass)?.plainAre;
  if (!weights || plainAre === undefined) return;
  throw new InputError(
    `setting structure is ${text}: weights of ${source} are ${plainAre}; start from weights of a run with ${pass}, or from none`,
  );
}

/**
 * The passes of a run's nets: those of the weights that it starts from, and what its settings ask for behind them.
 *
 * @param model with the passes of these weights
 * @throws InputError for what these weights cannot become
 */
export function passesOf(model: Model, config: TrainConfig, given: Given): readonly PassRecord[] {
  const { passes: inherited, source } = given;
  const all = [...inherited];
  for (const { setting, passes } of askings) {
    const text = config[setting];
    if (text === undefined) continue;
    const net = build(model.layer, [1, ...model.input], { training: false });
    for (const asked of passes(net, text, { model, inherited, source })) {
      const known = inherited.find(({ pass }) => pass === asked.pass);
      if (!known) {
        refuseOtherWeights(inherited, source, `setting ${setting} is ${text}`);
        checkGiven(text, asked, given);
        all.push(asked);
      } else if (!isDeepStrictEqual(known, asked)) {
        throw new InputError(
          `setting ${setting} is ${text}: ${source} holds a net with another ${asked.pass}; leave ${setting} out, or start from ` +
            "weights without it",
        );
      }
    }
  }
  return all;
}
