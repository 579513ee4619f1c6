// `convoy tune architecture DATA --space SPACE`: nets of a space of architectures searched by training, within what they may
// cost. It is a search of settings: the genes of the space are its parameters.

import type { Command } from "commander";
import { proxies } from "../analysis/index.js";
import { InputError } from "../inputError.js";
import { architectureSpaces } from "../models/index.js";
import { parseSpace, samplers } from "../search/index.js";
import { byName } from "../text/words.js";
import { trainConfig } from "../train/config.js";
import type { TrainSettings } from "../train/index.js";
import { count, list, pairOf } from "./arguments.js";
import type { Console } from "./console.js";
import { parseOwnOptions } from "./ownOptions.js";
import { addTrainFlags } from "./trainFlags.js";
import { addSearchFlags, conduct, type SearchFlags, without } from "./tuneSearch.js";

interface Options extends Partial<Omit<TrainSettings, "out">>, SearchFlags {
  readonly space: string;
  readonly method: string;
  readonly budget?: Readonly<Record<string, number>>;
  readonly search?: string;
  readonly trials?: number;
  readonly metric?: readonly string[];
  readonly latencies?: string;
  readonly proxy?: string;
  readonly candidates: number;
}

/** Costs that are told of every net. */
const WATCHED = ["macs", "params", "bytes"];

/** Samplers that choose among values without order, and end no trial early. */
const methods = ["evolution", "random", "tpe", "nsga2"];

/** What a unit multiplies by. */
const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
};

/** How costs are written, with an example; others are counts. */
const forms: ReadonlyMap<string, readonly [form: RegExp, example: string]> = new Map([
  ["bytes", [/^(\d+(?:\.\d+)?)(KB|MB|GB|)B?$/i, "bytes=200KB"]],
  ["latency", [/^(\d+(?:\.\d+)?)()ms$/, "latency=2ms"]],
]);
const counts = [/^(\d+(?:\.\d+)?)([KMG]?)$/i, "macs=10M"] as const;

/**
 * `macs=10M,bytes=200KB` as numbers by name; bytes, and milliseconds of latency.
 *
 * @throws InputError naming what is no cost, or stands there twice.
 */
export function parseBudget(text: string): Record<string, number> {
  const budget: Record<string, number> = {};
  for (const one of list(text)) {
    const [name, value] = pairOf(one) ?? [one, ""];
    const [form, example] = forms.get(name) ?? counts;
    const [, number, unit] = form.exec(value) ?? [];
    if (number === undefined || Number(number) === 0) {
      throw new InputError(`budget: "${one}" is no cost; write it as ${example}`);
    }
    if (Object.hasOwn(budget, name)) throw new InputError(`budget: ${name} is given twice`);
    budget[name] = Number(number) * UNITS[unit.toUpperCase()];
  }
  return budget;
}

async function tune(data: string, options: Options, console: Console): Promise<void> {
  const { space, method, budget, search, trials, metric: metrics, proxy, ...rest } = options;
  const {
    out,
    time,
    workers,
    import: imports,
    json,
    quiet,
    latencies,
    candidates,
    ...fixed
  } = rest;
  const { name: sampler, options: own } = parseOwnOptions("method", method);
  byName(
    "method",
    sampler,
    methods.map((name) => ({ name })),
  );
  const { geneParameters } = await import("../study/index.js");
  const others = search === undefined ? [] : parseSpace(search);
  const genes = geneParameters(space).filter(({ name }) =>
    others.every((other) => other.name !== name),
  );
  const wanted = {
    settings: { ...fixed, data, model: space },
    space: [...genes, ...others],
    ...{ sampler, options: own, trials, metrics, budget, watched: WATCHED },
    ...(proxy !== undefined && { screen: { proxy, candidates } }),
  };
  await conduct(wanted, { out, time, workers, import: imports, json, quiet, latencies }, console);
}

const described = (rows: readonly { readonly name: string; readonly description: string }[]) =>
  rows.map(({ name, description }) => `  ${name.padEnd(12)}${description}`).join("\n");

/** Adds the verb to `convoy tune`. */
export function addArchitecture(tuneCommand: Command, console: Console): void {
  const command = tuneCommand
    .command("architecture")
    .description("search a net in a space of architectures by training, within what it may cost")
    .argument("<data>", trainConfig.shape.data.description)
    .requiredOption("--space <name>", "space of architectures; see below")
    .option(
      "--method <name>",
      "what proposes, with options of its own as evolution:sample=5; see below",
      "evolution",
    )
    .option(
      "--budget <costs>",
      "the most that a net may cost, as macs=10M,bytes=200KB,latency=2ms",
      parseBudget,
    );
  addTrainFlags(command, [...without, "model"], console);
  command
    .option("--search <space>", "settings to search beside the net; a gene may have fewer values")
    .option("--trials <number>", "most nets that are trained (default: no limit but --time)", count)
    .option(
      "--proxy <name>",
      "train of several proposals the net with the highest score, untrained; see below",
    )
    .option("--candidates <number>", "proposals that a proxy chooses from", count, 32)
    .option(
      "--latencies <file>",
      "latencies of layers, as a study leaves them in latency.json (default: measured here)",
    )
    .option(
      "--metric <names>",
      "what nets are compared by, the first one decides (default: the score)",
      list,
    );
  addSearchFlags(command)
    .addHelpText("after", `\nProxies:\n${described(proxies)}`)
    .addHelpText("after", `\nSpaces:\n${described(architectureSpaces)}`)
    .addHelpText(
      "after",
      `\nMethods:\n${described(samplers.filter(({ name }) => methods.includes(name)))}`,
    )
    .action((data: string, options: Options) => tune(data, options, console));
}
