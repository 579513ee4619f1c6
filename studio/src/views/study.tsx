// One search of settings: its trials, the best of them, and how settings and results go together.

import { useState } from "preact/hooks";
import type { StudyObjective, StudyParts, TrialRow } from "../../../src/studio/api.js";
import { metricTitle } from "../../../src/tasks/metricText.js";
import { count, metric, number } from "../format.js";
import { Scatter } from "../parts/scatter.js";
import { Fault, StateBadge, Tile } from "../parts/small.js";
import { toRun, toStudies } from "../route.js";
import { useStudy } from "../server.js";

/** A column that trials are sorted by. */
interface Column {
  readonly name: string;
  of(trial: TrialRow): number | string | null | undefined;
  text(trial: TrialRow): string;
}

const textOf = (value: number | string | undefined) =>
  typeof value === "number" ? number(value) : (value ?? "");

/** Columns of the objectives, of what was set and of how long it was trained. */
function columnsOf({ objectives, trials }: StudyParts): Column[] {
  const names = [...new Set(trials.flatMap(({ settings }) => Object.keys(settings)))];
  return [
    { name: "trial", of: (trial) => trial.number, text: (trial) => count(trial.number) },
    ...objectives.map(({ name, unit }) => ({
      name: metricTitle(name),
      of: ({ values }: TrialRow) => values?.[name],
      text: ({ values }: TrialRow) => metric(values?.[name], unit),
    })),
    ...names.map((name) => ({
      name,
      of: ({ settings }: TrialRow) => settings[name],
      text: ({ settings }: TrialRow) => textOf(settings[name]),
    })),
    { name: "epochs", of: ({ epochs }) => epochs, text: ({ epochs }) => count(epochs) },
  ];
}

/** What is known before what is not, numbers as numbers. */
function compared(a: ReturnType<Column["of"]>, b: ReturnType<Column["of"]>): number {
  if (a === undefined || a === null || b === undefined || b === null) {
    return Number(a === undefined || a === null) - Number(b === undefined || b === null);
  }
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), "en", { numeric: true });
}

interface TrialsProps {
  readonly study: StudyParts;
}

/** A row a trial, the best ones marked. */
function Trials({ study }: TrialsProps) {
  const columns = columnsOf(study);
  const [{ better }] = study.objectives;
  const [order, setOrder] = useState({ at: 1, down: better === "higher" });
  const column = columns[order.at] ?? columns[0];
  const sorted = [...study.trials].sort((one, other) => {
    const [a, b] = [column.of(one), column.of(other)];
    const known = (value: typeof a) => value !== undefined && value !== null;
    return (known(a) && known(b) && order.down ? -1 : 1) * compared(a, b);
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keys
    <section class="wide" tabIndex={0} aria-label="trials">
      <table class="runs">
        <thead>
          <tr>
            {columns.map(({ name }, at) => (
              <th
                key={name}
                scope="col"
                aria-sort={order.at !== at ? "none" : order.down ? "descending" : "ascending"}
              >
                <button
                  type="button"
                  onClick={() => setOrder({ at, down: order.at === at ? !order.down : true })}
                >
                  {name} {order.at === at ? (order.down ? "▼" : "▲") : ""}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((trial) => (
            <tr key={trial.number}>
              {columns.map(({ name, text }, at) =>
                at === 0 ? (
                  <th key={name} scope="row">
                    <a href={toRun(trial.run)}>{text(trial)}</a>
                    {study.front.includes(trial.number) && " ★ best"}
                    {trial.failed !== undefined && <small class="soft">{trial.failed}</small>}
                  </th>
                ) : (
                  <td key={name} data-name={name}>
                    {text(trial)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The first two objectives against each other, those that nothing beats marked. */
function Front({ study }: TrialsProps) {
  const [x, y] = [study.objectives[1], study.objectives[0]];
  if (!x) return null;
  const value = ({ values }: TrialRow, { name }: StudyObjective) => values?.[name];
  const points = study.trials.flatMap((trial) => {
    const [a, b] = [value(trial, x), value(trial, y)];
    if (typeof a !== "number" || typeof b !== "number") return [];
    const isBest = study.front.includes(trial.number);
    return [{ x: a, y: b, name: `trial ${trial.number}`, isBest }];
  });
  return <Scatter points={points} xName={metricTitle(x.name)} yName={metricTitle(y.name)} />;
}

/** The study. */
export function StudyView({ id }: { readonly id: string }) {
  const { value: study, fault } = useStudy(id);
  return (
    <>
      <p>
        <a href={toStudies}>Studies</a>
      </p>
      <h1 tabIndex={-1}>{study?.path ?? "Study"}</h1>
      <Fault text={fault} />
      {study && (
        <>
          <p class="line">
            <StateBadge state={study.isRunning ? "running" : "finished"} />
            <span>{[study.data, study.sampler].join(" · ")}</span>
          </p>
          <dl class="tiles">
            <Tile name="trials">{`${count(study.over)}${study.planned === undefined ? "" : ` of ${count(study.planned)}`}`}</Tile>
            <Tile name="failed">{count(study.failed)}</Tile>
            <Tile name={`best ${metricTitle(study.objectives[0].name)}`}>
              {metric(study.best, study.objectives[0].unit)}
            </Tile>
          </dl>
          <Front study={study} />
          {study.over > 0 && (
            <figure>
              <figcaption>settings and results of each trial</figcaption>
              <div class="wide">
                <img
                  class="drawing"
                  src={`/api/study.svg?id=${id}&over=${study.over}`}
                  alt="a line for each trial over an axis for each setting and objective; the table has the numbers"
                />
              </div>
            </figure>
          )}
          <h2>Trials</h2>
          <Trials study={study} />
        </>
      )}
    </>
  );
}
