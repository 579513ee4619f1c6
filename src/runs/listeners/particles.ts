// particles.csv: one row for each net of a swarm and epoch.

import type { MetricInfo } from "../../tasks/index.js";
import type { Listener, ParticleStatus } from "../../train/events.js";
import type { RunLog } from "../runLog.js";
import { EpochTable } from "./epochTable.js";

const before = ["particle", "lr", "loss"] as const satisfies readonly (keyof ParticleStatus)[];
const behind = [
  "score",
  "bestScore",
  "move",
  "chosen",
  "rateFactor",
  "restored",
  "behind",
] as const satisfies readonly (keyof ParticleStatus)[];

/** Keeps the table, once there are nets to tell of. */
export function particles(log: RunLog): Listener {
  let table: EpochTable | undefined;
  let metrics: readonly MetricInfo[] = [];
  return async (event) => {
    if (event.type === "runStart") {
      metrics = event.metrics;
      const names = metrics.filter(({ trained }) => trained).map(({ name }) => name);
      table = new EpochTable(log, [...before, ...names, ...behind]);
      return table.begin(event);
    }
    if (event.type !== "particles" || !event.evaluated) return;
    const rows = event.particles.map((status) => [
      ...before.map((name) => status[name]),
      ...metrics.filter(({ trained }) => trained).map(({ name }) => status.metrics[name]),
      ...behind.map((name) => status[name]),
    ]);
    await table?.append(event.epoch, rows);
  };
}
