// One net of a swarm: a learner on one engine, what it remembers, and what it publishes.

import { z } from "zod";
import type { Dataset, Loader } from "../data/index.js";
import { Combiner, type WeightedVector } from "../engine/combine.js";
import type { Engine, Vector } from "../engine/engine.js";
import { type MetricValues, merit, type Score } from "../tasks/index.js";
import { HostVector } from "../train/hostVector.js";
import {
  addTallies,
  DivergedError,
  type Evaluation,
  type Evaluator,
  type Learner,
  RELIABLE_STEPS,
  type Statistics,
} from "../train/index.js";
import { savedNumber, savedNumbers, savedSums } from "../train/savedProgress.js";
import type { Memory } from "./codecs/index.js";
import type { PublishedVector, Snapshot } from "./coupling.js";

/** What a particle remembers from one round to the next besides vectors. */
export interface ParticleMemory {
  /** Factor of its learning rate: halved whenever that rate was too large for it. */
  readonly rateFactor: number;
  /** How often it was put to another place: after it had diverged, or as it was behind. */
  readonly restored: number;
  /** Mean loss over the images of its last whole epoch, as far as it was finite; infinite where it never was. */
  readonly epochLoss?: number;
  /** After how many epochs in a row it was found behind. */
  readonly behind: number;
  readonly score?: number;
  readonly bestScore?: number;
}

/** Sums over the images that a particle was trained on since the epoch began. */
export interface Tally {
  readonly images: number;
  readonly loss: number;
  readonly tallies: MetricValues;
  readonly work: number;
}

/** What a checkpoint holds of a particle besides vectors. */
export const savedParticle = z.strictObject({
  memory: z.strictObject({
    rateFactor: savedNumber,
    restored: z.int().min(0),
    epochLoss: savedNumber.optional(),
    behind: z.int().min(0),
    score: savedNumber.optional(),
    bestScore: savedNumber.optional(),
  }) satisfies z.ZodType<ParticleMemory>,
  healthy: z.boolean(),
  tally: savedSums satisfies z.ZodType<Tally>,
  /** Steps since it was evaluated. */
  fresh: z.int().min(0),
  /** Its optimizer's numbers. */
  optimizer: savedNumbers,
});
export type SavedParticle = z.output<typeof savedParticle>;

const nothing: Tally = { images: 0, loss: 0, tallies: {}, work: 0 };

/** What a particle is made of. */
export interface ParticleParts {
  readonly id: number;
  readonly engine: Engine;
  readonly learner: Learner;
  readonly evaluator: Evaluator;
  readonly selection: Loader;
  readonly statistics: Statistics;
  /** The metric that decides. */
  readonly score: Score;
  /** What it remembers of the messages that it sent; default nothing. */
  readonly unsent?: Memory;
  /** Whether it remembers its best point. */
  readonly remembers: boolean;
  /** The factor that its learning rate is multiplied by. */
  readonly rate: { factor: number };
}

/** A net that trains beside others. */
export class Particle {
  readonly id: number;
  readonly engine: Engine;
  /** Where it was after the last round [layout.length]. */
  readonly before: Vector;
  /** The best point that it remembers [layout.length]. */
  readonly best?: Vector;
  healthy = true;
  /** Moved since it trained: its batch statistics are those of another point. */
  private moved = false;
  /** Steps since it was evaluated. */
  private fresh = 0;
  tally = nothing;
  lr = 0;
  lastLoss = Number.NaN;
  private readonly unsent: Readonly<Record<string, Vector>>;
  private readonly next: Vector;
  private readonly points: Combiner;
  private readonly moves: Combiner;
  private memory: ParticleMemory = { rateFactor: 1, restored: 0, behind: 0 };

  constructor(private readonly parts: ParticleParts) {
    const { id, engine, learner, remembers, unsent = {} } = parts;
    const { length, trainable } = learner.layout;
    this.id = id;
    this.engine = engine;
    this.before = engine.vector(length);
    this.best = remembers ? engine.vector(length) : undefined;
    this.unsent = Object.fromEntries(
      Object.entries(unsent).map(([name, values]) => [`unsent.${name}`, new HostVector(values)]),
    );
    this.next = engine.vector(length);
    this.points = new Combiner(engine, length);
    this.moves = new Combiner(engine, trainable);
  }

  get learner(): Learner {
    return this.parts.learner;
  }

  get position(): Vector {
    return this.parts.learner.w;
  }

  get remembered(): ParticleMemory {
    return this.memory;
  }

  /** What its checkpoint holds besides vectors. */
  get saved(): SavedParticle {
    const { memory, healthy, tally, fresh, learner } = this;
    return { memory, healthy, tally, fresh, optimizer: { ...learner.state.numbers } };
  }

  /** What the others know of it. */
  get snapshot(): Snapshot {
    const { score, bestScore, epochLoss, behind } = this.memory;
    const meritOf = (value: number | undefined) =>
      value === undefined ? undefined : merit(this.parts.score, value);
    return {
      particle: this.id,
      healthy: this.healthy,
      lr: this.lr,
      score: meritOf(score),
      bestScore: meritOf(bestScore),
      loss: this.lastLoss,
      epochLoss,
      behind,
    };
  }

  /** Points that others may take. */
  get published(): Readonly<Partial<Record<PublishedVector, Vector>>> {
    const { position, before, best } = this;
    return { position, before, ...(best && { best }) };
  }

  /** Its optimizer's vectors, by the names under which others may take them. */
  get states(): Readonly<Record<string, Vector>> {
    const { vectors } = this.learner.state;
    return Object.fromEntries(
      Object.entries(vectors).map(([name, vector]) => [`state.${name}`, vector]),
    );
  }

  /** Vectors of its checkpoint by name. */
  get vectors(): Readonly<Record<string, Vector>> {
    const { learner, before, best, id } = this;
    const own = {
      w: this.position,
      before,
      ...(best && { best }),
      ...learner.vectors,
      ...this.unsent,
    };
    return Object.fromEntries(Object.entries(own).map(([name, v]) => [`particle${id}.${name}`, v]));
  }

  restore({ memory, healthy, tally, fresh, optimizer }: SavedParticle): void {
    this.remember(memory);
    this.healthy = healthy;
    this.tally = tally;
    this.fresh = fresh;
    Object.assign(this.learner.state.numbers, optimizer);
  }

  /** Local steps [from, to) of an epoch. A loss that is not finite makes it unhealthy. */
  async learn(epoch: number, from: number, to: number): Promise<void> {
    if (!this.healthy || from === to) return;
    this.moved = false;
    try {
      await this.learner.learn({ epoch, from, to }, ({ loss, tallies, images, lr, gradients }) => {
        const { tally } = this;
        this.fresh++;
        this.lr = lr;
        this.lastLoss = loss;
        this.tally = {
          images: tally.images + images,
          loss: tally.loss + loss * images,
          tallies: addTallies(tally.tallies, tallies),
          work: tally.work + images * gradients,
        };
      });
    } catch (error) {
      if (!(error instanceof DivergedError)) throw error;
      this.healthy = false;
    }
  }

  /** Squared norm of its trainable part; not finite when a weight is not. */
  async squaredNorm(): Promise<number> {
    return this.dot(this.position, this.position);
  }

  /** Dot product of the trainable parts of two vectors. */
  async dot(a: Vector, b: Vector): Promise<number> {
    const offsets = [0, this.learner.layout.trainable];
    return (await this.engine.reduce.bySegment(a, b, { offsets }))[0];
  }

  /** Evaluates it on the selection set; a better score than ever makes its point the best. */
  async evaluate(): Promise<Evaluation> {
    const { evaluator, selection, statistics, score } = this.parts;
    if (this.moved || this.fresh < RELIABLE_STEPS) await statistics.renew(this.position);
    this.fresh = 0;
    const result = await evaluator.evaluate(this.position, selection);
    const found = result.metrics[score.metric];
    const { bestScore } = this.memory;
    const better =
      Number.isFinite(found) &&
      (bestScore === undefined || merit(score, found) > merit(score, bestScore));
    this.memory = { ...this.memory, score: found, bestScore: better ? found : bestScore };
    if (better && this.best) await this.points.copy(this.best, this.position);
    return result;
  }

  /** Evaluates it, as it is, on any data set. */
  evaluateOn(dataset: Dataset): Promise<Evaluation> {
    const { evaluator } = this.parts;
    return evaluator.evaluate(this.position, evaluator.loader(dataset));
  }

  /** Works out where a sum of vectors leads; {@link commit} goes there. */
  async plan(terms: readonly WeightedVector[], limit?: number): Promise<number> {
    const { next, position } = this;
    await this.moves.sum(next, terms);
    const [nn, np, pp] = await Promise.all([
      this.dot(next, next),
      this.dot(next, position),
      this.dot(position, position),
    ]);
    const length = Math.sqrt(Math.max(nn - 2 * np + pp, 0));
    const longest = limit === undefined ? Number.POSITIVE_INFINITY : limit * Math.sqrt(pp);
    if (length <= longest) return length;
    const share = longest / length;
    await this.moves.sum(next, [
      { vector: position, weight: 1 - share },
      { vector: next, weight: share },
    ]);
    return longest;
  }

  /** Moves to where the last plan led. */
  commit(): Promise<void> {
    this.moved = true;
    return this.moves.copy(this.position, this.next);
  }

  /** Stores a sum of vectors of trainable length. */
  sum(target: Vector, terms: readonly WeightedVector[]): Promise<void> {
    return this.moves.sum(target, terms);
  }

  /** From here the next round's displacement is counted. */
  markStart(): Promise<void> {
    return this.points.copy(this.before, this.position);
  }

  /** Goes to a healthy point, where optimizer and messages begin anew; `slower` at half the learning rate. */
  async restoreFrom(point: Vector, slower: boolean): Promise<void> {
    await this.position.write(await point.read());
    await this.learner.resetState();
    for (const vector of Object.values(this.unsent)) {
      await vector.write(new Float32Array(vector.length));
    }
    this.remember({
      ...this.memory,
      rateFactor: this.memory.rateFactor / (slower ? 2 : 1),
      restored: this.memory.restored + 1,
      behind: 0,
    });
    this.healthy = true;
  }

  private remember(memory: ParticleMemory): void {
    this.memory = memory;
    this.parts.rate.factor = memory.rateFactor;
  }

  /** An epoch is over: the others are told how it went. */
  closeEpoch(): void {
    const { loss, images } = this.tally;
    // Without any finite loss it learned nothing, whatever the epoch before had.
    const epochLoss = images > 0 ? loss / images : Number.POSITIVE_INFINITY;
    this.memory = { ...this.memory, epochLoss };
  }

  /** So many epochs in a row it was found behind. */
  judged(behind: number): void {
    this.memory = { ...this.memory, behind };
  }

  /** A new epoch's sums. */
  beginEpoch(): void {
    this.tally = nothing;
  }
}
