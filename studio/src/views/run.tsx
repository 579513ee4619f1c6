// One run while it goes on, and after.

import { useState } from "preact/hooks";
import type { MetricInfo, RunParts } from "../../../src/studio/api.js";
import { metricTitle } from "../../../src/tasks/metricText.js";
import { bytes, clock, columnName, count, metric, number } from "../format.js";
import { Chart } from "../parts/chart.js";
import { ConfusionMatrix } from "../parts/confusion.js";
import { Layers } from "../parts/layers.js";
import { Settings } from "../parts/settings.js";
import { Fault, StateBadge, Tile } from "../parts/small.js";
import { Swarm } from "../parts/swarm.js";
import { Take } from "../parts/take.js";
import { Try } from "../parts/try.js";
import { Worst } from "../parts/worst.js";
import { askToStop, resume, useRun } from "../server.js";
import { column } from "../table.js";

type Parts = Partial<RunParts>;

/** The metric that decides. */
const decidingOf = ({ head }: Parts): MetricInfo | undefined =>
  head?.metrics?.find(({ name }) => name === head.score?.metric);

interface AskProps {
  readonly word: string;
  /** What it does, and what is said once it was asked. */
  readonly does: string;
  readonly asked: string;
  ask(): Promise<void>;
}

/** A button that asks the run for something once. */
function Ask({ word, does, asked, ask }: AskProps) {
  const [told, setTold] = useState<string>();
  const press = () => {
    setTold(asked);
    ask().catch((error: Error) => setTold(error.message));
  };
  return (
    <p class="line">
      <button type="button" class="main" disabled={told !== undefined} onClick={press}>
        {word}
      </button>
      <span role="status">{told ?? does}</span>
    </p>
  );
}

/** Where it is. */
function Now({ parts }: { readonly parts: Parts }) {
  const { live, summary, results, head } = parts;
  const decides = decidingOf(parts);
  const scores = column(results, columnName("selection", decides?.name ?? "x"));
  const known = scores.filter((value) => value !== null);
  const best = decides?.better === "lower" ? Math.min(...known) : Math.max(...known);
  const rate = live?.imagesPerSecond ?? summary?.imagesPerSecond;
  const total = live && live.epochs * live.stepsPerEpoch;
  const done = live && (live.epoch - 1) * live.stepsPerEpoch + live.step;
  const title = metricTitle(decides?.name ?? "score");
  return (
    <>
      {live && <progress aria-label="steps done" max={total!} value={done!} />}
      <dl class="tiles">
        {live && <Tile name="epoch">{`${live.epoch} of ${live.epochs}`}</Tile>}
        {live && <Tile name="step">{`${live.step} of ${live.stepsPerEpoch}`}</Tile>}
        {live?.loss !== undefined && <Tile name="loss of this epoch">{number(live.loss)}</Tile>}
        {live?.lr !== undefined && <Tile name="learning rate">{number(live.lr)}</Tile>}
        <Tile name={`best ${title}`}>{metric(known.length > 0 ? best : null, decides?.unit)}</Tile>
        {summary?.test && (
          <Tile name={`test ${title}`}>
            {metric(summary.test[decides?.name ?? ""], decides?.unit)}
          </Tile>
        )}
        <Tile name="images/s">{count(rate)}</Tile>
        {live && <Tile name="time left">{clock(live.secondsLeft)}</Tile>}
        {summary && <Tile name="time">{clock(summary.seconds)}</Tile>}
        {live && <Tile name="memory">{bytes(live.memory.process)}</Tile>}
        {live && <Tile name="of it programs">{bytes(live.memory.programs)}</Tile>}
        {head?.parameters !== undefined && <Tile name="parameters">{count(head.parameters)}</Tile>}
      </dl>
    </>
  );
}

/** Curves of training and selection. */
function Curves({ parts: { results, log, head } }: { readonly parts: Parts }) {
  const epochs = column(results, "epoch").map((epoch) => epoch ?? Number.NaN);
  const both = (train: string, selection: string) =>
    [
      { name: "training", values: column(results, train), colour: 1, dashed: true },
      { name: "selection", values: column(results, selection), colour: 0 },
    ].filter(({ values }) => values.some((value) => value !== null));
  const charts = (head?.metrics ?? []).map(({ name, unit }) => ({
    title: metricTitle(name),
    series: both(columnName("train", name), columnName("selection", name)),
    unit,
  }));
  const one = (name: string, of: string) => [{ name, values: column(results, of) }];
  const all = [
    { title: "loss", series: both("trainLoss", "selectionLoss") },
    ...charts,
    { title: "learning rate", series: one("rate", "lr") },
    { title: "speed", series: one("images a second", "imagesPerSecond") },
  ].filter(({ series }) => series.length > 0);
  const losses = log?.losses ?? [];
  return (
    <section class="charts" aria-label="curves">
      {losses.length > 1 && (
        <Chart
          title="loss of each step"
          xName="step"
          x={losses.map((_, at) => (at + 1) * log!.every)}
          series={[{ name: "training", values: losses, colour: 1 }]}
        />
      )}
      {epochs.length > 0 &&
        all.map((chart) => <Chart key={chart.title} {...chart} xName="epoch" x={epochs} />)}
    </section>
  );
}

/** The run. */
export function RunView({ id }: { readonly id: string }) {
  const { value: parts = {}, fault } = useRun(id);
  const { head, live, confusion } = parts;
  return (
    <>
      <p>
        <a href="#/">Runs</a>
      </p>
      <h1 tabIndex={-1}>{head?.path ?? "Run"}</h1>
      <Fault text={fault ?? head?.fault} />
      {head && (
        <p class="line">
          <StateBadge state={head.state} />
          <span>{[head.model, head.task, head.data].filter(Boolean).join(" · ")}</span>
        </p>
      )}
      {head?.state === "running" && live?.stoppable && (
        <Ask
          word="stop"
          does="saves the run, which can be gone on with"
          asked="asked to stop: it saves after the current step"
          ask={() => askToStop(id)}
        />
      )}
      {head?.state === "stopped" && (
        <Ask
          word="go on"
          does="trains on from where it was left"
          asked="it begins"
          ask={() => resume(id)}
        />
      )}
      {head?.metrics && <Now parts={parts} />}
      <Curves parts={parts} />
      {(parts.particles || live?.particles) && <Swarm parts={parts} />}
      {(parts.results?.rows.length ?? 0) > 0 && <Try id={id} />}
      {head?.state === "finished" && (
        <Worst id={id} head={head} classes={confusion?.classes ?? []} />
      )}
      {head?.state === "finished" && <Take id={id} name={head.path} />}
      {confusion && <ConfusionMatrix id={id} table={confusion} rows={parts.confused} />}
      {head?.model && <Layers id={id} />}
      {head?.settings && <Settings head={head} />}
    </>
  );
}
