// `convoy train DATA`, `convoy train --resume RUN`.

import type { Command } from "commander";
import { parseJson } from "../files/json.js";
import { readText } from "../files/text.js";
import { InputError } from "../inputError.js";
import { trainConfig } from "../train/config.js";
import { withoutIdle } from "../train/idle.js";
import type { TrainSettings } from "../train/index.js";
import { seconds, WAIT } from "./arguments.js";
import type { Console } from "./console.js";
import { addFlags } from "./flags.js";

interface Options extends Partial<TrainSettings> {
  readonly config?: string;
  readonly resume?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly exchange?: string;
  readonly wait?: number;
}

/** Settings from a JSON file: one object of settings, or a run's `config.json`. */
function readSettings(path: string): Partial<TrainSettings> {
  let content: unknown;
  try {
    content = parseJson(readText(path));
  } catch (error) {
    const { message } = error as Error;
    // A file that cannot be read names itself; text that is no JSON does not.
    throw new InputError(
      `--config ${error instanceof InputError ? message : `${path}: ${message}`}`,
    );
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw new InputError(`--config ${path}: expected one object of settings`);
  }
  const { settings } = content as { settings?: object };
  // A run's has all settings, those too that it had no use for.
  return settings === undefined ? content : withoutIdle(settings);
}

/** Defaults go before the file, the file before the flags. */
function settingsFrom(data: string | undefined, options: Options): Partial<TrainSettings> {
  const { config, resume, json: _, quiet: __, exchange: ___, wait: ____, ...flags } = options;
  const file = config === undefined ? {} : readSettings(config);
  const given = { ...file, ...flags, ...(data !== undefined && { data }) };
  if (resume !== undefined) {
    if (given.out !== undefined) {
      throw new InputError(
        "--out and --resume exclude each other; a run goes on in its own folder",
      );
    }
    return { ...given, out: resume };
  }
  if (given.data === undefined) {
    throw new InputError("no data set; type: convoy train mnist, or: convoy train --resume RUN");
  }
  return given;
}

export function define(command: Command, console: Console): void {
  command.argument("[data]", trainConfig.shape.data.description);
  addFlags(command, trainConfig, ["data"]);
  command
    .option("--config <file>", "settings from a JSON file; flags go before it")
    .option("--resume <run>", "go on with a run")
    .option("--json", "print one object at the end; progress goes to standard error")
    .option("--quiet", "show only warnings and the result")
    .option(
      "--exchange <place>",
      "train the swarm with the processes that come to this place, as folder:PATH; see `worker`",
    )
    .option("--wait <seconds>", WAIT, seconds)
    .action(async (data: string | undefined, options: Options) => {
      const settings = settingsFrom(data, options);
      if (options.exchange !== undefined) {
        const { trainTogether } = await import("./together.js");
        return trainTogether(settings, { ...options, exchange: options.exchange }, console);
      }
      if (options.wait !== undefined) throw new InputError("--wait goes with --exchange");
      const { trainAndShow } = await import("./training.js");
      const { json, quiet, resume } = options;
      await trainAndShow(settings, { json, quiet, resume: resume !== undefined }, console);
    });
}
