// `convoy make amounts`: data sets of lines to read.

import { type Command, InvalidArgumentError } from "commander";
import { amountMaker, writeLines } from "../make/index.js";
import { grouped } from "../text/format.js";
import { count } from "./arguments.js";
import { type Console, say, sayJson } from "./console.js";
import { Interrupted } from "./errors.js";
import { interruptible } from "./interrupt.js";

interface Options {
  readonly out: string;
  readonly count: number;
  readonly seed: number;
  readonly touch: number;
  readonly json?: boolean;
}

/** A share from 0 to 1. */
function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError("Expected a share from 0 to 1.");
}

export function define(command: Command, console: Console): void {
  command
    .command("amounts")
    .description("amounts of money in handwriting, of MNIST's digits, as images of lines")
    .requiredOption("--out <folder>", "new folder for the images and texts.csv")
    .option(
      "--count <number>",
      "lines for training; a quarter as many for selection and test",
      count,
      4000,
    )
    .option("--touch <share>", "share of signs that touch the one before", share, 0.3)
    .option("--seed <number>", "seed of texts and images", count, 1)
    .option("--json", "print one object")
    .action(async ({ out, touch, seed, json, count: lines }: Options) => {
      const maker = await amountMaker({ touch }, seed);
      const report = await interruptible(
        async (signal) => {
          try {
            return await writeLines(maker, lines, out, signal);
          } catch (error) {
            throw signal.aborted ? new Interrupted("interrupted; nothing was kept") : error;
          }
        },
        () => undefined,
      );
      if (json) return sayJson(console, report);
      const { train, selection, test } = report;
      const all = grouped(train + selection + test);
      say(
        console.out,
        `${all} amounts (${grouped(train)} for training) in ${report.folder}/texts.csv`,
      );
    });
}
