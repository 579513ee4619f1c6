// `convoy export RUN`: a run's net as a file for other programs.

import { type Command, Option } from "commander";
import {
  type ExportFormat,
  type ExportReport,
  exportFormats,
  exportRun,
  type IntegerWeights,
  integerWeights,
} from "../deploy/index.js";
import { formatBytes } from "../text/bytes.js";
import { counted } from "../text/format.js";
import { printable } from "../text/printable.js";
import { countOrNone } from "./arguments.js";
import { type Console, say, sayJson } from "./console.js";
import { addEngineFlags, type EngineFlags } from "./engineFlags.js";

interface Options extends EngineFlags {
  readonly format: ExportFormat;
  readonly out: string;
  readonly data?: string;
  readonly samples: number;
  readonly integerWeights: IntegerWeights;
  readonly json?: boolean;
}

function checkLine({ parity, unchecked }: ExportReport): string | undefined {
  if (unchecked !== undefined) return `not checked: ${unchecked}`;
  if (!parity) return undefined;
  const { runtime, images, difference, largest, same } = parity;
  return (
    `checked with onnxruntime ${runtime} on ${counted(images, "image")} of the run: largest difference ` +
    `${difference.toExponential(1)} of outputs up to ${largest.toPrecision(3)}; it says the same of ${same}`
  );
}

function print({ out }: Console, report: ExportReport): void {
  const { model, task, bytes, freeBatch, nodes } = report;
  say(out, printable(`${report.out}: ${model} for task ${task}, ${formatBytes(bytes)}`));
  if (nodes) {
    const count = Object.values(nodes).reduce((sum, number) => sum + number, 0);
    const batch = freeBatch ? "any number of images at once" : "one image at a time";
    say(out, `opset 17, ${counted(count, "node")}, ${batch}`);
  }
  const line = checkLine(report);
  if (line !== undefined) say(out, printable(line));
}

export function define(command: Command, console: Console): void {
  command
    .argument("<run>", "run folder")
    .requiredOption("--out <path>", "file to write; of a bundle a folder")
    .addOption(
      new Option("--format <name>", "what is written").choices(exportFormats).default("onnx"),
    )
    .option("--data <data>", "where the data of the run are now")
    .option(
      "--samples <number>",
      "images of the run on which an ONNX file is checked",
      countOrNone,
      32,
    )
    .addOption(
      new Option(
        "--integer-weights <type>",
        "how ONNX holds the weights of an int8 net: u8 is right on every processor; i8 is faster where there is VNNI, AMX " +
          "or ARM's dot product, and wrong in onnxruntime on others",
      )
        .choices(integerWeights)
        .default("u8"),
    )
    .option("--json", "print one object")
    .action(async (run: string, { json, ...options }: Options) => {
      const report = await exportRun(run, options);
      if (json) sayJson(console, report);
      else print(console, report);
    });
  addEngineFlags(command);
}
