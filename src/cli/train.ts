// `convoy train DATA`, `convoy train --resume RUN`.

import type { Command } from "commander";
import { InputError } from "../inputError.js";
import { parseDuration } from "../text/duration.js";
import { trainConfig } from "../train/config.js";
import type { TrainSettings } from "../train/index.js";
import { count, HOST, seconds, WAIT } from "./arguments.js";
import type { Console } from "./console.js";
import { addTrainFlags } from "./trainFlags.js";

interface Options extends Partial<TrainSettings> {
  readonly resume?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly exchange?: string;
  readonly wait?: number;
  readonly host?: number;
  readonly time?: number;
  readonly watch?: boolean;
}

function settingsFrom(data: string | undefined, options: Options): Partial<TrainSettings> {
  const {
    resume,
    json: _,
    quiet: __,
    exchange: ___,
    wait: ____,
    host: _____,
    time: ______,
    watch: _______,
    ...settings
  } = options;
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
    .option(
      "--time <time>",
      "train as many epochs as fit into so long, as 20m or 1h30m: what one takes is measured before",
      parseDuration,
    )
    .option("--watch", "serve a page that shows the run while it trains (see `studio`)")
    .option(
      "--exchange <place>",
      "train the swarm with the processes that come to this place, folder:PATH or nats://HOST:4222/NAME?runs=PATH; see `worker`",
    )
    .option("--wait <seconds>", WAIT, seconds)
    .option("--host <n>", HOST, count)
    .action(async (data: string | undefined, options: Options) => {
      const settings = settingsFrom(data, options);
      const { time, watch } = options;
      if (time !== undefined && (options.resume ?? options.exchange) !== undefined) {
        throw new InputError("--time goes with a new run of one process: it decides the epochs");
      }
      if (options.exchange !== undefined) {
        if (options.resume !== undefined) {
          throw new InputError(
            "--resume does not go with --exchange: the command that began a swarm of several processes goes on with it",
          );
        }
        const { trainTogether } = await import("./together.js");
        return trainTogether(settings, { ...options, exchange: options.exchange }, console);
      }
      for (const name of ["wait", "host"] as const) {
        if (options[name] !== undefined) throw new InputError(`--${name} goes with --exchange`);
      }
      const { trainAndShow } = await import("./training.js");
      const { json, quiet, resume } = options;
      const shown = { json, quiet, watch, time, resume: resume !== undefined };
      await trainAndShow(settings, shown, console);
    });
}
