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
import { checkSparse, parseSparse, sparsePasses } from "./sparsity.js";

/** A setting, and the passes that it asks for of a net as it is built. */
interface Asking {
  readonly setting: "structure" | "prune" | "quantise";
  readonly passes: (net: BuiltNet, text: string) => readonly PassRecord[];
}

/** In the order in which they change a net. */
const askings: readonly Asking[] = [
  { setting: "structure", passes: structurePasses },
  { setting: "prune", passes: (net, text) => sparsePasses(net, parseSparse(text)) },
  {
    setting: "quantise",
    passes: (net, text) => [{ pass: "quantise", ...quantisationOf(net, parseQuantise(text)) }],
  },
];

/** Refuses, before anything is read, what cannot be understood, or what other settings cannot go with. */
export function checkAsked(config: TrainConfig): void {
  checkSparse(config);
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
 * @throws InputError for what these weights cannot become
 */
export function passesOf(
  { layer, input }: Model,
  config: TrainConfig,
  given: Given,
): readonly PassRecord[] {
  const { passes: inherited, source } = given;
  const all = [...inherited];
  for (const { setting, passes } of askings) {
    const text = config[setting];
    if (text === undefined) continue;
    const net = build(layer, [1, ...input], { training: false });
    for (const asked of passes(net, text)) {
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
