// `convoy report RUN`: what a run came to, as one HTML file or as a model card.

import { join } from "node:path";
import { type Command, Option } from "commander";
import { type ReportFormat, reportFormats, writeReport } from "../report/index.js";
import { printable } from "../text/printable.js";
import { type Console, say, sayJson } from "./console.js";

interface Options {
  readonly format: ReportFormat;
  readonly out?: string;
  readonly json?: boolean;
}

/** Where a report goes that is told no place. */
const places: Readonly<Record<ReportFormat, string>> = { html: "report.html", card: "README.md" };

export function define(command: Command, console: Console): void {
  command
    .argument("<run>", "run folder")
    .addOption(
      new Option("--format <name>", "a page, or a model card")
        .choices(reportFormats)
        .default("html"),
    )
    .option("--out <path>", "file to write (default: report.html or README.md in the run folder)")
    .option("--json", "print one object")
    .action(async (run: string, { format, out = join(run, places[format]), json }: Options) => {
      await writeReport(run, out, format);
      if (json) sayJson(console, { run, format, out });
      else say(console.out, printable(out));
    });
}
