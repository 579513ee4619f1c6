// `convoy worker --exchange PLACE`: takes particles of the swarm that is trained there, until it is.

import type { Command } from "commander";
import { count, HOST, seconds, WAIT } from "./arguments.js";
import type { Console } from "./console.js";
import { type TogetherOptions, work } from "./together.js";

interface Options extends TogetherOptions {
  readonly data?: string;
  readonly threads?: number;
}

export function define(command: Command, console: Console): void {
  command
    .requiredOption(
      "--exchange <place>",
      "where the swarm's processes meet, folder:PATH or nats://HOST:4222/NAME?runs=PATH",
    )
    .option("--host <n>", HOST, count)
    .option("--data <path>", "where the data lie here; default where they were when it began")
    .option("--threads <n>", "threads of each particle's engine", count)
    .option("--wait <seconds>", WAIT, seconds)
    .option("--quiet", "show only warnings and the result")
    .action((options: Options) => work(options, console));
}
