// What a swarm of processes sends, by its coupling and its net: by a folder or NATS every process publishes the vectors of its
// particles in every round, and reads those of all others, whatever the coupling makes of them.

import type { ParamLayout } from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { Random } from "../../tensor/philox.js";
import { emptyMemory } from "../codecs/index.js";
import type { Coupling } from "../coupling.js";
import { bytesOfVectors } from "../exchange/publication.js";
import { LOSS } from "../sharedGradient.js";

/** What one particle sends at a time, and when. */
export interface Traffic {
  /** Local steps between two times; `epoch` for as many as an epoch has. */
  readonly every: number | "epoch";
  /** To the place, once for all others: numbers with their headers, without what is said in words (some hundred bytes). */
  readonly bytes: number;
  /** Numbers of 4 bytes that a process keeps of each particle. */
  readonly kept: number;
}

function gradientBytes({ gradients }: Coupling, layout: ParamLayout, particles: number): number {
  if (gradients!.partition) {
    throw new InputError(
      "sync-sgd: what partition=on sends besides is not known here; leave it out",
    );
  }
  const compressor = gradients!.compressor(layout);
  const random = new Random({ seed: 0, purpose: "swarm" });
  const gradient = Float32Array.from({ length: layout.trainable }, (_, at) => random.uniform(at));
  const moment = { seed: 0, particle: 0, epoch: 0, step: 0, particles };
  return LOSS + compressor.encode(gradient, emptyMemory(compressor), moment).length;
}

/**
 * What each particle of a swarm sends. Of compressors whose messages have no fixed length it is the one for a gradient of
 * random numbers.
 *
 * @throws InputError for particles that keep a part of the optimizer's state each, and send weights as well.
 *
 * @param states vectors of the optimizer, which couplings that move them send along
 * @example
 * const layout = layoutOf([{ name: "weight", shape: [1000], kind: "weight" }]);
 * trafficOf(pso(), layout, { particles: 4, states: 1 }).bytes; // 12116
 */
export function trafficOf(
  coupling: Coupling,
  layout: ParamLayout,
  { particles, states }: { readonly particles: number; readonly states: number },
): Traffic {
  if (coupling.gradients) {
    const bytes = gradientBytes(coupling, layout, particles);
    return { every: 1, bytes, kept: layout.trainable };
  }
  const names = [
    ...["position", "before"],
    ...(coupling.needs.scores ? ["best"] : []),
    ...(coupling.movesState ? Array.from({ length: states }, (_, at) => `state.${at}`) : []),
  ];
  const lengths = new Map(names.map((name) => [name, layout.length]));
  return {
    every: coupling.every,
    bytes: bytesOfVectors(lengths),
    kept: names.length * layout.length,
  };
}
