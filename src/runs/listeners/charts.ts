// Charts of a run: learning curves after every epoch, the confusion matrix at the end.

import { heatMap } from "../../charts/heatMap.js";
import { lineCharts } from "../../charts/lineChart.js";
import { writeFileAtomic } from "../../files/atomicFile.js";
import {
  type Confusion,
  type OperatingPoint,
  operatingPoints,
  type RankedAnswers,
} from "../../tasks/index.js";
import { spreadsheetSafe, toCsv } from "../../text/csv.js";
import type { Listener } from "../../train/events.js";
import type { EpochRecord } from "../../train/progress.js";
import type { RunFolder } from "../runFolder.js";

/** A curve of training and one of selection, as far as they are known. */
function chart(
  title: string,
  history: readonly EpochRecord[],
  of: (record: EpochRecord) => readonly [train: number | undefined, selection: number],
) {
  const series = ["training", "selection"].map((name, at) => ({
    name,
    points: history.flatMap((record) => {
      const value = of(record)[at];
      return Number.isFinite(value) ? [[record.epoch, value!] as const] : [];
    }),
  }));
  return { title, xLabel: "epoch", series: series.filter(({ points }) => points.length > 0) };
}

const capital = (name: string) => name[0].toUpperCase() + name.slice(1);

/** Loss, and the metric that decides. */
function curves(title: string, metric: string, history: readonly EpochRecord[]): string {
  return lineCharts(title, [
    chart("Loss", history, ({ trainLoss, selectionLoss }) => [trainLoss, selectionLoss]),
    chart(capital(metric), history, ({ train, selection }) => [train[metric], selection[metric]]),
  ]);
}

const rowsOf = ({ classes, counts }: Confusion): number[][] =>
  classes.map((_, row) => [...counts.subarray(row * classes.length, (row + 1) * classes.length)]);

/** A table that people open: names of classes come with the data, and no spreadsheet is to work them out. */
function table(confusion: Confusion): string {
  const names = confusion.classes.map(spreadsheetSafe);
  return toCsv(
    ["true class", ...names],
    rowsOf(confusion).map((counts, at) => [names[at], ...counts]),
  );
}

/** Points of a curve, and tags that have a curve each. */
const [POINTS, TAGS] = [60, 4];

/** The answers about all tags together, and about each where there are few. */
function curvesOf(ranked: readonly RankedAnswers[]): readonly RankedAnswers[] {
  if (ranked.length === 1) return ranked;
  const all = {
    name: "all",
    scores: ranked.flatMap(({ scores }) => scores),
    truths: ranked.flatMap(({ truths }) => truths),
  };
  return ranked.length > TAGS ? [all] : [all, ...ranked];
}

const probability = (score: number) => 1 / (1 + Math.exp(-score));

/** How precision is paid for by recall, and from which probability on yes is best said. */
function precisionRecall(title: string, ranked: readonly RankedAnswers[]): string {
  const curves = curvesOf(ranked).map((answers) => ({
    name: answers.name,
    points: operatingPoints(answers, POINTS),
  }));
  const drawn = (of: (point: OperatingPoint) => readonly [number, number]) =>
    curves.map(({ name, points }) => ({ name, points: points.map(of) }));
  const axis = { xStep: 0.1 };
  return lineCharts(title, [
    {
      ...{ title: "Precision", xLabel: "recall", ...axis },
      series: drawn(({ recall, precision }) => [recall, precision]),
    },
    {
      ...{ title: "F1", xLabel: "probability from which on yes is said", ...axis },
      series: drawn(({ score, f1 }) => [probability(score), f1]),
    },
  ]);
}

/** Keeps the charts of a run folder. */
export function charts(folder: RunFolder): Listener {
  let history: EpochRecord[] = [];
  let title = "";
  let metric = "";
  return async (event) => {
    if (event.type === "runStart") {
      history = [...event.history];
      title = event.model;
      metric = event.score.metric;
    } else if (event.type === "epochEnd") {
      history.push(event);
      await writeFileAtomic(folder.file("curves"), curves(title, metric, history));
    } else if (event.type === "runEnd" && event.evaluation) {
      const { set, confusion, ranked } = event.evaluation;
      if (ranked) {
        const drawn = precisionRecall(`${title}: ${set} set`, ranked);
        await writeFileAtomic(folder.file("precisionRecall"), drawn);
      }
      if (!confusion) return;
      const map = heatMap({
        title: `${title}: confusion on the ${set} set`,
        rowLabel: "true class",
        columnLabel: "predicted class",
        names: confusion.classes,
        rows: rowsOf(confusion),
      });
      await writeFileAtomic(folder.file("confusion"), map);
      await writeFileAtomic(folder.file("confusionTable"), table(confusion));
    }
  };
}
