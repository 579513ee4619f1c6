// `convoy summary MODEL`: layers, shapes, parameters and work.

import type { Command } from "commander";
import { InputError } from "../inputError.js";
import {
  createModel,
  familyOf,
  type ModelFamily,
  type ModelInput,
  type Summary,
  summarise,
} from "../models/index.js";
import { trainConfig } from "../train/config.js";
import { loadModule } from "../train/ownModule.js";
import { count } from "./arguments.js";
import { type Console, say, sayJson } from "./console.js";
import { table } from "./table.js";

interface Options {
  readonly channels?: number;
  readonly size?: number;
  readonly classes?: number;
  readonly module?: string;
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

/** The images to lay a model out for. A model of one's own may lack those that it was published for. */
function inputOf(
  { name, published }: Pick<ModelFamily, "name"> & Partial<ModelFamily>,
  { channels, size, classes }: Options,
): ModelInput {
  const given = { channels, height: size, width: size, outputs: classes };
  const known = Object.entries(given).filter(([, value]) => value !== undefined);
  const input: Partial<ModelInput> = { ...published, ...Object.fromEntries(known) };
  if (published || known.length === Object.keys(given).length) return input as ModelInput;
  throw new InputError(
    `model ${name} does not say what images it is for; give --channels, --size and --classes`,
  );
}

export function define(command: Command, console: Console): void {
  command
    .argument("<model>", "model by name")
    .option("--channels <number>", "channels of the images", count)
    .option("--size <number>", "height and width of the images", count)
    .option("--classes <number>", "classes", count)
    .option("--module <file>", trainConfig.shape.module.description!)
    .option("--json", "print one object")
    .action(async (name: string, options: Options) => {
      const { module } = options;
      const own = module === undefined ? undefined : (await loadModule(module)).models;
      const summary = summarise(createModel(name, inputOf(familyOf(name, own), options), own));
      if (options.json) sayJson(console, summary);
      else print(console, summary);
    });
}
