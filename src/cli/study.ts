// `convoy study STUDY`: what a search of settings has found so far.

import { join } from "node:path";
import type { Command } from "commander";
import { type Console, say, sayJson } from "./console.js";
import { searchLines } from "./searchReport.js";

interface Options {
  readonly json?: boolean;
}

async function show(out: string, { json }: Options, console: Console): Promise<void> {
  const { readSearch, searchFiles } = await import("../study/index.js");
  const { report } = await readSearch(out);
  if (json) return sayJson(console, { out, ...report });
  for (const line of searchLines(report, out, join(out, searchFiles.best))) say(console.out, line);
}

export function define(command: Command, console: Console): void {
  command
    .argument("<study>", "folder of a search, as convoy tune DATA --search makes it")
    .option("--json", "print one object")
    .action((out: string, options: Options) => show(out, options, console));
}
