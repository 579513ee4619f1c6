// particles.csv: one row for each net of a swarm and epoch.

import type { Listener, ParticleStatus } from "../../train/events.js";
import type { RunLog } from "../runLog.js";
import { EpochTable } from "./epochTable.js";

const columns = [
  "particle",
  "lr",
  "loss",
  "accuracy",
  "score",
  "bestScore",
  "move",
  "chosen",
  "rateFactor",
  "restored",
] as const satisfies readonly (keyof ParticleStatus)[];

/** Keeps the table, once there are nets to tell of. */
export function particles(log: RunLog): Listener {
  const table = new EpochTable(log, columns);
  return async (event) => {
    if (event.type === "runStart") return table.begin(event);
    if (event.type !== "particles" || !event.evaluated) return;
    const rows = event.particles.map((status) => columns.map((name) => status[name]));
    await table.append(event.epoch, rows);
  };
}
