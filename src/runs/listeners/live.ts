// live.json: where a run is at the moment, for whoever watches it from outside. Written at most once a second and
// removed at the end; what stays is in the tables.

import { rmSync } from "node:fs";
import { replaceFile } from "../../files/atomicFile.js";
import { InputError } from "../../inputError.js";
import type { MetricValues } from "../../tasks/index.js";
import type {
  Listener,
  ParticleStatus,
  ParticlesReport,
  RunStart,
  StepDone,
} from "../../train/events.js";
import { Pace } from "../pace.js";

/** Writes are at least this far apart, in milliseconds. */
const EVERY = 1000;

/** Where a run is. Epochs and steps count from 1; a step of 0 is the start of an epoch. */
export interface LiveStatus {
  /** When it was written, in milliseconds since 1970. */
  readonly written: number;
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Means over the training images of the epoch so far; absent before its first step, and of a swarm. */
  readonly loss?: number;
  readonly metrics?: MetricValues;
  /** Of the last step; absent before it, and of a swarm. */
  readonly lr?: number;
  /** Of the epoch so far, by all nets together. */
  readonly imagesPerSecond?: number;
  /** Until the last epoch is done; absent before the first step. */
  readonly secondsLeft?: number;
  /** Bytes of the programs that train, and of the whole process. */
  readonly memory: { readonly programs: number; readonly process: number };
  /** Whether a file `stop` in the folder ends the run. */
  readonly stoppable: boolean;
  /** Of a swarm: a row for each net. */
  readonly particles?: readonly ParticleStatus[];
}

/** Options of {@link live}. */
export interface LiveOptions {
  /** Steps after which the run will stop, if that is before its last epoch ends. */
  readonly steps?: number;
  readonly stoppable: boolean;
  /** The clock, in milliseconds. */
  readonly now?: () => number;
}

/** Sums over the steps of an epoch. */
class EpochSums {
  private images = 0;
  private loss = 0;
  private readonly metrics: Record<string, number> = {};

  add({ images, loss, metrics }: StepDone): void {
    this.images += images;
    this.loss += loss * images;
    for (const [name, value] of Object.entries(metrics)) {
      this.metrics[name] = (this.metrics[name] ?? 0) + value * images;
    }
  }

  get means(): Pick<LiveStatus, "loss" | "metrics"> {
    const mean = (sum: number) => sum / this.images;
    const metrics = Object.entries(this.metrics).map(([name, sum]) => [name, mean(sum)]);
    return { loss: mean(this.loss), metrics: Object.fromEntries(metrics) };
  }
}

/** What one session of a run tells of itself. */
class Live {
  private readonly pace: Pace;
  private epochStart: number;
  private sums = new EpochSums();
  private imagesOfEpoch = 0;
  private at: Pick<LiveStatus, "epoch" | "step">;
  private told: Partial<LiveStatus> = {};
  private written = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly path: string,
    private readonly run: RunStart,
    private readonly options: LiveOptions,
    private readonly now: () => number,
  ) {
    this.pace = new Pace(run, now, options.steps);
    this.epochStart = now();
    const { epoch = 1, step = 1 } = run.resumed ?? {};
    this.at = { epoch, step: step - 1 };
  }

  step(event: StepDone): void {
    this.reach(event);
    this.sums.add(event);
    this.imagesOfEpoch += event.images;
    if (this.isDue) this.told = { ...this.sums.means, lr: event.lr };
    this.write();
  }

  particles(event: ParticlesReport): void {
    this.reach(event);
    // A resumed run has images of the session before in its first epoch.
    this.imagesOfEpoch = event.images * (this.pace.ownOf(event) / event.step);
    this.told = { particles: event.particles };
    this.write(event.evaluated);
  }

  endEpoch(epoch: number): void {
    this.at = { epoch: Math.min(epoch + 1, this.run.epochs), step: 0 };
    this.sums = new EpochSums();
    this.imagesOfEpoch = 0;
    this.epochStart = this.now();
  }

  /** Writes what is known, not too often. */
  write(due = this.isDue): void {
    if (!due) return;
    this.written = this.now();
    try {
      replaceFile(this.path, `${JSON.stringify(this.status)}\n`);
    } catch (error) {
      // A disk that is full or gone; whoever saves next is told.
      if (!(error instanceof InputError)) throw error;
    }
  }

  private get isDue(): boolean {
    return this.now() - this.written >= EVERY;
  }

  private reach(event: StepDone | ParticlesReport): void {
    this.pace.reach(event);
    const { epoch, step } = event;
    this.at = { epoch, step };
  }

  private get status(): LiveStatus {
    const { epochs, stepsPerEpoch, memory } = this.run;
    const seconds = (this.now() - this.epochStart) / 1000;
    const rate = seconds > 0 ? this.imagesOfEpoch / seconds : 0;
    return {
      written: Date.now(),
      ...this.at,
      epochs,
      stepsPerEpoch,
      ...this.told,
      ...(rate > 0 && { imagesPerSecond: rate }),
      secondsLeft: this.pace.secondsLeft,
      memory: { programs: memory.peakBytes, process: process.memoryUsage.rss() },
      stoppable: this.options.stoppable,
    };
  }
}

/** Keeps the file while the run goes on. */
export function live(path: string, options: LiveOptions): Listener {
  const { now = () => performance.now() } = options;
  let current: Live | undefined;
  return (event) => {
    if (event.type === "runStart") {
      current = new Live(path, event, options, now);
      current.write();
    } else if (event.type === "step") current?.step(event);
    else if (event.type === "particles") current?.particles(event);
    else if (event.type === "epochEnd") current?.endEpoch(event.epoch);
    else if (event.type === "runEnd") rmSync(path, { force: true });
  };
}
