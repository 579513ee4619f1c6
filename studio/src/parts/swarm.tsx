// A swarm: a row for each net, their curves, who took whose place, and their paths.

import type { MetricInfo, RescueRow, RunParts } from "../../../src/studio/api.js";
import { metricTitle } from "../../../src/tasks/metricText.js";
import { counted, metric, number } from "../format.js";
import { column, grouped } from "../table.js";
import { Chart } from "./chart.js";
import { Paths } from "./paths.js";
import { Heads } from "./small.js";

type Parts = Partial<RunParts>;

/** A net as it is now. */
interface NetRow {
  readonly particle: number;
  readonly healthy: boolean;
  readonly loss: number | null;
  readonly lr: number | null;
  readonly score: number | null;
  readonly bestScore: number | null;
  readonly chosen: number | null;
  readonly rateFactor: number | null;
  readonly restored: number | null;
  readonly behind: number | null;
}

/** The last row that a table has of each net. */
function lastRows({ particles }: Parts): NetRow[] {
  const names = ["loss", "lr", "score", "bestScore", "chosen", "rateFactor", "restored", "behind"];
  const ids = column(particles, "particle");
  const columns = names.map((name) => [name, column(particles, name)] as const);
  const latest = new Map(ids.map((id, row) => [id ?? 0, row]));
  return [...latest].map(([particle, row]) => {
    const values = columns.map(([name, cells]) => [name, cells[row] ?? null]);
    const rest = Object.fromEntries(values) as Omit<NetRow, "particle" | "healthy">;
    return { particle, healthy: rest.loss !== null, ...rest };
  });
}

/** The nets as they are: of a run at work what it tells of them now. */
function netsOf(parts: Parts): NetRow[] {
  const now = parts.live?.particles;
  if (!now) return lastRows(parts);
  return now.map(({ score = null, bestScore = null, chosen = null, ...net }) => ({
    ...net,
    ...{ score, bestScore, chosen },
  }));
}

/** How a net is doing, in words. */
function stateOf({ healthy, behind, restored }: NetRow): string {
  if (!healthy) return "! diverged";
  const times = restored ? `, restored ${counted(restored, "time")}` : "";
  return behind ? `↓ behind for ${counted(behind, "epoch")}${times}` : `✓ well${times}`;
}

function Nets({ parts }: { readonly parts: Parts }) {
  const unit = parts.head?.metrics?.find(({ name }) => name === parts.head?.score?.metric)?.unit;
  const title = metricTitle(parts.head?.score?.metric ?? "score");
  const heads = [
    "net",
    "state",
    "loss",
    title,
    `best ${title}`,
    "rate",
    "rate factor",
    "pulled to",
  ];
  return (
    <div class="wide">
      <table>
        <thead>
          <tr>
            <Heads names={heads} />
          </tr>
        </thead>
        <tbody>
          {netsOf(parts).map((net) => (
            <tr key={net.particle}>
              <th scope="row">
                <span class={`swatch c${net.particle % 8} ${net.particle >= 8 ? "dashed" : ""}`} />
                net {net.particle}
              </th>
              <td>{stateOf(net)}</td>
              <td>{number(net.loss)}</td>
              <td>{metric(net.score, unit)}</td>
              <td>{metric(net.bestScore, unit)}</td>
              <td>{number(net.lr)}</td>
              <td>{number(net.rateFactor)}</td>
              <td>{net.chosen === null ? "" : `net ${net.chosen}`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Curves of each net by epoch. */
function NetCurves({ parts: { particles, swarm, head, places } }: { readonly parts: Parts }) {
  const unit = head?.metrics?.find(({ name }) => name === head?.score?.metric)?.unit;
  const chart = (title: string, name: string, unit?: MetricInfo["unit"]) => {
    const { x, series } = grouped(particles, "particle", name);
    const curves = [...series].map(([net, values]) => ({
      name: `net ${net}`,
      values,
      colour: net,
    }));
    return curves.length > 0 && <Chart {...{ title, x, unit }} xName="epoch" series={curves} />;
  };
  const consensus = column(swarm, "consensus");
  return (
    <div class="charts">
      {chart("training loss of each net", "loss")}
      {chart(`${metricTitle(head?.score?.metric ?? "score")} of each net`, "score", unit)}
      {consensus.some((value) => value !== null) && (
        <Chart
          title="mean squared distance to the mean"
          xName="epoch"
          x={column(swarm, "epoch").map((epoch) => epoch ?? Number.NaN)}
          series={[{ name: "distance", values: consensus, colour: 6 }]}
        />
      )}
      {places && <Paths places={places} />}
    </div>
  );
}

const Rescues = ({ rescues }: { readonly rescues: readonly RescueRow[] }) => (
  <details>
    <summary>{`${counted(rescues.length, "rescue")}: a net that was behind took another one's place`}</summary>
    <ul>
      {rescues.map(({ epoch, particle, from, loss, fromLoss }, at) => (
        // The list only grows
        <li key={at}>
          epoch {epoch}: net {particle} (loss {number(loss)}) took the place of net {from} (
          {number(fromLoss)})
        </li>
      ))}
    </ul>
  </details>
);

/** All of it. */
export function Swarm({ parts }: { readonly parts: Parts }) {
  const rescues = parts.log?.rescues ?? [];
  return (
    <section>
      <h2>Swarm</h2>
      <Nets parts={parts} />
      {rescues.length > 0 && <Rescues rescues={rescues} />}
      <NetCurves parts={parts} />
    </section>
  );
}
