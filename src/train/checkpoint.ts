// The state of a run between two steps as one file: the only thing that a resumed run starts from.

import type { ParamLayout } from "../graph/index.js";
import { FormatError } from "../tensor/formatError.js";
import { type HostTensor, hostTensor } from "../tensor/host.js";
import { readSafetensors, writeSafetensors } from "../tensor/safetensors.js";
import type { Progress } from "./progress.js";
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

/** The file's bytes. */
export function encodeState(layout: ParamLayout, state: State): Uint8Array {
  const { progress, weights, best, vectors } = state;
  const named = Object.entries(vectors).map(
    ([name, values]) => [name, hostTensor("f32", [values.length], values)] as const,
  );
  return writeSafetensors(
    [
      ...prefixed(WEIGHTS, tensorsOf(layout, weights)),
      ...prefixed(BEST, best ? tensorsOf(layout, best) : []),
      ...prefixed(VECTOR, named),
    ],
    { progress: JSON.stringify(progress) },
  );
}

/**
 * Reads what {@link encodeState} wrote.
 *
 * @param lengths of the vectors that must be there, by name
 * @throws FormatError when the file is damaged or belongs to another model, optimizer or swarm.
 */
export function decodeState(
  bytes: Uint8Array,
  layout: ParamLayout,
  lengths: Readonly<Record<string, number>>,
  source: string,
): State {
  const { tensors, metadata } = readSafetensors(bytes, source);
  if (!metadata.progress) throw new FormatError(source, 8, 'metadata "progress" is missing');
  const progress = JSON.parse(metadata.progress) as Progress;
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
