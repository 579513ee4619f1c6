// `convoy make amounts|staves`: data sets of lines to read.

import { type Command, InvalidArgumentError } from "commander";
import { amountMaker, type LineMaker, staveMaker, writeLines } from "../make/index.js";
import { grouped } from "../text/format.js";
import { count } from "./arguments.js";
import { type Console, say, sayJson } from "./console.js";
import { wholeOrNothing } from "./interrupt.js";

interface Options {
  readonly out: string;
  readonly count: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** A share from 0 to 1. */
function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError("Expected a share from 0 to 1.");
}

/** Writes the lines of a maker, all or none. */
async function make<O extends Options>(
  what: string,
  open: (options: O) => LineMaker | Promise<LineMaker>,
  options: O,
  console: Console,
): Promise<void> {
  const { out, json, count: lines } = options;
  const maker = await open(options);
  const report = await wholeOrNothing(
    (signal) => writeLines(maker, lines, out, signal),
    "nothing was kept",
  );
  if (json) return sayJson(console, report);
  const { train, selection, test, folder } = report;
  const all = grouped(train + selection + test);
  say(console.out, `${all} ${what} (${grouped(train)} for training) in ${folder}/texts.csv`);
}

/** Options that all lines share. */
const lineCommand = (command: Command, name: string, description: string): Command =>
  command
    .command(name)
    .description(description)
    .requiredOption("--out <folder>", "new folder for the images and texts.csv")
    .option(
      "--count <number>",
      "lines for training; a quarter as many for selection and test",
      count,
      4000,
    )
    .option("--seed <number>", "seed of texts and images", count, 1)
    .option("--json", "print one object");

export function define(command: Command, console: Console): void {
  lineCommand(
    command,
    "amounts",
    "amounts of money in handwriting, of MNIST's digits, as images of lines",
  )
    .option("--touch <share>", "share of signs that touch the one before", share, 0.3)
    .action((options: Options & { readonly touch: number }) =>
      make("amounts", ({ touch, seed }) => amountMaker({ touch }, seed), options, console),
    );
  lineCommand(command, "staves", "melodies on one staff, as images of lines and the signs on them")
    .option("--bars <number>", "most bars of a staff", count, 2)
    .option("--camera", "as a camera sees them: turned, blurred, in uneven light, with specks")
    .action((options: Options & { readonly bars: number; readonly camera?: boolean }) =>
      make("staves", ({ seed, ...own }) => staveMaker(own, seed), options, console),
    );
}
