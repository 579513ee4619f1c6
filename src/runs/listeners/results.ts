// results.csv: one row an epoch, growing while the run goes on.

import { appendLine, writeFileAtomic } from "../../files/atomicFile.js";
import { type CsvValue, csvRow, toCsv } from "../../text/csv.js";
import { sixDigits } from "../../text/format.js";
import type { Listener } from "../../train/events.js";
import type { EpochRecord } from "../../train/progress.js";

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

/** Six digits are enough for reading, of anything but a count. */
const row = ({ bytesSent, ...record }: EpochRecord): CsvValue[] => [
  ...columns.map((name) => sixDigits(record[name])),
  bytesSent,
];

/** Keeps the table at `path`; a resumed run's begins with the epochs that its checkpoint knows. */
export const results =
  (path: string): Listener =>
  async (event) => {
    if (event.type === "runStart") {
      await writeFileAtomic(path, toCsv([...columns, "bytesSent"], event.history.map(row)));
    } else if (event.type === "epochEnd") {
      appendLine(path, csvRow(row(event)));
    }
  };
