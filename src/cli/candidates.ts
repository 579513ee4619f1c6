// What may stand where a shell's cursor is: verbs, flags of a verb, values of a flag.

import { Command } from "commander";
import { listModels } from "../models/index.js";
import { optimizers } from "../optim/index.js";
import { couplings } from "../swarm/couplings/index.js";
import { tasks } from "../tasks/index.js";
import type { VerbEntry } from "./verbs.js";

interface Named {
  readonly name: string;
}

const named = (all: readonly Named[]) => all.map(({ name }) => name);

/** Names that a flag takes, by the flag. */
const registries: Readonly<Record<string, () => readonly string[]>> = {
  "--model": listModels,
  "--optimizer": () => named(optimizers()),
  "--swarm": () => named(couplings()),
  "--task": () => named(tasks),
};

/** A word that completes what was typed, and what it means. */
export interface Candidate {
  readonly word: string;
  readonly meaning?: string;
}

/** The verb of `tune` that is meant where none is named. */
const DEFAULT = "search";

const nothing = { write: () => undefined };

/** A verb, with the verbs below it. */
async function commandOf(name: string, verbs: readonly VerbEntry[]): Promise<Command | undefined> {
  const verb = verbs.find((one) => one.name === name);
  if (!verb) return undefined;
  const command = new Command(verb.name);
  (await verb.load()).define(command, { out: nothing, err: nothing }, verbs);
  return command;
}

/** The verb below another one that was typed, or that is meant where none is. */
const below = ({ commands }: Command, typed: string): Command | undefined =>
  commands.find((one) => one.name() === typed) ?? commands.find((one) => one.name() === DEFAULT);

const first = (text: string) => text.split(";")[0].split(": ")[0];

const flagsOf = (command: Command): Candidate[] =>
  command.options
    .filter(({ long, hidden }) => long && !hidden)
    .map(({ long, description }) => ({ word: long!, meaning: first(description) }));

/** Values of a flag; nothing where they are files, numbers or texts. */
function valuesOf(command: Command, flag: string): Candidate[] | undefined {
  const option = command.options.find(({ long, required }) => long === flag && required);
  if (!option) return undefined;
  const words = option.argChoices ?? registries[flag]?.() ?? [];
  return words.map((word) => ({ word }));
}

/**
 * Words that may stand in the place of the last one.
 *
 * @param words behind `convoy`; the last one is the one that is being typed, perhaps empty
 * @returns nothing where only the user knows, as for files
 */
export async function candidates(
  words: readonly string[],
  verbs: readonly VerbEntry[],
): Promise<Candidate[]> {
  const typed = words[words.length - 1] ?? "";
  const begins = ({ word }: Candidate) => word.startsWith(typed);
  if (words.length <= 1) {
    return verbs.map(({ name, summary }) => ({ word: name, meaning: summary })).filter(begins);
  }
  const verb = await commandOf(words[0], verbs);
  if (!verb) return [];
  const command = below(verb, words[1]) ?? verb;
  const values = valuesOf(command, words[words.length - 2]);
  if (values) return values.filter(begins);
  if (typed.startsWith("-")) return flagsOf(command).filter(begins);
  if (words.length > 2) return [];
  return verb.commands
    .map((one) => ({ word: one.name(), meaning: one.description() }))
    .filter(begins);
}
