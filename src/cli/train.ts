// `convoy train DATA`, `convoy train --resume RUN`.

import type { Command } from "commander";
import { InputError } from "../inputError.js";
import { trainConfig } from "../train/config.js";
import type { TrainSettings } from "../train/index.js";
import type { Console } from "./console.js";
import { addTrainFlags } from "./trainFlags.js";

interface Options extends Partial<TrainSettings> {
  readonly resume?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

function settingsFrom(data: string | undefined, options: Options): Partial<TrainSettings> {
  const { resume, json: _, quiet: __, ...settings } = options;
  const given = { ...settings, ...(data !== undefined && { data }) };
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
  addTrainFlags(command, ["data"], console);
  command
    .option("--resume <run>", "go on with a run")
    .option("--json", "print one object at the end; progress goes to standard error")
    .option("--quiet", "show only warnings and the result")
    .action(async (data: string | undefined, options: Options) => {
      const settings = settingsFrom(data, options);
      const { trainAndShow } = await import("./training.js");
      const { json, quiet, resume } = options;
      await trainAndShow(settings, { json, quiet, resume: resume !== undefined }, console);
    });
}
