// Flags of a run's settings, and the file that they may come from as well. Defaults go before the file, the file before the flags.

import { type Command, Option } from "commander";
import { InputError } from "../inputError.js";
import { printable } from "../text/printable.js";
import { trainConfig } from "../train/config.js";
import type { TrainSettings } from "../train/index.js";
import { type Console, say } from "./console.js";
import { addFlags } from "./flags.js";
import { groupOf } from "./settingGroups.js";
import { isOfData, readSettingsFile, settingsFileIn } from "./settingsFile.js";

type Name = keyof TrainSettings;

/** The settings file of a command as it was typed: by name, or that of the working folder. */
function chosenFile(command: Command, warn: (line: string) => void): string | undefined {
  const { config, resume } = command.opts<{ config?: string; resume?: string }>();
  if (config !== undefined || resume !== undefined) return config;
  const path = settingsFileIn(".");
  if (path === undefined) return undefined;
  const [data] = command.args;
  if (data === undefined || !isOfData(path, data)) return path;
  warn(`warning: ${path} lies in the data set and is left out; --config reads it`);
  return undefined;
}

/** Takes over what a file says and nobody typed. */
async function takeFile(command: Command, without: readonly Name[], console: Console) {
  const typed = command.opts<{ config?: string }>().config !== undefined;
  const warn = (line: string) => say(console.err, printable(line));
  const path = chosenFile(command, warn);
  // What is left are settings, all of them.
  delete command.opts<{ config?: string }>().config;
  if (path === undefined) return;
  const settings = await readSettingsFile(path).catch((error: unknown) => {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${typed ? "--config" : "settings file"} ${error.message}`, {
      cause: error,
    });
  });
  const names = Object.keys(settings) as Name[];
  const unused = names.filter((name) => name !== "data" && without.includes(name));
  for (const name of names) {
    if (unused.includes(name) || command.getOptionValueSource(name) === "cli") continue;
    command.setOptionValueWithSource(name, settings[name], "config");
  }
  const but =
    unused.length === 0 ? "" : `, but ${unused.join(", ")}, which ${command.name()} decides`;
  if (but !== "" || !command.opts<{ quiet?: boolean }>().quiet) warn(`settings of ${path}${but}`);
}

/** Adds a flag for each setting of a run but those in `without`, and `--config`. */
export function addTrainFlags(command: Command, without: readonly Name[], console: Console): void {
  addFlags(command, trainConfig, without, groupOf);
  command.addOption(
    new Option(
      "--config <file>",
      "settings from a file: .json, .yaml, .ts or .js; default convoy.config.* of the working folder; flags go before it",
    ).helpGroup("General:"),
  );
  command.hook("preAction", (_, acting) =>
    acting === command ? takeFile(command, without, console) : undefined,
  );
}
