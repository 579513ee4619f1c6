// The couplings by name. A new one is its file, its test, a row in the shared suite's table and one
// line here.

import type { z } from "zod";
import { byName, withOwn } from "../../text/words.js";
import type { TrainConfig, TrainSettings } from "../../train/index.js";
import type { Coupling } from "../coupling.js";
import { gossip, gossipSettings } from "./gossip.js";
import { independent, independentSettings } from "./independent.js";
import { localSgd, localSgdSettings } from "./localSgd.js";
import { parle, parleSettings } from "./parle.js";
import { pso, psoSettings } from "./pso.js";
import { replicas, replicasSettings } from "./replicas.js";
import { sharedBatch } from "./shared.js";
import { syncSgd, syncSgdSettings } from "./syncSgd.js";

export { type GossipSettings, gossip } from "./gossip.js";
export { independent } from "./independent.js";
export { type LocalSgdSettings, localSgd } from "./localSgd.js";
export { type ParleSettings, parle } from "./parle.js";
export { type PsoSettings, pso } from "./pso.js";
export { type ReplicasSettings, replicas } from "./replicas.js";
export { type SyncSgdSettings, syncSgd } from "./syncSgd.js";

/** A kind of coupling: how to make one from settings. */
export interface CouplingKind {
  readonly name: string;
  /** Schema of its settings; each description is a line of help. */
  readonly settings: z.ZodObject;
  /** Throws an `InputError` for settings that cannot be. */
  make(settings?: object): Coupling;
  /** What its nets train by where neither batch nor rate is given; default as one net does. */
  defaults?(usual: Pick<TrainConfig, "batch" | "particles">): Partial<TrainSettings>;
}

const all: readonly CouplingKind[] = [
  {
    ...{ name: "independent", settings: independentSettings, make: independent },
    defaults: sharedBatch,
  },
  { name: "pso", settings: psoSettings, make: pso, defaults: sharedBatch },
  { name: "gossip", settings: gossipSettings, make: gossip },
  { name: "sync-sgd", settings: syncSgdSettings, make: syncSgd },
  { name: "local-sgd", settings: localSgdSettings, make: localSgd },
  { name: "replicas", settings: replicasSettings, make: replicas },
  { name: "parle", settings: parleSettings, make: parle },
];

/** Every kind of coupling. */
export const couplings = (): readonly CouplingKind[] => all;

/** A kind of coupling by name, or one of `own`; throws an `InputError` that suggests the nearest one. */
export const getCoupling = (name: string, own: readonly CouplingKind[] = []): CouplingKind =>
  byName("coupling", name, withOwn("coupling", all, own));
