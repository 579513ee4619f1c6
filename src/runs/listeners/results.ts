// results.csv: one row an epoch, growing while the run goes on.

import { type CsvValue, csvRow, toCsv } from "../../text/csv.js";
import type { Listener } from "../../train/events.js";
import type { EpochRecord } from "../../train/progress.js";
import type { RunLog } from "../runLog.js";
import { cell } from "./epochTable.js";
import { prefixed } from "./metricNames.js";

/** A record as columns by name. */
const columnsOf = (record: EpochRecord): Record<string, number | undefined> => ({
  epoch: record.epoch,
  trainLoss: record.trainLoss,
  ...prefixed("train", record.train),
  selectionLoss: record.selectionLoss,
  ...prefixed("selection", record.selection),
  lr: record.lr,
  seconds: record.seconds,
  imagesPerSecond: record.imagesPerSecond,
  gradients: record.gradients,
});

/** Six digits are enough for reading, of anything but a count. */
const rowOf = (record: EpochRecord): CsvValue[] => [
  ...Object.values(columnsOf(record)).map(cell),
  record.bytesSent,
];

const headerOf = (record: EpochRecord) => [...Object.keys(columnsOf(record)), "bytesSent"];

/** Keeps the table; a resumed run's begins with the epochs that its checkpoint knows. */
export const results =
  (log: RunLog): Listener =>
  async (event) => {
    if (event.type === "runStart") {
      const { history } = event;
      const [first] = history;
      await log.rewrite(first ? toCsv(headerOf(first), history.map(rowOf)) : "");
    } else if (event.type === "epochEnd") {
      if (event.epoch === 1) log.append(`${csvRow(headerOf(event))}\n`);
      log.append(`${csvRow(rowOf(event))}\n`);
    }
  };
