// What a round of several tells: its own folder is gone in the end, so events name the one that is made, and the round.

import type { Listener, TrainEvent } from "../../train/events.js";

function named(event: TrainEvent, run: string): TrainEvent {
  if (event.type === "runStart") return { ...event, run };
  return event.type === "runEnd" ? { ...event, summary: { ...event.summary, run } } : event;
}

/**
 * Listeners that hear of another folder.
 *
 * @param run what the folder is called
 */
export const callingIt = (run: string, listeners: readonly Listener[] = []): Listener[] =>
  listeners.map((listener) => (event) => listener(named(event, run)));
