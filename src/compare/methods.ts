// Training methods to compare. A method is one entry: what it sets differently from the settings that
// all methods of a comparison share.

import { byName } from "../text/words.js";
import type { TrainSettings } from "../train/index.js";

/** Settings of a method. */
export type MethodSettings = Partial<TrainSettings>;

/** A way to train. */
export interface Method {
  /** Unique in a comparison; in tables, and as a folder's name. */
  readonly name: string;
  /** One line for the help and the documentation. */
  readonly description: string;
  /** Go before the settings that all methods share. */
  readonly settings: MethodSettings;
}

/** Settings over others; those that are lists of numbers by name are joined name by name. */
export const overlaid = (under: MethodSettings, over: MethodSettings): MethodSettings => ({
  ...under,
  ...over,
  ...(under.coupling && over.coupling && { coupling: { ...under.coupling, ...over.coupling } }),
  ...(under.hyper && over.hyper && { hyper: { ...under.hyper, ...over.hyper } }),
  ...(under.distil && over.distil && { distil: { ...under.distil, ...over.distil } }),
  ...(under.comet && over.comet && { comet: { ...under.comet, ...over.comet } }),
});

export const methods: readonly Method[] = [
  { name: "single", description: "one net, the whole budget", settings: {} },
  {
    name: "entropy-sgd",
    description: "one net that follows chains of Langevin steps (Entropy-SGD)",
    settings: { optimizer: "entropy-sgd" },
  },
  {
    name: "tr-lsr1",
    description: "one net by trust-region steps, without a rate (limited-memory SR1)",
    settings: { optimizer: "tr-lsr1" },
  },
  {
    name: "rmtr",
    description: "one net by trust-region steps on levels of depth, without a rate (RMTR)",
    settings: { optimizer: "rmtr" },
  },
  {
    name: "independent",
    description: "nets side by side without rounds; the best one is deployed",
    settings: { swarm: "independent" },
  },
  {
    name: "pso",
    description: "particle swarm, dynamics 1",
    settings: { swarm: "pso", coupling: { dynamics: 1 } },
  },
  {
    name: "pso2",
    description: "particle swarm, dynamics 2",
    settings: { swarm: "pso", coupling: { dynamics: 2 } },
  },
  {
    name: "pso-paper",
    description: "particle swarm, dynamics 1, with its authors' settings",
    settings: { swarm: "pso", preset: "paper" },
  },
  {
    name: "gossip",
    description: "each step averages a net with a neighbour (decentralised SGD)",
    settings: { swarm: "gossip" },
  },
  {
    name: "sync-sgd",
    description: "all nets take the mean gradient at every step (synchronous SGD)",
    settings: { swarm: "sync-sgd" },
  },
  {
    name: "local-sgd",
    description: "all nets are averaged every few steps",
    settings: { swarm: "local-sgd" },
  },
  {
    name: "replicas",
    description: "nets pulled to their centre, which is deployed (replicated SGD)",
    settings: { swarm: "replicas" },
  },
  {
    name: "parle",
    description: "replicas that each follow chains of Langevin steps (Parle)",
    settings: { swarm: "parle", optimizer: "entropy-sgd", hyper: { chain: 25 } },
  },
];

/** The method with a name; throws an `InputError` with the nearest one when there is none. */
export const getMethod = (name: string): Method => byName("method", name, methods);
