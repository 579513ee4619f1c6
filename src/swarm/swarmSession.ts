// A swarm in training: what a run sees of several nets and their coupling.

import type { Engine, MemoryReport, Vector } from "../engine/engine.js";
import { sumReports } from "../engine/memory.js";
import { checkPlain } from "../settings.js";
import type {
  EpochRecord,
  Evaluation,
  Evaluator,
  Listener,
  ParticleStatus,
  Prepared,
  Progress,
  State,
  SwarmSize,
  Training,
} from "../train/index.js";
import { DivergedError, Ledger } from "../train/index.js";
import { type CatchUp, missedMessage } from "./catchUp.js";
import type { Coupling } from "./coupling.js";
import type { Deployed } from "./deployed.js";
import { deadlineIn, type Exchange } from "./exchange/exchange.js";
import { meanOf } from "./joined.js";
import type { Particle } from "./particle.js";
import { roundsIn, seesEpoch } from "./rhythm.js";
import { playRound, type RoundResult } from "./round.js";
import type { SharedGradient } from "./sharedGradient.js";
import type { Sketcher } from "./sketch.js";
import type { StepProbe } from "./stepProbe.js";
import { takeStock } from "./stock.js";
import { expectOf, type Sent, type SwarmMemory, swarmMemory } from "./swarmMemory.js";
import { unmoved } from "./unmoved.js";
import { sumOf, type Whole } from "./whole.js";

/** Local steps between two looks at the clock and at the user's wish to stop. */
const STRETCH = 50;

/** Rounds in a row that no net came through, after which none will: the rate of a lost net is halved each time. */
const IN_VAIN = 20;

/** What a swarm is made of. */
export interface SwarmParts {
  readonly prepared: Prepared;
  /** Those of this process, in ascending order. */
  readonly particles: readonly Particle[];
  readonly exchange: Exchange;
  readonly whole: Whole;
  readonly catchUp: CatchUp;
  /** Milliseconds that a round waits for particles of other processes; default without end. */
  readonly wait?: number;
  readonly coupling: Coupling;
  /** Who stands for the swarm. */
  readonly deployed: Deployed;
  readonly size: SwarmSize;
  /** Where gradients become one, if they do. */
  readonly shared?: SharedGradient;
  readonly evaluator: Evaluator;
  /** A point of the first particle's engine, for the mean [layout.length]. */
  readonly spare: Vector;
  readonly sketcher: Sketcher;
  /** Training loss of the best constant answer, where particles may be rescued. */
  readonly constant?: number;
  /** Takes steps apart, where the run asks for it. */
  readonly probe?: StepProbe;
  /** The engines that were made for the swarm. */
  readonly engines: readonly Engine[];
}

/** Several nets in training; the one that it deploys stands for all. */
export class SwarmSession implements Training {
  private readonly ledger: Ledger;
  private last: RoundResult;
  private sent: Sent = { run: 0, epoch: 0 };
  /** What the exchange had counted at the last round. */
  private counted = 0;
  /** Rounds in a row that nobody came through. */
  private vain = 0;
  /** The round that comes next, or an earlier one. */
  private played = 0;
  /** How far the exchange had come at the last two saves. */
  private marks: readonly { readonly round: number; readonly gathers: number }[] = [];

  constructor(private readonly parts: SwarmParts) {
    const { question, score } = parts.prepared;
    const [{ learner }] = parts.particles;
    this.ledger = new Ledger(question.task, score, learner.firstWhole);
    this.last = { rescues: [], lost: [], moves: parts.particles.map(() => 0), chosen: [] };
  }

  get layout() {
    return this.parts.deployed.layout;
  }

  get startLayout() {
    return this.parts.particles[0].learner.layout;
  }

  get vectorLengths(): Readonly<Record<string, number>> {
    const entries = this.parts.particles.flatMap(({ vectors }) => Object.entries(vectors));
    return Object.fromEntries(entries.map(([name, { length }]) => [name, length]));
  }

  get memory(): MemoryReport {
    const reports = this.parts.engines.map(
      (engine) => this.parts.particles.find((p) => p.engine === engine)!.learner.memory,
    );
    return sumReports(reports);
  }

  get size(): SwarmSize {
    return this.parts.size;
  }

  get warnings(): readonly string[] {
    const { prepared, coupling, size } = this.parts;
    const { stepsPerEpoch } = this;
    const found = unmoved(coupling, size.particles, { ...prepared.config, stepsPerEpoch });
    return found === undefined ? [] : [found];
  }

  get bytesSent(): number {
    return this.sent.run;
  }

  get gradientCost(): number {
    return this.parts.particles[0].learner.gradientCost;
  }

  get stepsPerEpoch(): number {
    return this.parts.particles[0].learner.stepsPerEpoch;
  }

  /** Of all particles together. */
  get batchSize(): number {
    return this.parts.size.particles * this.parts.particles[0].learner.batchSize;
  }

  /** Its engines as one. */
  get engine(): Training["engine"] {
    const { engines } = this.parts;
    return {
      name: engines[0].name,
      threads: engines.reduce((sum, { threads }) => sum + threads, 0),
    };
  }

  progress(step?: number): Progress {
    return this.ledger.progress(step);
  }

  async save(): Promise<State> {
    const { particles } = this.parts;
    const named = particles.flatMap(({ vectors }) => Object.entries(vectors));
    const vectors = await Promise.all(
      named.map(async ([name, vector]) => [name, await vector.read()] as const),
    );
    const { calibration, moves, chosen } = this.last;
    await this.tellSaved();
    const swarm: SwarmMemory = {
      particles: particles.map(({ saved }) => saved),
      calibration,
      sent: this.sent,
      members: [...this.parts.deployed.members],
      gathers: this.parts.exchange.gathers,
      ...this.parts.catchUp.saved,
      round: { moves: [...moves], chosen: particles.map((_, at) => chosen[at] ?? null) },
    };
    return {
      progress: { ...this.progress(), session: swarm },
      weights: await (await this.parts.deployed.point()).read(),
      best: this.ledger.bestWeights,
      vectors: Object.fromEntries(vectors),
    };
  }

  /** The state before the one that is asked for now is on disk, and the one before that beside it. */
  private async tellSaved(): Promise<void> {
    const { exchange } = this.parts;
    const [oldest] = this.marks;
    this.marks = [...this.marks.slice(-1), { round: this.played, gathers: exchange.gathers }];
    if (oldest && this.parts.whole.isParted) await exchange.saved(oldest.round, oldest.gathers);
  }

  async restore({ progress, best, vectors }: State): Promise<void> {
    const { particles } = this.parts;
    const memory = checkPlain(swarmMemory, progress.session, "the saved swarm");
    const { particles: saved, calibration, sent, members, round } = memory;
    expectOf(particles.length, this.parts.size.particles, memory);
    if (memory.gathers !== undefined) this.parts.exchange.resume(memory.gathers);
    this.parts.catchUp.restore(memory);
    this.parts.deployed.members = members;
    this.sent = sent;
    const chosen = round.chosen.map((id) => id ?? undefined);
    this.last = { ...this.last, calibration, moves: round.moves, chosen };
    for (const [at, particle] of particles.entries()) {
      for (const [name, vector] of Object.entries(particle.vectors)) {
        await vector.write(vectors[name]);
      }
      particle.restore(saved[at]);
    }
    this.ledger.restore(progress, best);
  }

  async trainSteps(proceed: (progress: Progress) => boolean, emit: Listener): Promise<void> {
    const { particles, coupling } = this.parts;
    const { every } = coupling;
    const { ledger } = this;
    for (const { learner } of particles) learner.losses = ledger.losses;
    ledger.addTime();
    const { epoch } = ledger;
    let { step } = ledger;
    const before = this.parts.catchUp.at(epoch) * this.stepsPerEpoch;
    while (step < this.stepsPerEpoch && proceed(this.progress(step))) {
      const done = before + step;
      const round = every === "epoch" ? Number.POSITIVE_INFINITY : every - (done % every);
      const to = Math.min(step + Math.min(round, STRETCH), this.stepsPerEpoch);
      await Promise.all(particles.map((p) => p.learn(epoch, step, to)));
      step = to;
      const steps = before + step;
      if (every !== "epoch" && steps % every === 0) await this.round(steps / every - 1, step, emit);
      await emit({ type: "particles", ...this.status(step) });
    }
    ledger.addTraining(step, this.sums());
  }

  async endEpoch(emit: Listener): Promise<{ record: EpochRecord; best: boolean }> {
    const { particles, coupling, deployed, prepared, catchUp } = this.parts;
    const { ledger } = this;
    const { epoch, step } = ledger;
    const scores = await this.evaluateAll();
    const evaluations = await this.hearOfAll(scores, emit);
    const { loss, metrics, point } = await deployed.choose(evaluations);
    ledger.addTime();
    const { record, best } = ledger.recordOf({
      ...{ loss, metrics },
      lr: particles[0].lr,
      images: this.stepsPerEpoch * this.batchSize,
      bytesSent: this.sent.epoch,
      members: deployed.members,
    });
    this.sent = { ...this.sent, epoch: 0 };
    const weights = best ? await point.read() : undefined;
    await this.report(scores, emit);
    for (const particle of particles) particle.closeEpoch();
    const isLast = epoch + 1 === prepared.config.epochs;
    if (isLast && coupling.rescues) await this.round(catchUp.lastRound, step, emit, true);
    else if (coupling.every === "epoch" && !isLast) {
      await this.round(catchUp.at(epoch), step, emit);
    }
    await emit({ type: "particles", ...this.status(step), evaluated: true });
    for (const particle of particles) particle.beginEpoch();
    ledger.closeEpoch(record, weights);
    return { record, best };
  }

  async evaluateBest(): Promise<Evaluation> {
    const { deployed, prepared } = this.parts;
    const { test, selection } = prepared.splits;
    const result = await deployed.evaluate(this.ledger.bestWeights!, test ?? selection);
    this.ledger.addTime();
    return result;
  }

  async evaluateEach(): Promise<Evaluation[]> {
    const { particles, prepared, whole } = this.parts;
    const { test, selection } = prepared.splits;
    const own = await Promise.all(
      particles.map((particle) => particle.evaluateOn(test ?? selection)),
    );
    if (!whole.isParted) return own;
    const tallies = particles.map(({ tally }) => tally);
    return [...(await whole.share(own, tallies)).evaluations];
  }

  async close(): Promise<void> {
    await this.parts.exchange.close();
    await Promise.all(this.parts.engines.map((engine) => engine.close()));
  }

  /** @param at its number, as the swarm counts them */
  private async round(at: number, step: number, emit: Listener, last = false): Promise<void> {
    const { particles, coupling, exchange, wait, prepared, size } = this.parts;
    const { epochs, seed } = prepared.config;
    const { epoch } = this.ledger;
    const { stepsPerEpoch } = this;
    const number = last ? at : this.parts.catchUp.numberAt(epoch, at);
    const total = roundsIn(coupling.every, { epochs, stepsPerEpoch });
    const { calibration } = this.last;
    const deadline = deadlineIn(wait);
    const steps = this.parts.catchUp.at(epoch) * stepsPerEpoch + step;
    const judges = last || seesEpoch(coupling.every, steps, stepsPerEpoch);
    const constant = judges ? this.parts.constant : undefined;
    const when = { number, total, epoch, epochs, seed, calibration, deadline };
    const result = await playRound(exchange, particles, coupling, { ...when, constant, last });
    // After the last one rows tell again what the round before it did.
    this.played = number + 1;
    this.last = last ? { ...this.last, calibration: result.calibration } : result;
    const round = this.countRound();
    const { rescues, lost } = result;
    const told = rescues.length > 0 && {
      rescued: rescues,
      constantLoss: this.parts.constant,
    };
    await emit({ type: "round", epoch: epoch + 1, step, ...round, ...told });
    if (lost.length === 0 && round.absent?.length) {
      const message = `not finite, left out of step ${step}: the gradient of particle ${round.absent}`;
      await emit({ type: "warning", message });
    }
    for (const { id, remembered } of lost) {
      await emit({
        type: "warning",
        message: `particle ${id} had diverged and was restored at ${Number(remembered.rateFactor.toPrecision(3))} of its learning rate`,
      });
    }
    const nobody = lost.length === particles.length || round.absent?.length === size.particles;
    this.vain = nobody ? this.vain + 1 : 0;
    if (this.vain >= IN_VAIN) {
      throw new DivergedError(epoch + 1, step, Number.NaN, particles[0].lr);
    }
  }

  /** Adds a round's bytes to the run's. */
  private countRound() {
    const { exchange, shared } = this.parts;
    const bytes = exchange.bytes - this.counted;
    this.counted = exchange.bytes;
    this.sent = { run: this.sent.run + bytes, epoch: this.sent.epoch + bytes };
    return { bytes, absent: shared?.lastAbsent };
  }

  /** Evaluates all particles, each on its own engine. */
  private evaluateAll(): Promise<Evaluation[]> {
    return Promise.all(this.parts.particles.map((particle) => particle.evaluate()));
  }

  /** Evaluations of the whole swarm, and where those are who may stand for it. */
  private async hearOfAll(
    own: readonly Evaluation[],
    emit: Listener,
  ): Promise<readonly Evaluation[]> {
    const { whole, catchUp, particles, deployed } = this.parts;
    if (!whole.isParted) return own;
    const { epoch, step } = this.ledger;
    const tallies = particles.map(({ tally }) => tally);
    const asked = deployed.asked.bind(deployed);
    const { evaluations, sums, missed } = await catchUp.hear(epoch, own, tallies, asked);
    this.ledger.addTraining(step, sums);
    if (missed > 0) await emit({ type: "warning", message: missedMessage(missed, epoch) });
    return evaluations;
  }

  /** Tells of the swarm as a whole, as it was evaluated. */
  private async report(scores: readonly Evaluation[], emit: Listener): Promise<void> {
    const { particles, probe, sketcher, prepared } = this.parts;
    const { epoch } = this.ledger;
    const { metric, better } = prepared.score;
    const values = scores.map(({ metrics }) => metrics[metric]);
    const stock = await takeStock(particles, values, sketcher, better);
    const healthy = particles.filter((particle) => particle.healthy);
    const meanStep = probe && healthy.length > 0 ? await this.probeStep(probe, healthy) : undefined;
    this.ledger.addTime();
    await emit({ type: "swarm", epoch: epoch + 1, ...stock, meanStep });
  }

  private async probeStep(probe: StepProbe, healthy: readonly Particle[]) {
    const { spare } = this.parts;
    await meanOf(healthy, spare);
    const positions = healthy.map(({ position }) => position);
    return probe.measure(positions, spare, { rate: healthy[0].lr, epoch: this.ledger.epoch });
  }

  private sums() {
    return sumOf(this.parts.particles.map(({ tally }) => tally));
  }

  private status(step: number) {
    const { particles, prepared } = this.parts;
    const { task } = prepared.question;
    const rows = particles.map(
      ({ id, tally, lr, healthy, remembered }, at): ParticleStatus => ({
        particle: id,
        lr,
        loss: tally.loss / tally.images,
        metrics: task.trainMetrics(tally.tallies, tally.images),
        healthy,
        move: this.last.moves[at],
        chosen: this.last.chosen[at],
        ...remembered,
      }),
    );
    return {
      epoch: this.ledger.epoch + 1,
      step,
      stepsPerEpoch: this.stepsPerEpoch,
      images: this.sums().images,
      particles: rows,
    };
  }
}
