// `convoy summary MODEL`: layers, shapes, parameters and work.

import type { Command } from "commander";
import { createModel, familyOf, type Summary, summarise } from "../models/index.js";
import { count } from "./arguments.js";
import { type Console, say, sayJson } from "./console.js";
import { table } from "./table.js";

interface Options {
  readonly channels?: number;
  readonly size?: number;
  readonly classes?: number;
  readonly json?: boolean;
}

function print({ out }: Console, summary: Summary): void {
  const { model, source, input, rows, params, statistics, flops } = summary;
  say(out, `${model} for images of ${input.join("x")} (channels x height x width)`);
  say(out, source);
  say(out);
  const lines = table(
    ["layer", "output", "parameters", "MFLOP"],
    rows.map((row) => [row.layer, row.output.join("x"), row.params, row.flops / 1e6]),
  );
  for (const line of lines) say(out, line);
  say(out);
  const kept = statistics > 0 ? ` and ${statistics.toLocaleString("en-US")} statistics` : "";
  say(out, `${params.toLocaleString("en-US")} parameters${kept}`);
  say(out, `${(flops / 1e6).toFixed(1)} MFLOP for one image (inference; training takes about 3x)`);
}

export function define(command: Command, console: Console): void {
  command
    .argument("<model>", "model by name")
    .option("--channels <number>", "channels of the images", count)
    .option("--size <number>", "height and width of the images", count)
    .option("--classes <number>", "classes", count)
    .option("--json", "print one object")
    .action((name: string, options: Options) => {
      const { published } = familyOf(name);
      const { channels = published.channels, classes: outputs = published.outputs } = options;
      const { size: height = published.height, size: width = published.width } = options;
      const summary = summarise(createModel(name, { channels, height, width, outputs }));
      if (options.json) sayJson(console, summary);
      else print(console, summary);
    });
}
