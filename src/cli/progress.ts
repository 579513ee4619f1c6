// What a training run shows while it goes on. On a terminal one live line an epoch, which becomes that
// epoch's result; elsewhere the results alone.

import { styleText } from "node:util";
import type { MemoryReport } from "../engine/engine.js";
import { Pace } from "../runs/index.js";
import { lossText, type MetricInfo, metricText, metricTitle } from "../tasks/index.js";
import { formatBytes } from "../text/bytes.js";
import { clock, grouped } from "../text/format.js";
import { printable } from "../text/printable.js";
import type {
  EpochEnd,
  Listener,
  ParticlesReport,
  RoundPlayed,
  RunEnd,
  RunStart,
  StepDone,
  Summary,
  SwarmSize,
  TeacherReport,
} from "../train/index.js";
import { type Stream, say } from "./console.js";
import { fitting, type Part, widthOf } from "./lineParts.js";
import { LiveBlock } from "./liveBlock.js";
import { particleRow, rescueLine } from "./particleRows.js";
import { timeLeft } from "./timeLeft.js";

/** Redraws of the live line are at least this far apart, in milliseconds. */
const REDRAW = 100;
const BAR_WIDTH = 20;

/** Options of {@link showProgress}. */
export interface ProgressOptions {
  /** Steps after which the run will stop, if that is before its last epoch ends. */
  readonly steps?: number;
  /** The clock, in milliseconds. */
  readonly now?: () => number;
}

/** Why a run ended, for its last lines; nothing to say about a run that did all its epochs. */
const reasons: Readonly<Record<RunEnd["reason"], string>> = {
  finished: "",
  patience: "stopped: no better epoch for as many epochs as --patience says",
  steps: "stopped after as many steps as --steps says",
  gradients: "stopped: the work of --gradients is done",
  minutes: "stopped: the time of --minutes is used up",
  aborted: "interrupted",
};

/** `1:23 left`, from the time that the steps of this session took; nothing before the first of them. */
const leftOf = ({ seconds, done, left }: Pace) => timeLeft(seconds, done, left);

/** Of training, as parts of a line. */
const lossAndMetric = (loss: number, shown: MetricInfo | undefined, value: number): Part[] => [
  { text: `loss ${lossText(loss)}` },
  { text: shown ? `${metricTitle(shown.name)} ${metricText(shown, value)}` : "", rank: 1 },
];

/** Means over the steps of the current epoch. */
class EpochMeans {
  private images = 0;
  private loss = 0;
  private metric = 0;

  constructor(
    private readonly start: number,
    /** The metric that is shown of training, if there is one. */
    private readonly shown: MetricInfo | undefined,
  ) {}

  add({ images, loss, metrics }: StepDone): void {
    this.images += images;
    this.loss += loss * images;
    if (this.shown) this.metric += metrics[this.shown.name] * images;
  }

  describe(now: number): Part[] {
    const rate = this.images / Math.max(1e-3, (now - this.start) / 1000);
    return [
      ...lossAndMetric(this.loss / this.images, this.shown, this.metric / this.images),
      { text: `${grouped(rate)} img/s`, rank: 2 },
    ];
  }
}

function bar(share: number): string {
  const filled = Math.round(share * BAR_WIDTH);
  return `[${"=".repeat(filled)}${" ".repeat(BAR_WIDTH - filled)}]`;
}

const sizeOf = (
  { particles, atOnce, vectorBytes, stateBytes }: SwarmSize,
  { peakBytes }: MemoryReport,
) =>
  `swarm: ${grouped(particles)} nets, ${atOnce} at a time; ${formatBytes(vectorBytes)} of vectors, ` +
  `${formatBytes(stateBytes)} of optimizer state each, ${formatBytes(peakBytes)} of programs`;

const teacherLine = ({ path, model, members, gradients }: TeacherReport) =>
  `teacher: ${members === undefined ? model : `${grouped(members)} nets of ${model}`}, ${path}; with it a step costs ` +
  `${gradients.toFixed(2)} gradients of the net`;

const whereIn = ({ epoch, step }: { epoch: number; step: number }, epochs: number) =>
  epoch > epochs ? "whose epochs are all done" : `going on at epoch ${epoch}, step ${step}`;

function opening(event: RunStart): string[] {
  const {
    model,
    parameters,
    engine,
    threads,
    precision,
    images,
    epochs,
    resumed,
    run,
    optimizer,
    lr,
    teacher,
    swarm,
    memory,
    intake,
    notes = [],
  } = event;
  const set = (name: string, count: number) => (count > 0 ? `, ${grouped(count)} ${name}` : "");
  return [
    `${model}: ${grouped(parameters)} parameters, ${engine} engine, ${threads} thread${threads > 1 ? "s" : ""}, ${precision}`,
    `images: ${grouped(images.train)} training${set("selection", images.selection)}${set("test", images.test)}`,
    `optimizer: ${optimizer}${lr === undefined ? "" : `, lr ${lr}`}`,
    ...notes.map((note) => `data: ${note}`),
    ...(intake ? [`intake: ${intake}`] : []),
    ...(teacher ? [teacherLine(teacher)] : []),
    ...(swarm ? [sizeOf(swarm, memory)] : []),
    ...(memory.plan ? [`memory: ${memory.plan}`] : []),
    `run ${run}${resumed ? `, ${whereIn(resumed, epochs)}` : ""}`,
  ];
}

/** The metric that decides. */
const deciding = ({ metrics, score }: RunStart): MetricInfo =>
  metrics.find(({ name }) => name === score.metric)!;

/** Which nets of a swarm make the one that it gives. */
const madeOf = (members: Summary["members"]) =>
  members ? ` of particle${members.length > 1 ? "s" : ""} ${members.join(", ")}` : "";

function closing({ summary, reason }: RunEnd, decides: MetricInfo): string[] {
  const { best, members, test, run, seconds, score } = summary;
  const title = metricTitle(score.metric);
  return [
    reasons[reason],
    best
      ? `best epoch ${best.epoch}${madeOf(members)}: selection ${title} ${metricText(decides, best.score)}`
      : "",
    `run ${run}, ${clock(seconds)}`,
    test ? `test ${title} ${metricText(decides, test[score.metric])}` : "",
  ].filter((line) => line !== "");
}

/** A listener that shows warnings and what a run comes to, and nothing else. */
export function showResult(stream: Stream): Listener {
  let decides: MetricInfo;
  return (event) => {
    if (event.type === "runStart") decides = deciding(event);
    if (event.type === "warning") say(stream, `warning: ${event.message}`);
    if (event.type === "runEnd") for (const line of closing(event, decides)) say(stream, line);
  };
}

/** A listener that shows a run on a stream. */
export function showProgress(stream: Stream, options: ProgressOptions = {}): Listener {
  const { now = () => performance.now() } = options;
  const block = new LiveBlock(stream);
  const colored = block.live && !process.env.NO_COLOR;
  const style = (name: "green" | "dim" | "yellow", text: string) =>
    colored ? styleText(name, text) : text;
  const print = (line: string) => block.print(line);
  const width = () => widthOf(stream);
  let pace: Pace;
  let epochs = 0;
  let means: EpochMeans | undefined;
  let decides: MetricInfo;
  let shown: MetricInfo | undefined;
  /** When the current epoch began: its first steps take time, too. */
  let epochStart = 0;
  let drawn = Number.NEGATIVE_INFINITY;

  const label = (epoch: number) =>
    `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`;

  /** Draws the live lines, not too often. */
  function draw(
    { epoch, step, stepsPerEpoch }: StepDone | ParticlesReport,
    means: readonly Part[],
    rows: readonly string[] = [],
  ): void {
    if (!block.live || now() - drawn < REDRAW) return;
    drawn = now();
    const share = { text: bar(step / stepsPerEpoch), rank: 3 };
    const line = [{ text: label(epoch) }, share, ...means, { text: leftOf(pace) }];
    block.draw([fitting(line, width()), ...rows]);
  }

  function step(event: StepDone): void {
    pace.reach(event);
    means ??= new EpochMeans(epochStart, shown);
    means.add(event);
    draw(event, means.describe(now()));
  }

  function particles(event: ParticlesReport): void {
    pace.reach(event);
    const rows = event.particles.map((status) =>
      fitting(particleRow(status, decides, shown), width()),
    );
    const images = event.images * (pace.ownOf(event) / event.step);
    const rate = images / Math.max(1e-3, (now() - epochStart) / 1000);
    draw(event, [{ text: `${grouped(rate)} img/s` }], rows);
    if (!event.evaluated) return;
    for (const row of rows) print(row);
  }

  function epochEnd(event: EpochEnd): void {
    means = undefined;
    epochStart = now();
    const { epoch, trainLoss, train, imagesPerSecond, best } = event;
    const score = metricText(decides, event.selection[decides.name]);
    const dim = (text: string) => style("dim", text);
    const parts: Part[] = [
      { text: label(epoch) },
      ...lossAndMetric(trainLoss, shown, shown ? train[shown.name] : Number.NaN),
      {
        // Named where the number before it is of another metric.
        text: `selection ${decides.name === shown?.name ? "" : `${metricTitle(decides.name)} `}${score}${best ? " *" : "  "}`,
        style: best ? (text) => style("green", text) : undefined,
      },
      { text: `${grouped(imagesPerSecond)} img/s`, rank: 3, style: dim },
      { text: leftOf(pace), rank: 2, style: dim },
    ];
    print(fitting(parts, width()));
  }

  function round({ rescued = [], constantLoss }: RoundPlayed): void {
    for (const each of rescued) print(style("dim", rescueLine(each, constantLoss)));
  }

  return (event) => {
    switch (event.type) {
      case "runStart":
        pace = new Pace(event, now, options.steps);
        epochStart = now();
        epochs = event.epochs;
        decides = deciding(event);
        shown = decides.trained ? decides : event.metrics.find(({ trained }) => trained);
        for (const line of opening(event)) print(printable(line));
        break;
      case "step":
        return step(event);
      case "particles":
        return particles(event);
      case "round":
        return round(event);
      case "epochEnd":
        return epochEnd(event);
      case "warning":
        return void print(style("yellow", printable(`warning: ${event.message}`)));
      case "runEnd":
        for (const line of closing(event, decides)) print(printable(line));
        break;
    }
  };
}
