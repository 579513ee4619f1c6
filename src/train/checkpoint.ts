// The state of a run between two steps as one file: the only thing that a resumed run starts from.

import { z } from "zod";
import type { ParamLayout } from "../graph/index.js";
import { InputError } from "../inputError.js";
import { checkPlain } from "../settings.js";
import { FormatError } from "../tensor/formatError.js";
import { type HostTensor, hostTensor } from "../tensor/host.js";
import type { Progress } from "./progress.js";
import type { FixedSettings } from "./resumed.js";
import { decodeProgress, encodeProgress } from "./savedProgress.js";
import { readSealed, writeSealed } from "./sealed.js";
import { tensorsOf, vectorOf } from "./weights.js";

/** All that further training depends on, and the best weights so far. */
export interface State {
  readonly progress: Progress;
  /** All parameters [layout.length], batch statistics included. */
  readonly weights: Float32Array;
  readonly best?: Float32Array;
  /** Every other vector by name: the optimizer's, those of a swarm's particles. */
  readonly vectors: Readonly<Record<string, Float32Array>>;
}

/** What a growing file held when the state was saved. */
export interface LogMark {
  readonly bytes: number;
  /** CRC-32 of them. */
  readonly crc32: number;
}

/** Of a run's growing files, by name. */
export type LogMarks = Readonly<Record<string, LogMark>>;

const logMarks = z.record(
  z.string(),
  z.strictObject({ bytes: z.int().min(0), crc32: z.int().min(0).max(0xffffffff) }),
);

const plainSettings = z.record(z.string(), z.unknown());

const WEIGHTS = "weights.";
const BEST = "best.";
const VECTOR = "vector.";

type Named = readonly (readonly [string, HostTensor])[];

const prefixed = (prefix: string, tensors: Named) =>
  tensors.map(([name, tensor]) => [prefix + name, tensor] as const);

const withPrefix = (prefix: string, tensors: Iterable<readonly [string, HostTensor]>) =>
  new Map(
    [...tensors]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );

/** The file's bytes; `settings` are what the state was made with. */
export function encodeState(
  layout: ParamLayout,
  state: State,
  logs: LogMarks = {},
  settings: FixedSettings = {},
): Uint8Array {
  const { progress, weights, best, vectors } = state;
  const named = Object.entries(vectors).map(
    ([name, values]) => [name, hostTensor("f32", [values.length], values)] as const,
  );
  return writeSealed(
    [
      ...prefixed(WEIGHTS, tensorsOf(layout, weights)),
      ...prefixed(BEST, best ? tensorsOf(layout, best) : []),
      ...prefixed(VECTOR, named),
    ],
    {
      progress: encodeProgress(progress),
      logs: JSON.stringify(logs),
      settings: JSON.stringify(settings),
    },
  );
}

/** A state's file that is whole. Whether it is of this run's net, {@link fitState} says. */
export interface StateFile {
  readonly source: string;
  readonly progress: Progress;
  readonly logs: LogMarks;
  /** What it was made with; nothing in files of an older Convoy. */
  readonly settings: FixedSettings;
  readonly tensors: ReadonlyMap<string, HostTensor>;
}

/**
 * Opens what {@link encodeState} wrote.
 *
 * @param source name for messages
 * @throws FormatError when a bit of it is damaged, or it is no state.
 */
export function openState(bytes: Uint8Array, source: string): StateFile {
  const { tensors, metadata, sealed } = readSealed(bytes, source);
  const fail = (message: string): never => {
    throw new FormatError(source, 8, message);
  };
  if (!metadata.progress || !metadata.logs) return fail("it is no saved state of a run");
  if (!sealed) return fail("it has no checksum: damaged, or of an older Convoy");
  try {
    const progress = decodeProgress(metadata.progress, "progress");
    const logs = readPlain(logMarks, metadata.logs, "logs");
    const settings = readPlain(plainSettings, metadata.settings ?? "{}", "settings");
    return { source, tensors, progress, logs, settings };
  } catch (error) {
    if (error instanceof InputError) return fail(error.message);
    throw error;
  }
}

/**
 * The bytes of a state as that of a run with other settings, which it shares vectors and progress with.
 *
 * @throws FormatError when it is damaged, or no state.
 */
export function stateWith(bytes: Uint8Array, source: string, changed: FixedSettings): Uint8Array {
  const { tensors, progress, logs, settings } = openState(bytes, source);
  return writeSealed([...tensors], {
    progress: encodeProgress(progress),
    logs: JSON.stringify(logs),
    settings: JSON.stringify({ ...settings, ...changed }),
  });
}

function readPlain<S extends z.ZodType>(schema: S, text: string, what: string): z.output<S> {
  try {
    return checkPlain(schema, JSON.parse(text), what);
  } catch (error) {
    throw error instanceof InputError
      ? error
      : new InputError(`${what}: ${(error as Error).message}`);
  }
}

/**
 * The state in a file, for a run.
 *
 * @param lengths of the vectors that must be there, by name
 * @throws FormatError when the file belongs to another model, optimizer or swarm.
 */
export function fitState(
  { source, progress, tensors }: StateFile,
  layout: ParamLayout,
  lengths: Readonly<Record<string, number>>,
): State {
  const vectors = withPrefix(VECTOR, tensors);
  const read = (name: string, length: number): Float32Array => {
    const data = vectors.get(name)?.data;
    if (data instanceof Float32Array && data.length === length) return data;
    const found = data ? `${data.length} numbers` : "no such vector";
    throw new FormatError(
      source,
      0,
      `the run has a vector "${name}" of ${length} numbers, the file has ${found}`,
    );
  };
  return {
    progress,
    weights: vectorOf(layout, withPrefix(WEIGHTS, tensors), source),
    best: progress.best && vectorOf(layout, withPrefix(BEST, tensors), source),
    vectors: Object.fromEntries(
      Object.entries(lengths).map(([name, length]) => [name, read(name, length)]),
    ),
  };
}
