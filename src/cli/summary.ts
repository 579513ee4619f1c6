// `convoy summary MODEL`: layers, shapes, parameters and work.

import type { Command } from "commander";
import { type Summary, summarise } from "../models/index.js";
import { type Console, say, sayJson } from "./console.js";
import { addModelFlags, type ModelFlags, namedModel } from "./modelInput.js";
import { table } from "./table.js";

interface Options extends ModelFlags {
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
  addModelFlags(command.argument("<model>", "model by name"))
    .option("--json", "print one object")
    .action(async (name: string, { json, ...flags }: Options) => {
      const summary = summarise(await namedModel(name, flags));
      if (json) sayJson(console, summary);
      else print(console, summary);
    });
}
