// metrics.jsonl: a line for every step, round of a swarm and epoch, for whoever wants to look closer.

import type { Listener } from "../../train/events.js";
import { isBefore, parseLine } from "../metricsFile.js";
import type { RunLog } from "../runLog.js";

/** Keeps the file; a resumed run drops the lines behind its checkpoint, and damaged ones. */
export const metrics =
  (log: RunLog): Listener =>
  async (event) => {
    const add = (line: object) => log.append(`${JSON.stringify(line)}\n`);
    if (event.type === "runStart") {
      const { resumed } = event;
      const found = resumed ? await log.read() : "";
      const kept = found.split("\n").filter((text) => isBefore(parseLine(text), resumed!));
      const text = kept.map((line) => `${line}\n`).join("");
      if (text !== found || !log.exists) await log.rewrite(text);
    } else if (event.type === "step") {
      const { type, epoch, step, loss, accuracy, lr, gradients, metrics } = event;
      add({ type, epoch, step, loss, accuracy, lr, gradients, ...metrics });
    } else if (event.type === "round") {
      add(event);
    } else if (event.type === "epochEnd") {
      add({ ...event, type: "epoch" });
    }
  };
