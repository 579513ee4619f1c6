// results.csv: one row an epoch, growing while the run goes on.

import type { Listener } from "../../train/events.js";
import type { EpochRecord } from "../../train/progress.js";
import type { RunLog } from "../runLog.js";

const columns = [
  "epoch",
  "trainLoss",
  "trainAccuracy",
  "selectionLoss",
  "selectionAccuracy",
  "lr",
  "seconds",
  "imagesPerSecond",
  "gradients",
] as const satisfies readonly (keyof EpochRecord)[];

/** Six digits are enough for reading, of anything but a count; what is not there stays empty. */
const row = ({ bytesSent, ...record }: EpochRecord) =>
  [...columns.map((name) => Number(record[name].toPrecision(6))), bytesSent].join(",");

/** Keeps the table; a resumed run's begins with the epochs that its checkpoint knows. */
export const results =
  (log: RunLog): Listener =>
  async (event) => {
    if (event.type === "runStart") {
      const lines = [[...columns, "bytesSent"].join(","), ...event.history.map(row)];
      await log.rewrite(`${lines.join("\n")}\n`);
    } else if (event.type === "epochEnd") {
      log.append(`${row(event)}\n`);
    }
  };
