// From a settled run to a swarm at its start: one engine a core, particles dealt out among them.

import { freemem } from "node:os";
import { createEngine, type Engine } from "../engine/index.js";
import { InputError } from "../inputError.js";
import { usableCores, usableMemory } from "../machine.js";
import { slicesOf } from "../optim/index.js";
import { formatBytes } from "../text/bytes.js";
import {
  Evaluator,
  type LearnerPrograms,
  type LearningRate,
  learningRate,
  type OpenTraining,
  openLearner,
  openPrograms,
  type Prepared,
  Statistics,
} from "../train/index.js";
import { CatchUp } from "./catchUp.js";
import { constantLoss } from "./constantLoss.js";
import type { Coupling } from "./coupling.js";
import { Deployed } from "./deployed.js";
import { getDeployment } from "./deployments.js";
import { layoutHash } from "./exchange/card.js";
import type { Exchange, ExchangeDriver } from "./exchange/exchange.js";
import { local } from "./exchange/local.js";
import { ensemble, meanOfWeights } from "./joined.js";
import { Particle } from "./particle.js";
import { type RatePolicy, rateOf, shareOf } from "./rates.js";
import { SharedGradient } from "./sharedGradient.js";
import { SharedWeights } from "./sharedWeights.js";
import { Sketcher } from "./sketch.js";
import { StepProbe } from "./stepProbe.js";
import { SwarmSession } from "./swarmSession.js";
import { Whole } from "./whole.js";

/** A swarm as data. */
export interface SwarmSpec {
  readonly coupling: Coupling;
  readonly particles: number;
  /** Rate of each particle; default: all follow the run's schedule. */
  readonly rates?: readonly RatePolicy[];
  /** Which net it gives, by a deployment's name; default as the coupling says. */
  readonly deploy?: string;
  /** How particles hear of each other; default all live in this process. */
  readonly exchange?: ExchangeDriver;
  /** Milliseconds that a round waits for particles of other processes; default without end. */
  readonly wait?: number;
}

/** Numbers of the particles of this process. */
const hostedBy = ({ particles, exchange = local }: SwarmSpec): readonly number[] =>
  exchange.hosted ?? [...Array(particles).keys()];

/** What the particles of one engine share. */
interface Host {
  readonly engine: Engine;
  readonly programs: LearnerPrograms;
  readonly evaluator: Evaluator;
  readonly statistics: Statistics;
}

async function openHost(
  engine: Engine,
  prepared: Prepared,
  { coupling }: SwarmSpec,
): Promise<Host> {
  const { config, question, net, splits } = prepared;
  const gradients = coupling.gradients !== undefined || config.probe;
  const batch = Math.min(config.batch, splits.train.length);
  return {
    engine,
    programs: await openPrograms(engine, prepared, { gradients }),
    evaluator: await Evaluator.create(engine, question, batch, net),
    statistics: new Statistics(engine, prepared, batch),
  };
}

/** What learners have in common that are one net together. */
interface Collective {
  readonly gradient: SharedGradient;
  /** Where each updates a part of the weights. */
  readonly weights?: SharedWeights;
}

/** The collective of a swarm, if it has one; a swarm of one has nobody to send to. */
function openCollective(
  { programs }: Host,
  { config, optimizer }: Prepared,
  { coupling, particles, wait }: SwarmSpec,
  exchange: Exchange,
): Collective | undefined {
  const { gradients } = coupling;
  if (!gradients || particles === 1) return undefined;
  const { layout } = programs.training;
  const compressor = gradients.compressor(layout);
  const parts = gradients.partition ? slicesOf(optimizer, layout, particles) : undefined;
  return {
    gradient: new SharedGradient({ layout, compressor, exchange, seed: config.seed, wait }),
    weights: parts && new SharedWeights(parts, exchange),
  };
}

async function openParticle(
  id: number,
  { engine, programs, evaluator, statistics }: Host,
  prepared: Prepared,
  { rates, coupling, particles: all }: SwarmSpec,
  collective?: Collective,
): Promise<Particle> {
  const { config, splits } = prepared;
  const stepsPerEpoch = Math.floor(
    splits.train.length / Math.min(config.batch, splits.train.length),
  );
  const rate = { factor: 1 };
  const ownRate = (policy: RatePolicy): LearningRate => ({
    at: (step) =>
      rateOf(policy, { epoch: Math.floor(step / stepsPerEpoch), particle: id, seed: config.seed }),
    factor: () => 1,
  });
  const policy = rates?.[id];
  const base = policy ? ownRate(policy) : learningRate(config, stepsPerEpoch);
  const share = policy ? 1 : shareOf(coupling.spread ?? 1, id, all);
  const unsent = collective?.gradient.memory();
  const learner = await openLearner(engine, prepared, {
    particle: id,
    start: coupling.start === "own" ? id : 0,
    noise: collective ? 0 : id,
    objective: collective && ((own) => collective.gradient.objective(own, id, unsent!)),
    part: collective?.weights?.part(id),
    programs,
    rate: { ...base, at: (step, losses) => rate.factor * share * base.at(step, losses) },
  });
  const particle = new Particle({
    id,
    engine,
    learner,
    evaluator,
    selection: evaluator.loader(splits.selection),
    statistics,
    score: prepared.score,
    unsent,
    remembers: coupling.needs.scores,
    rate,
  });
  await particle.markStart();
  return particle;
}

/** Bytes of the particles' vectors; refuses a swarm that cannot fit before any is allocated. */
function checkMemory(prepared: Prepared, spec: SwarmSpec, host: Host): number {
  const { layout } = host.programs.training;
  const vectors = 8 + (spec.coupling.needs.scores ? 1 : 0);
  const particles = hostedBy(spec).length;
  const needed = 4 * layout.length * vectors * particles;
  const free = Math.min(freemem(), usableMemory());
  if (needed <= 0.8 * free) return needed;
  throw new InputError(
    `${particles} particles of ${prepared.net.model} need about ${formatBytes(needed, Math.ceil)} of memory for their ` +
      `vectors; ${formatBytes(free)} are free: take fewer particles or a smaller model`,
  );
}

function check({ particles, coupling, rates, deploy }: SwarmSpec): void {
  if (!(Number.isInteger(particles) && particles >= 1)) {
    throw new InputError(`particles: expected a whole number from 1, found ${particles}`);
  }
  const { name, every } = coupling;
  if (every !== "epoch" && !(Number.isInteger(every) && every >= 1)) {
    throw new InputError(
      `coupling ${name}: every is ${every}; expected "epoch" or a whole number of steps from 1`,
    );
  }
  getDeployment(deploy ?? coupling.deploys);
  if (rates && rates.length !== particles) {
    throw new InputError(
      `the list of learning rates has ${rates.length} entries for ${particles} particles; ` +
        "give one for each",
    );
  }
  if (rates && coupling.gradients) {
    throw new InputError(
      `${coupling.name}: all particles are one net, and have one learning rate; give one number`,
    );
  }
  coupling.check?.(particles);
}

/** The coupling says which net a swarm gives; an average of one net's path cannot. */
function refuseAverages({ optimizer }: Prepared): void {
  if (!("deploys" in optimizer) || optimizer.deploys === undefined) return;
  throw new InputError(
    `${optimizer.name} gives the average of one net's path, a swarm what its coupling says; ` +
      "leave the average out",
  );
}

/** Bytes of the optimizer's state of the particle that keeps most. */
function most(particles: readonly Particle[]): number {
  const bytes = particles.map(({ learner }) =>
    Object.values(learner.state.vectors).reduce((sum, { length }) => sum + 4 * length, 0),
  );
  return Math.max(...bytes);
}

/** Refuses an optimizer that would do the compressor's work a second time. */
function checkOptimizer({ config }: Prepared, { gradients, name }: Coupling): void {
  const only = gradients?.optimizer;
  if (only === undefined || only === config.optimizer) return;
  throw new InputError(
    `${name}: this way of compressing has a momentum of its own and goes with --optimizer ${only}, ` +
      `found ${config.optimizer}`,
  );
}

/**
 * What a run trains when it trains a swarm.
 *
 * @throws InputError for a swarm that does not fit its coupling, its list of rates or the memory.
 */
export function openSwarm(spec: SwarmSpec): OpenTraining {
  check(spec);
  return async (prepared) => {
    refuseAverages(prepared);
    checkOptimizer(prepared, spec.coupling);
    const { engine: name, threads = usableCores() } = prepared.config;
    const hosted = hostedBy(spec);
    const cores = Math.min(hosted.length, threads);
    const each = Math.floor(threads / cores);
    const engines = await Promise.all(
      Array.from({ length: cores }, () => createEngine({ engine: name, threads: each })),
    );
    let exchange: Exchange | undefined;
    try {
      const hosts = await Promise.all(engines.map((engine) => openHost(engine, prepared, spec)));
      const vectorBytes = checkMemory(prepared, spec, hosts[0]);
      const { evaluator, statistics, engine, programs } = hosts[0];
      const { layout } = programs.training;
      const { particles: count, exchange: driver = local, wait } = spec;
      exchange = await driver.open({ particles: count, layout, engine });
      const collective = openCollective(hosts[0], prepared, spec, exchange);
      const particles: Particle[] = [];
      for (const [at, id] of hosted.entries()) {
        particles.push(await openParticle(id, hosts[at % cores], prepared, spec, collective));
      }
      const spare = engine.vector(layout.length);
      const deployment = getDeployment(spec.deploy ?? spec.coupling.deploys);
      const whole = new Whole({ exchange, particles, wait, hash: layoutHash(layout) });
      const { every, gradients } = spec.coupling;
      const catchUp = new CatchUp({
        ...{ whole, exchange, wait, every, isOneNet: gradients !== undefined },
        epochs: prepared.config.epochs,
        stepsPerEpoch: particles[0].learner.stepsPerEpoch,
      });
      return new SwarmSession({
        prepared,
        whole,
        catchUp,
        particles,
        exchange,
        wait,
        coupling: spec.coupling,
        size: {
          particles: spec.particles,
          atOnce: cores,
          vectorBytes,
          stateBytes: most(particles),
        },
        shared: collective?.gradient,
        evaluator,
        deployed: new Deployed({
          ...{ deployment, particles: whole.members, score: prepared.score },
          selection: prepared.splits.selection,
          joined:
            deployment.joins === "outputs"
              ? await ensemble(engine, prepared, layout, count)
              : meanOfWeights({ layout, evaluator, statistics, spare }),
        }),
        spare,
        constant: spec.coupling.rescues && (await constantLoss(engine, prepared)),
        sketcher: new Sketcher(layout.trainable),
        probe: prepared.config.probe
          ? new StepProbe(engine, programs.training, prepared)
          : undefined,
        engines,
      });
    } catch (error) {
      await exchange?.close();
      await Promise.all(engines.map((engine) => engine.close()));
      throw error;
    }
  };
}
