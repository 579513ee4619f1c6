// Several runs: their curves over each other, what they came to, and the settings in which they differ.

import { useState } from "preact/hooks";
import type { MetricInfo, RunParts } from "../../../src/studio/api.js";
import { metricTitle } from "../../../src/tasks/metricText.js";
import { clock, columnName, metric } from "../format.js";
import { Chart } from "../parts/chart.js";
import { Fault, StateBadge } from "../parts/small.js";
import { toRun } from "../route.js";
import { useRuns, useSomeRuns } from "../server.js";
import { column } from "../table.js";
import { alongside, differing } from "./alongside.js";

type Parts = Partial<RunParts>;

/** What the curves are drawn over. */
type Over = "epoch" | "seconds" | "gradients";

const overs: Readonly<Record<Over, string>> = {
  epoch: "epoch",
  seconds: "time in seconds",
  gradients: "passes of gradients",
};

/** Points of a curve: x and y of each epoch. */
function curveOf({ results }: Parts, name: string, over: Over) {
  const y = column(results, name);
  let sum = 0;
  const x = column(results, over).map((value) =>
    over === "seconds" ? (sum += value ?? 0) : (value ?? Number.NaN),
  );
  return { x, y };
}

interface CurvesProps {
  readonly runs: readonly Parts[];
  readonly metrics: readonly MetricInfo[];
  readonly over: Over;
}

function Curves({ runs, metrics, over }: CurvesProps) {
  const chart = (title: string, name: string, unit?: MetricInfo["unit"]) => {
    const { x, all } = alongside(runs.map((run) => curveOf(run, name, over)));
    const series = all.map((values, at) => ({
      name: `${at + 1} ${runs[at].head?.path ?? ""}`,
      ...{ values, colour: at },
    }));
    return x.length > 0 && <Chart key={name} {...{ title, x, series, unit }} xName={over} />;
  };
  return (
    <section class="charts" aria-label="curves">
      {chart("selection loss", "selectionLoss")}
      {metrics.map(({ name, unit }) =>
        chart(`selection ${metricTitle(name)}`, columnName("selection", name), unit),
      )}
      {chart("training loss", "trainLoss")}
    </section>
  );
}

interface TableProps {
  readonly ids: readonly string[];
  readonly runs: readonly Parts[];
}

/** A column for each run: state, results, and the settings that are not the same. */
function Table({ ids, runs }: TableProps) {
  const heads = runs.map(({ head }) => head);
  const rows: (readonly [string, readonly string[]])[] = [
    ["model", heads.map((head) => head?.model ?? "")],
    ["best", runs.map(({ head, summary }) => metric(summary?.best?.score, unitOf(head)))],
    [
      "test",
      runs.map(({ head, summary }) =>
        metric(summary?.test?.[head?.score?.metric ?? ""], unitOf(head)),
      ),
    ],
    ["time", runs.map(({ summary }) => clock(summary?.seconds))],
    ...differing(heads.map((head) => head?.settings ?? {})),
  ];
  return (
    <div class="wide">
      <table>
        <thead>
          <tr>
            <td />
            {heads.map((head, at) => (
              <th key={ids[at]} scope="col">
                <span class={`swatch c${at % 8} ${at >= 8 ? "dashed" : ""}`} />
                <a href={toRun(ids[at])}>{`${at + 1} ${head?.path ?? "?"}`}</a>{" "}
                {head && <StateBadge state={head.state} />}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, cells]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {cells.map((cell, at) => (
                <td key={ids[at]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const unitOf = (head: Parts["head"]) =>
  head?.metrics?.find(({ name }) => name === head.score?.metric)?.unit;

/** The comparison. */
export function CompareView({ ids }: { readonly ids: readonly string[] }) {
  const [over, setOver] = useState<Over>("epoch");
  const list = useRuns().value ?? [];
  const stamp = list
    .filter(({ id }) => ids.includes(id))
    .map(({ state, updated }) => `${state}${updated}`);
  const { value, fault } = useSomeRuns(ids, stamp.join());
  const runs = ids.map((id) => value?.get(id) ?? {});
  return (
    <>
      <p>
        <a href="#/">Runs</a>
      </p>
      <h1 tabIndex={-1}>{`Compare ${ids.length} runs`}</h1>
      <Fault text={fault} />
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <label>
          curves over
          <select
            value={over}
            onChange={({ currentTarget }) => setOver(currentTarget.value as Over)}
          >
            {Object.entries(overs).map(([name, title]) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
      </form>
      {value && <Curves {...{ runs, over }} metrics={runs[0].head?.metrics ?? []} />}
      {value && <Table {...{ ids, runs }} />}
    </>
  );
}
