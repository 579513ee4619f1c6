// All runs: searched, filtered, sorted, and chosen to be compared.

import { useState } from "preact/hooks";
import type { RunRow } from "../../../src/studio/api.js";
import { metricTitle } from "../../../src/tasks/metricText.js";
import { clock, metric } from "../format.js";
import { Fault, Sparkline, StateBadge } from "../parts/small.js";
import { toCompare, toRun, toStart, toStudies } from "../route.js";
import { useRuns } from "../server.js";
import { type Filter, filtered, noFilter, type Order, sorted } from "./runOrder.js";

/** Columns that the list can be sorted by. */
const columns = [
  { key: "path", title: "run" },
  { key: "state", title: "state" },
  { key: "model", title: "model" },
  { key: "data", title: "data" },
  { key: "epochs", title: "epochs" },
  { key: "best", title: "best" },
  { key: "test", title: "test" },
  { key: "seconds", title: "time" },
  { key: "updated", title: "changed" },
] as const satisfies readonly { key: Order["key"]; title: string }[];

const ago = (time: number) => `${clock((Date.now() - time) / 1000)} ago`;

interface RowProps {
  readonly run: RunRow;
  readonly chosen: boolean;
  choose(id: string): void;
}

function Row({ run, chosen, choose }: RowProps) {
  const { id, path, state, model, particles, data, epochs, fault } = run;
  return (
    <tr>
      <td>
        <input
          type="checkbox"
          checked={chosen}
          aria-label={`compare ${path}`}
          onChange={() => choose(id)}
        />
      </td>
      <th scope="row">
        <a href={toRun(id)}>{path}</a>
        {fault && <small class="soft">{fault}</small>}
      </th>
      <td data-name="state">
        <StateBadge state={state} />
      </td>
      <td data-name="model">
        {model}
        {particles !== undefined && <small class="soft">swarm of {particles}</small>}
      </td>
      <td data-name="data">{data}</td>
      <td data-name="epochs">{epochs && `${epochs.done}/${epochs.planned}`}</td>
      <td data-name={`best ${metricTitle(run.metric?.name ?? "")}`}>
        {metric(run.best, run.metric?.unit)} <Sparkline values={run.curve ?? []} />
      </td>
      <td data-name="test">{metric(run.test, run.metric?.unit)}</td>
      <td data-name="time">{clock(run.seconds)}</td>
      <td data-name="changed">{ago(run.updated)}</td>
    </tr>
  );
}

interface HeadProps {
  readonly order: Order;
  sortBy(key: Order["key"]): void;
}

const Head = ({ order, sortBy }: HeadProps) => (
  <thead>
    <tr>
      <td />
      {columns.map(({ key, title }) => (
        <th
          key={key}
          scope="col"
          aria-sort={order.key !== key ? "none" : order.down ? "descending" : "ascending"}
        >
          <button type="button" onClick={() => sortBy(key)}>
            {title} {order.key === key ? (order.down ? "▼" : "▲") : ""}
          </button>
        </th>
      ))}
    </tr>
  </thead>
);

interface FilterProps {
  readonly runs: readonly RunRow[];
  readonly filter: Filter;
  setFilter(filter: Filter): void;
}

const different = (values: readonly (string | undefined)[]) =>
  [...new Set(values.filter((value) => value !== undefined))].sort();

function Filters({ runs, filter, setFilter }: FilterProps) {
  const choice = (name: "state" | "model" | "data", values: readonly string[]) => (
    <label key={name}>
      {name}
      <select
        value={filter[name]}
        onChange={({ currentTarget }) => setFilter({ ...filter, [name]: currentTarget.value })}
      >
        <option value="">all</option>
        {values.map((value) => (
          <option key={value}>{value}</option>
        ))}
      </select>
    </label>
  );
  return (
    <form class="filters" onSubmit={(event) => event.preventDefault()}>
      <label>
        search
        <input
          type="search"
          value={filter.text}
          onInput={({ currentTarget }) => setFilter({ ...filter, text: currentTarget.value })}
        />
      </label>
      {(["state", "model", "data"] as const).map((name) =>
        choice(name, different(runs.map((run) => run[name]))),
      )}
    </form>
  );
}

/** The list. */
export function RunsView() {
  const { value: runs, fault } = useRuns();
  const [filter, setFilter] = useState(noFilter);
  const [order, setOrder] = useState<Order>({ key: "updated", down: true });
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const shown = sorted(filtered(runs ?? [], filter), order);
  const choose = (id: string) =>
    setChosen(chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id]);
  return (
    <>
      <h1 tabIndex={-1}>Runs</h1>
      <Fault text={fault} />
      {runs && <Filters {...{ runs, filter, setFilter }} />}
      <p class="line">
        <a class="button" href={toStart}>
          train on images of yours
        </a>
        <a class="button" href={toStudies}>
          studies
        </a>
      </p>
      <p class="line" role="status">
        {runs === undefined ? "reading…" : `${shown.length} of ${runs.length} runs`}
        {chosen.length > 1 && (
          <a class="button" href={toCompare(chosen)}>{`compare ${chosen.length}`}</a>
        )}
      </p>
      <div class="wide">
        <table class="runs">
          <Head
            order={order}
            sortBy={(key) => setOrder({ key, down: order.key === key ? !order.down : true })}
          />
          <tbody>
            {shown.map((run) => (
              <Row key={run.id} run={run} chosen={chosen.includes(run.id)} choose={choose} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
