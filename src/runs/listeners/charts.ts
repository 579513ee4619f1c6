// Charts of a run: learning curves after every epoch, the confusion matrix at the end.

import { heatMap } from "../../charts/heatMap.js";
import { lineCharts } from "../../charts/lineChart.js";
import { writeFileAtomic } from "../../files/atomicFile.js";
import { csvText } from "../../text/printable.js";
import type { Confusion, Listener } from "../../train/events.js";
import type { EpochRecord } from "../../train/progress.js";
import type { RunFolder } from "../runFolder.js";

function curves(title: string, history: readonly EpochRecord[]): string {
  const series = (name: string, field: "Loss" | "Accuracy", from: "train" | "selection") => ({
    name,
    points: history.map((record) => [record.epoch, record[`${from}${field}`]] as const),
  });
  return lineCharts(
    title,
    (["Loss", "Accuracy"] as const).map((field) => ({
      title: field,
      xLabel: "epoch",
      series: [series("training", field, "train"), series("selection", field, "selection")],
    })),
  );
}

const rowsOf = ({ classes, matrix }: Confusion): number[][] =>
  classes.map((_, row) => [
    ...matrix.counts.subarray(row * classes.length, (row + 1) * classes.length),
  ]);

function table(confusion: Confusion): string {
  const names = confusion.classes.map(csvText);
  const head = ["true class", ...names].join(",");
  const rows = rowsOf(confusion).map((counts, at) => [names[at], ...counts].join(","));
  return `${[head, ...rows].join("\n")}\n`;
}

/** Keeps the charts of a run folder. */
export function charts(folder: RunFolder): Listener {
  let history: EpochRecord[] = [];
  let title = "";
  return async (event) => {
    if (event.type === "runStart") {
      history = [...event.history];
      title = event.model;
    } else if (event.type === "epochEnd") {
      history.push(event);
      await writeFileAtomic(folder.file("curves"), curves(title, history));
    } else if (event.type === "runEnd" && event.confusion) {
      const { set, classes } = event.confusion;
      const chart = heatMap({
        title: `${title}: confusion on the ${set} set`,
        rowLabel: "true class",
        columnLabel: "predicted class",
        names: classes,
        rows: rowsOf(event.confusion),
      });
      await writeFileAtomic(folder.file("confusion"), chart);
      await writeFileAtomic(folder.file("confusionTable"), table(event.confusion));
    }
  };
}
