// `convoy encode FAMILY DATA`: an encoder fitted to the images of a data set without their labels, and the codes of these
// images as `features` writes what a net makes of them. A verb of its own: `features` opens a run, and here there is none.

import { existsSync } from "node:fs";
import type { Command } from "commander";
import { namesOf, PARTS, pixelTable, type Splits } from "../data/index.js";
import { createEngine } from "../engine/index.js";
import {
  type EstimatorOptions,
  encoders,
  type FittedEncoder,
  getEncoder,
  type Multiply,
} from "../estimators/index.js";
import { writeFileAtomic } from "../files/atomicFile.js";
import { InputError } from "../inputError.js";
import { productsBy, readEncoder, writeEncoder } from "../runs/index.js";
import { hostTensor, writeNpz } from "../tensor/index.js";
import { trainConfig } from "../train/config.js";
import { openData } from "../train/openData.js";
import { countOrNone } from "./arguments.js";
import { type Console, say } from "./console.js";
import { addEngineFlags, type EngineFlags } from "./engineFlags.js";
import { parseTexts } from "./flags.js";
import { type Arrays, labelledArrays, sayArrays } from "./labelledArrays.js";
import { parseOwnOptions } from "./ownOptions.js";
import { showReading } from "./reading.js";

interface Options extends EngineFlags {
  readonly out: string;
  readonly save?: string;
  readonly seed: number;
  readonly columns?: Record<string, string>;
}

/** The encoder of a file, or one of a family fitted to the training images. */
async function encoderOf(
  typed: string,
  { train }: Splits,
  { seed, save }: Options,
  multiply: Multiply,
  console: Console,
): Promise<FittedEncoder> {
  if (typed.endsWith(".json") && existsSync(typed)) {
    if (save === undefined) return readEncoder(typed, multiply);
    throw new InputError(
      `--save has no effect: ${typed} is an encoder that was saved; leave it out`,
    );
  }
  const { name, options } = parseOwnOptions("encoder", typed);
  const text = Object.entries(options).find(([, value]) => typeof value !== "number");
  if (text) throw new InputError(`encoder ${name}: ${text[0]} is ${text[1]}; expected a number`);
  const random = { seed, purpose: "search" } as const;
  const fit = await getEncoder(name).fit(pixelTable(train), options as EstimatorOptions, {
    random,
    multiply,
  });
  for (const warning of fit.warnings) say(console.err, `warning: ${warning}`);
  if (save !== undefined) await writeEncoder(save, fit);
  return fit;
}

/** The codes of all parts, with their labels. */
async function codesOf(encoder: FittedEncoder, splits: Splits): Promise<Arrays> {
  const arrays: Arrays = [];
  for (const part of PARTS) {
    const dataset = splits[part];
    if (!dataset) continue;
    const { data, rows, columns } = await encoder.encode(pixelTable(dataset));
    const codes = hostTensor("f32", [rows, columns], Float32Array.from(data));
    arrays.push(...labelledArrays(part, dataset, codes));
  }
  const names = namesOf(splits.train.labels);
  if (names.length > 0) arrays.push(["classes", { shape: [names.length], data: names }]);
  return arrays;
}

export function define(command: Command, console: Console): void {
  addEngineFlags(command);
  command
    .argument(
      "<encoder>",
      `a family with options, as rbm:hidden=64:epochs=5, or a file that --save wrote; families: ${encoders.map(({ name }) => name).join(", ")}`,
    )
    .argument("<data>", "data set; its labels are written beside the codes, and not looked at")
    .requiredOption("--out <file>", "the .npz file to write")
    .option("--save <file>", "the .json file to write the encoder to, for other images")
    .option("--seed <number>", "names the random numbers", countOrNone, 0)
    .option("--columns <role=name,...>", "what its columns or arrays hold", parseTexts)
    .action(async (typed: string, data: string, options: Options) => {
      const { out, save, engine: name, threads, columns = {} } = options;
      for (const [flag, file, ending] of [
        ["--out", out, ".npz"],
        ["--save", save ?? ".json", ".json"],
      ]) {
        if (file.endsWith(ending)) continue;
        throw new InputError(`${flag} ${file}: expected a name that ends in ${ending}`);
      }
      const settings = trainConfig.parse({ data, columns });
      const splits = await openData(settings, { onProgress: showReading(console.err) });
      const engine = await createEngine({ engine: name, threads });
      try {
        const multiply = productsBy(engine);
        const encoder = await encoderOf(typed, splits, options, multiply, console);
        const arrays = await codesOf(encoder, splits);
        await writeFileAtomic(out, writeNpz(arrays));
        sayArrays(arrays, console);
      } finally {
        await engine.close();
      }
    });
}
