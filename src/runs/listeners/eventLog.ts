// The event file of a run folder, for TensorBoard: `tensorboard --logdir runs`. Charts are by step of the run.

import { eventFileStart, eventRecord, type Logged } from "../../tensor/eventFile.js";
import type {
  Listener,
  ParticleStatus,
  ParticlesReport,
  RunStart,
  StepDone,
} from "../../train/events.js";
import type { EpochRecord } from "../../train/progress.js";
import type { RunLog } from "../runLog.js";

/** Points of a chart of steps in an epoch, at most twice as many. */
const POINTS = 20;

const numbers = (values: Readonly<Record<string, number | undefined>>): Logged[] =>
  Object.entries(values).flatMap(([tag, value]) =>
    value !== undefined && Number.isFinite(value) ? [{ tag, value }] : [],
  );

/** Metrics by the names of their charts: `accuracy/train`. */
const inPart = (metrics: Readonly<Record<string, number>>, part: string) =>
  Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`${name}/${part}`, value]));

const ofEpoch = (record: EpochRecord): Logged[] =>
  numbers({
    "loss/train": record.trainLoss,
    ...inPart(record.train, "train"),
    "loss/selection": record.selectionLoss,
    ...inPart(record.selection, "selection"),
    lr: record.lr,
    images_per_second: record.imagesPerSecond,
    gradients: record.gradients,
    bytes_sent: record.bytesSent,
  });

const ofParticle = ({ particle, loss, lr, score, move }: ParticleStatus): Logged[] =>
  numbers(inPart({ loss, lr, score: score ?? Number.NaN, move }, `particle_${particle}`));

/** What the text page shows of a run. */
function told({ task, model, optimizer, batch, seed, engine, parameters, images }: RunStart) {
  const rows = { task, model, parameters, optimizer, batch, seed, engine, ...images };
  const lines = Object.entries(rows).map(([name, value]) => `| ${name} | ${value} |`);
  return ["| | |", "|---|---|", ...lines].join("\n");
}

/** Keeps the file. */
class EventLog {
  constructor(
    private readonly log: RunLog,
    private readonly run: RunStart,
  ) {}

  /** A file that is not what it was at the checkpoint is made anew from the epochs that are known. */
  async begin(): Promise<void> {
    const { log, run } = this;
    if (run.resumed && log.length > 0) return;
    await log.rewrite(eventFileStart(now()));
    this.add(0, [{ tag: "run", text: told(run) }]);
    for (const record of run.history) this.epoch(record);
  }

  step({ epoch, step, loss, lr }: StepDone): void {
    if (this.isPoint(step)) this.add(this.at(epoch, step), numbers({ "loss/step": loss, lr }));
  }

  particles({ epoch, step, particles }: ParticlesReport): void {
    this.add(this.at(epoch, step), particles.flatMap(ofParticle));
  }

  epoch(record: EpochRecord): void {
    this.add(record.epoch * this.run.stepsPerEpoch, ofEpoch(record));
  }

  /** What the best weights are worth, at the end of the charts. */
  test(epochs: number, metrics: Readonly<Record<string, number>>): void {
    this.add(epochs * this.run.stepsPerEpoch, numbers(inPart(metrics, "test")));
  }

  private isPoint(step: number): boolean {
    return step % Math.max(1, Math.floor(this.run.stepsPerEpoch / POINTS)) === 0;
  }

  private at(epoch: number, step: number): number {
    return (epoch - 1) * this.run.stepsPerEpoch + step;
  }

  private add(step: number, logged: readonly Logged[]): void {
    if (logged.length > 0) this.log.append(eventRecord(now(), step, logged));
  }
}

const now = () => Date.now() / 1000;

/** Writes the event file of a run. */
export function eventLog(log: RunLog): Listener {
  let events: EventLog | undefined;
  return async (event) => {
    if (event.type === "runStart") {
      events = new EventLog(log, event);
      await events.begin();
    } else if (event.type === "step") events?.step(event);
    else if (event.type === "particles" && event.evaluated) events?.particles(event);
    else if (event.type === "epochEnd") events?.epoch(event);
    else if (event.type === "runEnd" && event.summary.test) {
      events?.test(event.summary.epochs, event.summary.test);
    }
  };
}
