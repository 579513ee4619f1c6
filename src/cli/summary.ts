// `convoy summary MODEL`: layers, shapes, parameters and work.

import type { Command } from "commander";
import { imagesOf } from "../bench/task.js";
import { createModel, type Summary, summarise } from "../models/index.js";
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
      const images = imagesOf(name);
      const [channels, side] = [
        options.channels ?? images.image[0],
        options.size ?? images.image[1],
      ];
      const classes = options.classes ?? images.classes;
      const model = createModel(name, { channels, height: side, width: side, classes });
      const summary = summarise(model);
      if (options.json) sayJson(console, summary);
      else print(console, summary);
    });
}
