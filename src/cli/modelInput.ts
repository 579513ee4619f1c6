// The images that a model named on the command line is laid out for.

import type { Command } from "commander";
import { InputError } from "../inputError.js";
import type { ModelFamily, ModelInput } from "../models/index.js";
import { createModel, familyOf, type Model } from "../models/index.js";
import { trainConfig } from "../train/config.js";
import { modelNamed } from "../train/modelFile.js";
import { loadModule } from "../train/ownModule.js";
import { count } from "./arguments.js";

/** Flags that lay a model out for other images than those that it was published for. */
export interface ModelFlags {
  readonly channels?: number;
  readonly size?: number;
  readonly classes?: number;
  readonly module?: string;
}

export const addModelFlags = (command: Command): Command =>
  command
    .option("--channels <number>", "channels of the images", count)
    .option("--size <number>", "height and width of the images", count)
    .option("--classes <number>", "classes", count)
    .option("--module <file>", trainConfig.shape.module.description!);

/** The images to lay a model out for. A model of one's own may lack those that it was published for. */
function inputOf(
  { name, published }: Pick<ModelFamily, "name"> & Partial<ModelFamily>,
  { channels, size, classes }: ModelFlags,
): ModelInput {
  const given = { channels, height: size, width: size, outputs: classes };
  const known = Object.entries(given).filter(([, value]) => value !== undefined);
  const input: Partial<ModelInput> = { ...published, ...Object.fromEntries(known) };
  if (published || known.length === Object.keys(given).length) return input as ModelInput;
  throw new InputError(
    `model ${name} does not say what images it is for; give --channels, --size and --classes`,
  );
}

/** The model that was named. */
export async function namedModel(given: string, flags: ModelFlags): Promise<Model> {
  const { module } = flags;
  const name = await modelNamed(given);
  const own = module === undefined ? undefined : (await loadModule(module)).models;
  return createModel(name, inputOf(familyOf(name, own), flags), own);
}
