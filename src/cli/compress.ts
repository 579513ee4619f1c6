// `convoy compress RUN`: a smaller net of a finished run, as a run of its own, and what it lost.

import type { Command } from "commander";
import { InputError } from "../inputError.js";
import { countOrNone } from "./arguments.js";
import { distil } from "./compressDistil.js";
import { int8 } from "./compressInt8.js";
import { mixed } from "./compressMixed.js";
import { prune } from "./compressPrune.js";
import { share } from "./compressShare.js";
import type { CompressFlags, CompressWay } from "./compressWay.js";
import type { Console } from "./console.js";
import { addEngineFlags } from "./engineFlags.js";
import { parseNumber } from "./flags.js";

const ways: readonly CompressWay[] = [int8, prune, share, mixed, distil];

/** What every way takes. */
const common = ["out", "data", "json", "engine", "threads"] satisfies (keyof CompressFlags)[];

/** `atMost` as `--at-most`. */
const flagOf = (option: string) =>
  `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The way that is asked for, with nothing beside it that has no effect. */
function chosen(options: CompressFlags): CompressWay {
  const way = ways.find(({ asks }) => Object.hasOwn(options, asks));
  if (!way) {
    const flags = ways.map(({ asks }) => flagOf(asks));
    throw new InputError(
      `compress: say how; there are ${flags.slice(0, -1).join(", ")} and ${flags.at(-1)}`,
    );
  }
  const known: readonly string[] = [...common, way.asks, ...way.takes];
  const idle = Object.keys(options).find((name) => !known.includes(name));
  if (idle === undefined) return way;
  throw new InputError(
    `compress: ${flagOf(idle)} has no effect on ${flagOf(way.asks)}; leave it out`,
  );
}

export function define(command: Command, console: Console): void {
  command
    .argument("<run>", "run folder")
    .requiredOption("--out <folder>", "folder of the run that is made");
  for (const way of ways) way.define(command);
  command
    .option(
      "--finetune <epochs>",
      "training behind that (default: 3 with --bits, 0 with --prune and --share)",
      countOrNone,
    )
    .option(
      "--lr <number>",
      "learning rate of that training (default: the run's; low-rank: a tenth)",
      parseNumber,
    )
    .option("--data <data>", "where the data of the run are now")
    .option("--json", "print one object")
    .action((run: string, options: CompressFlags) =>
      chosen(options).compress(run, options, console),
    );
  addEngineFlags(command);
}
