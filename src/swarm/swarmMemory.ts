// What the checkpoint of a swarm holds beside the states of its nets.

import { z } from "zod";
import { InputError } from "../inputError.js";
import { savedNumber, savedNumbers } from "../train/savedProgress.js";
import { savedParticle } from "./particle.js";

/** Part of a saved progress that only a swarm has. */
export const swarmMemory = z.strictObject({
  particles: z.array(savedParticle),
  calibration: savedNumbers.optional(),
  /** Bytes that particles sent to each other: in the run, and since the last epoch was evaluated. */
  sent: z.strictObject({ run: savedNumber, epoch: savedNumber }),
  /** Places in the list of particles of those who stood for the swarm when it was evaluated last. */
  members: z.array(z.int().min(0)).min(1),
  /** Times that particles have gathered messages. */
  gathers: z.int().min(0).optional(),
  /** Epochs of the swarm that went by without this process, and those in a row that it came too late for since. */
  missed: z.int().min(0).optional(),
  late: z.int().min(0).optional(),
  /** What the last round did, which rows of the next epoch tell again when there is no other round. */
  round: z.strictObject({ moves: z.array(savedNumber), chosen: z.array(z.int().nullable()) }),
});
/** What a checkpoint holds of a swarm. */
export type SwarmMemory = z.output<typeof swarmMemory>;
export type Sent = SwarmMemory["sent"];

/**
 * Refuses what a swarm of another size has saved.
 *
 * @param particles of this process
 * @param all of the whole swarm
 */
export function expectOf(
  particles: number,
  all: number,
  { particles: saved, members, round }: SwarmMemory,
): void {
  const lists = { particles: saved, "round.moves": round.moves, "round.chosen": round.chosen };
  for (const [name, { length }] of Object.entries(lists)) {
    if (length === particles) continue;
    throw new InputError(`the saved swarm: ${name} has ${length} entries; expected ${particles}`);
  }
  const unknown = members.find((at) => at >= all);
  if (unknown === undefined) return;
  throw new InputError(`the saved swarm: members has ${unknown}; expected 0 to ${all - 1}`);
}
