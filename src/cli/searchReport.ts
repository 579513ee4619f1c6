// What a search of settings has found, as lines for people.

import type { Settings } from "../search/index.js";
import type { SearchReport, TrialRecord } from "../study/index.js";
import { readable } from "../study/search/genes.js";
import { metricText, metricTitle } from "../tasks/index.js";
import { counted, grouped, percent } from "../text/format.js";
import { table } from "./table.js";

/** Trials in the table. */
const LISTED = 10;

const short = (value: Settings[string] | undefined) =>
  typeof value === "number" ? `${Number(value.toPrecision(4))}` : `${value ?? ""}`;

/** `lr=0.0123, batch=32`. */
export const settingsText = (settings: Settings): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${short(value)}`)
    .join(", ");

/** A value of an objective; counts in full. */
const valueText = (
  objective: SearchReport["objectives"][number],
  value: number | null | undefined,
): string =>
  objective.unit === "number" && typeof value === "number" && Number.isInteger(value)
    ? grouped(value)
    : metricText(objective, value);

/** `accuracy 97.50 %, macs 416,520`. */
export const valuesText = (
  { values, failed }: TrialRecord,
  objectives: SearchReport["objectives"],
): string =>
  failed !== undefined
    ? `failed: ${failed}`
    : objectives
        .map((one) => `${metricTitle(one.name)} ${valueText(one, values?.[one.name])}`)
        .join(", ");

/** The best trials, the settings of the best one, and what mattered. */
export function searchLines(report: SearchReport, out: string, best: string): string[] {
  const { objectives, trials, order, failed, running, epochs, front, importance, nets } = report;
  const shown = trials.map(({ settings }) => readable(settings, nets));
  const names = [...new Set(shown.flatMap((settings) => Object.keys(settings)))];
  const staged = trials.some(({ until }) => until !== undefined);
  const rows = order.slice(0, LISTED).map((at) => {
    const { number, values, until } = trials[at];
    return [
      `${number}`,
      ...(staged ? [`${until ?? ""}`] : []),
      ...names.map((name) => short(shown[at][name])),
      ...objectives.map((one) => valueText(one, values?.[one.name])),
    ];
  });
  const header = [
    ...["trial", ...(staged ? ["epochs"] : []), ...names],
    ...objectives.map(({ name }) => metricTitle(name)),
  ];
  const states = [
    counted(trials.length, "trial"),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(running > 0 ? [`${running} not over`] : []),
    `${counted(epochs, "epoch")} trained`,
  ];
  return [
    ...(rows.length > 0 ? [...table(header, rows), ""] : []),
    states.join(", "),
    ...(report.best
      ? [
          `best: trial ${report.best.number}, ${valuesText(report.best, objectives)}: ${settingsText(shown[report.best.number])}`,
        ]
      : ["no trial has ended well"]),
    ...(front ? [`none is better in everything than: trials ${front.join(", ")}`] : []),
    ...(importance
      ? [
          `what mattered: ${importance.map(([name, share]) => `${name} ${percent(share, 0)}`).join(", ")}`,
        ]
      : []),
    ...(report.best ? [`train it in full: convoy train --config ${best}`] : []),
    ...(report.best && nets
      ? [`otherwise, or on other data: convoy train DATA --model ${best}`]
      : []),
    `table, chart and runs: ${out}`,
  ];
}
