// The random numbers of a swarm: streams that never meet.

import { Random } from "../tensor/philox.js";

const OWN = 0;
const SHARED = 1;
const RATE = 2;
/** What one particle draws for a message, in the stream of its epoch and step. */
export const COMPRESSION = 3;

/** What one particle draws in a round. */
export const ownRandom = (seed: number, round: number, particle: number): Random =>
  new Random({ seed, purpose: "swarm", particle, step: round }, OWN);

/** What all particles draw alike in a round, from its beginning. */
export const sharedRandom = (seed: number, round: number): Random =>
  new Random({ seed, purpose: "swarm", step: round }, SHARED);

/** Where one particle's learning rate of an epoch comes from. */
export const rateRandom = (seed: number, epoch: number, particle: number): Random =>
  new Random({ seed, purpose: "swarm", particle, epoch }, RATE);
