// The trials of a search as parallel coordinates: an axis for each parameter and each objective.

import { roundTicks } from "../../charts/lineChart.js";
import { type ParallelAxis, type ParallelLine, parallelChart } from "../../charts/parallelChart.js";
import { coordinatesAt } from "../../search/cube.js";
import type { Parameter, Setting, Space } from "../../search/index.js";
import type { ReportedTrial, SearchReport } from "./report.js";

/** An axis, and where values lie on it. */
interface Scale extends ParallelAxis {
  place(trial: ReportedTrial): number | undefined;
}

/** Where a value lies; of bits the share of those that are set. */
function placeOf(parameter: Parameter, value: Setting): number {
  if (parameter.kind !== "bits") return coordinatesAt(parameter, value)[0];
  return [...String(value)].filter((bit) => bit === "1").length / parameter.length;
}

/** Powers of ten between two numbers. */
function decades(low: number, high: number): number[] {
  const [first, last] = [Math.ceil(Math.log10(low)), Math.floor(Math.log10(high))];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) =>
    Number(`1e${first + at}`),
  );
}

/** Values with a mark: choices, and of a range both ends and round numbers between them. */
function marked(parameter: Parameter): readonly Setting[] {
  if (parameter.kind === "choice") return parameter.of;
  if (parameter.kind === "bits") {
    return ["0", "1"].map((bit) => bit.repeat(parameter.length));
  }
  const { low, high, log } = parameter;
  const between = log ? decades(low, high) : roundTicks(low, high);
  const apart = (value: number) =>
    [low, high].every(
      (end) => Math.abs(placeOf(parameter, value) - placeOf(parameter, end)) > 0.06,
    );
  return [low, ...between.filter((value) => value > low && value < high && apart(value)), high];
}

const textOf = (value: Setting) =>
  typeof value === "number" ? `${Number(value.toPrecision(3))}` : `${value}`;

function scaleOf(parameter: Parameter): Scale {
  return {
    name: parameter.name,
    marks: marked(parameter).map((value) => ({
      at: placeOf(parameter, value),
      text: parameter.kind === "bits" ? `all ${String(value)[0]}` : textOf(value),
    })),
    place: ({ settings }) =>
      Object.hasOwn(settings, parameter.name)
        ? placeOf(parameter, settings[parameter.name])
        : undefined,
  };
}

/** A scale of numbers that were found. */
function foundScale(
  name: string,
  trials: readonly ReportedTrial[],
  of: (trial: ReportedTrial) => number | null | undefined,
): Scale {
  const found = trials.map(of).filter((value) => typeof value === "number");
  const counts = found.every(Number.isInteger);
  const ticks = roundTicks(Math.min(...found), Math.max(...found), counts ? 1 : 0);
  const [low, high] = [ticks[0], ticks[ticks.length - 1]];
  const at = (value: number) => (value - low) / (high - low);
  return {
    name,
    marks: ticks.map((tick) => ({ at: at(tick), text: textOf(tick) })),
    place(trial) {
      const value = of(trial);
      return typeof value === "number" ? at(value) : undefined;
    },
  };
}

/** The chart of a search; without lines when no trial has ended well. */
export function searchChart(title: string, report: SearchReport, space: Space): string {
  const trials = report.order.map((at) => report.trials[at]);
  const staged = trials.some(({ until }) => until !== undefined);
  const scales = [
    ...space.map(scaleOf),
    ...(staged ? [foundScale("epochs", trials, ({ until }) => until)] : []),
    ...(trials.length > 0
      ? report.objectives.map(({ name }) =>
          foundScale(name, trials, ({ values }) => values?.[name]),
        )
      : []),
  ];
  const outstanding = new Set(report.front ?? (report.best ? [report.best.number] : []));
  const lines = trials.map(
    (trial, rank): ParallelLine => ({
      at: scales.map((scale) => scale.place(trial)),
      merit: 1 - rank / Math.max(1, trials.length - 1),
      marked: outstanding.has(trial.number),
    }),
  );
  return parallelChart(title, scales, lines);
}
