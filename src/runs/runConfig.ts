// What `config.json` of a run folder holds: all that a run was made with.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { passRecords } from "../compress/passes/index.js";
import {
  type Fit,
  fits,
  type Labels,
  labelKinds,
  type Segmenter,
  segmenters,
} from "../data/index.js";
import { parseJson } from "../files/json.js";
import { readText } from "../files/text.js";
import { InputError } from "../inputError.js";
import { checkPlain } from "../settings.js";
import { trainConfig } from "../train/config.js";
import type { Fingerprint } from "../train/fingerprint.js";
import type { NetInfo } from "../train/weights.js";
import { runFiles } from "./runFiles.js";

const size = z.int().min(1);
const names = z.array(z.string()).readonly();
const shape = z.tuple([size, size, size]).readonly();
const perChannel = z.array(z.number()).readonly();

const fingerprint = z.strictObject({
  name: z.string(),
  train: z.int().min(0),
  selection: z.int().min(0),
  test: z.int().min(0),
  /** Without height and width where images have sizes of their own. */
  shape: z.array(size).min(1).max(3).readonly(),
  labels: z.custom<Labels["kind"]>((kind) => Object.hasOwn(labelKinds, String(kind)), {
    error: `expected one of ${Object.keys(labelKinds).join(", ")}`,
  }),
  names,
  hash: z.string(),
}) satisfies z.ZodType<Fingerprint>;

const net = z.strictObject({
  model: z.string(),
  task: z.string(),
  names,
  constants: z.record(z.string(), z.array(z.number()).readonly()),
  input: shape,
  mean: perChannel,
  std: perChannel,
  fit: z.enum(Object.keys(fits) as Fit[]),
  segmenter: z.enum(Object.keys(segmenters) as Segmenter[]).optional(),
  members: z.int().min(1).optional(),
  passes: passRecords.optional(),
}) satisfies z.ZodType<NetInfo>;

const runConfig = z.strictObject({
  versions: z.strictObject({ convoy: z.string(), node: z.string() }),
  /** Effective settings; engine and threads as they really were. */
  settings: trainConfig.omit({ out: true }),
  /** Set when the run began with weights that were given to it, and not drawn at random. */
  givenWeights: z.literal(true).optional(),
  data: fingerprint,
  /** The folder that relative paths among the settings are seen from. */
  startedIn: z.string().optional(),
  net,
  parameters: z.int().min(0),
  /** SHA-256 of the net that the setting `teacher` named. */
  teacher: z.strictObject({ sha256: z.string() }).optional(),
  /** The file that the setting `module` named; without it nothing of its own can be found by name. */
  module: z.strictObject({ path: z.string(), sha256: z.string() }).optional(),
});

/** What `config.json` holds. */
export type RunConfig = z.output<typeof runConfig>;

/**
 * What a run was made with.
 *
 * @param path the run's folder
 * @throws InputError when the folder holds no run, or its `config.json` is damaged or another program's.
 */
export async function readRunConfig(path: string): Promise<RunConfig> {
  const file = join(path, runFiles.config);
  if (!existsSync(file)) {
    throw new InputError(`${path} holds no run: there is no ${runFiles.config} in it`);
  }
  return parseRunConfig(readText(file), file);
}

/**
 * The same of the file's text.
 *
 * @param source the file, for messages
 * @throws InputError when it is damaged or another program's.
 */
export function parseRunConfig(text: string, source: string): RunConfig {
  try {
    return checkPlain(runConfig, parseJson(text), source);
  } catch (error) {
    const { message } = error as Error;
    const fault = error instanceof InputError ? message : `${source} is damaged: ${message}`;
    throw new InputError(`${fault}; expected the ${runFiles.config} of a Convoy run`, {
      cause: error,
    });
  }
}
