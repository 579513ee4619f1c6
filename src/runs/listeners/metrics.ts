// metrics.jsonl: a line for every step, round of a swarm and epoch, for whoever wants to look closer.

import { z } from "zod";
import type { Listener } from "../../train/events.js";
import type { RunLog } from "../runLog.js";

const epoch = z.int().min(1);
const line = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("step"), epoch, step: z.int().min(1) }),
  z.looseObject({ type: z.literal("round"), epoch, step: z.int().min(0) }),
  z.looseObject({ type: z.literal("epoch"), epoch }),
]);

/** A line, or `undefined` for one that is damaged, or was cut off when the machine went down. */
function parse(text: string): z.output<typeof line> | undefined {
  try {
    return line.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Whether a line tells of something before the step that a resumed run begins with. */
function isBefore(text: string, first: { readonly epoch: number; readonly step: number }): boolean {
  const found = parse(text);
  if (!found) return false;
  if (found.epoch < first.epoch) return true;
  return found.type !== "epoch" && found.epoch === first.epoch && found.step < first.step;
}

/** Keeps the file; a resumed run drops the lines behind its checkpoint, and damaged ones. */
export const metrics =
  (log: RunLog): Listener =>
  async (event) => {
    const add = (line: object) => log.append(`${JSON.stringify(line)}\n`);
    if (event.type === "runStart") {
      const { resumed } = event;
      const found = resumed ? await log.read() : "";
      const kept = found.split("\n").filter((text) => isBefore(text, resumed!));
      const text = kept.map((line) => `${line}\n`).join("");
      if (text !== found || !log.exists) await log.rewrite(text);
    } else if (event.type === "step") {
      const { type, epoch, step, loss, metrics, lr, gradients, details } = event;
      add({ type, epoch, step, loss, ...metrics, lr, gradients, ...details });
    } else if (event.type === "round") {
      add(event);
    } else if (event.type === "epochEnd") {
      add({ ...event, type: "epoch" });
    }
  };
