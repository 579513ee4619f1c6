// One round: everybody publishes, the coupling is asked, everybody moves. Nobody reads a vector that
// somebody already moved: all moves are worked out before the first is made.

import type { Vector } from "../engine/engine.js";
import type { Rescue } from "../train/index.js";
import { leaderOf, roundsBehind } from "./behind.js";
import {
  type Calibration,
  type Coupling,
  type Move,
  type Round,
  type Snapshot,
  stay,
} from "./coupling.js";
import { distances } from "./diagnostics.js";
import type { Exchange } from "./exchange/exchange.js";
import type { Particle } from "./particle.js";
import { ownRandom, sharedRandom } from "./random.js";

/** What became of a round, of the particles of this process in their order. */
export interface RoundResult {
  readonly rescues: readonly Rescue[];
  /** Who had diverged, in its steps or by its weights, and was restored. */
  readonly lost: readonly Particle[];
  /** How far each particle was moved. */
  readonly moves: readonly number[];
  /** Whose best point each particle was pulled to. */
  readonly chosen: readonly (number | undefined)[];
  /** What the coupling found in the first round. */
  readonly calibration?: Calibration;
}

/** Which round it is, and what the first one found. */
export interface RoundNumber extends Pick<Round, "number" | "total" | "epoch" | "epochs" | "last"> {
  readonly seed: number;
  readonly calibration?: Calibration;
  /** When to go on without particles of other processes, as of `Date.now()`; default never. */
  readonly deadline?: number;
  /** Loss of a constant answer, where an epoch has ended since the last round: it is found anew who is behind. */
  readonly constant?: number;
}

/**
 * Euclidean distances of all pairs of points, from dot products in double precision; NaN for a point that is
 * missing.
 *
 * @param worker works out the products of a point with those before it
 */
export async function distancesOf(
  points: readonly (Vector | undefined)[],
  worker: (point: number) => Particle,
): Promise<readonly (readonly number[])[]> {
  const dot = async (a: Vector | undefined, b: Vector | undefined, i: number) =>
    a && b ? worker(i).dot(a, b) : Number.NaN;
  const gram = await Promise.all(
    points.map((a, i) => Promise.all(points.slice(0, i + 1).map((b) => dot(a, b, i)))),
  );
  return distances((i, j) => (i >= j ? gram[i][j] : gram[j][i]), points.length);
}

/** Distances of the healthy particles of a round, wherever they are. */
async function distancesIn(
  exchange: Exchange,
  particles: readonly Particle[],
  snapshots: readonly Snapshot[],
) {
  const here = new Map(particles.map((particle) => [particle.id, particle]));
  const worker = (id: number) => here.get(id) ?? particles[0];
  // Any that is another: everybody needs all points.
  const other = (id: number) => (particles.find((each) => each.id !== id) ?? particles[0]).id;
  const points = await Promise.all(
    snapshots.map(({ particle, healthy }) =>
      healthy ? exchange.vector(particle, "position", other(particle)) : undefined,
    ),
  );
  return distancesOf(points, worker);
}

/** The particle whose best point a move pulls to, if it does. */
const chosenBy = (move: Move): number | undefined =>
  move.find(({ vector, weight }) => vector === "best" && weight > 0)?.particle;

const isStay = (move: Move, self: number) =>
  move.length === 1 &&
  move[0].particle === self &&
  move[0].vector === "position" &&
  move[0].weight === 1;

/** Works out where a move leads, and how far that is. */
async function plan(
  exchange: Exchange,
  particle: Particle,
  move: Move,
  limit?: number,
): Promise<number> {
  const terms = await Promise.all(
    move.map(async ({ particle: from, vector, weight }) => ({
      vector: await exchange.vector(from, vector, particle.id),
      weight,
    })),
  );
  return particle.plan(terms, limit);
}

/** A particle and where it goes. */
interface Mover {
  readonly particle: Particle;
  readonly move: Move;
}

/** Applies each particle's coefficients of positions to the optimizers' state as well. */
async function moveStates(exchange: Exchange, movers: readonly Mover[]): Promise<void> {
  for (const name of Object.keys(movers[0].particle.states)) {
    const copies = new Map<number, Float32Array>();
    for (const { particle, move } of movers) {
      for (const { particle: from } of move) {
        const vector = await exchange.vector(from, name, particle.id);
        if (!copies.has(from)) copies.set(from, await vector.read());
      }
    }
    await Promise.all(
      movers.map(async ({ particle, move }) => {
        const target = particle.states[name];
        const sum = new Float32Array(target.length);
        for (const { particle: from, weight } of move) {
          const values = copies.get(from)!;
          for (let at = 0; at < sum.length; at++) sum[at] += weight * values[at];
        }
        await target.write(sum);
      }),
    );
  }
}

const isFinitePoint = async (particle: Particle, point: Vector) =>
  Number.isFinite(await particle.dot(point, point));

/** The position of the first of others whose numbers are finite, as it says and as they are. */
async function healthyPosition(
  exchange: Exchange,
  particle: Particle,
  snapshots: readonly Snapshot[],
): Promise<Vector | undefined> {
  for (const snapshot of snapshots) {
    if (!snapshot.healthy) continue;
    const point = await exchange.vector(snapshot.particle, "position", particle.id);
    if (await isFinitePoint(particle, point)) return point;
  }
  return undefined;
}

/**
 * A lost particle goes back to where it was before its local steps; if that is bad too, to a healthy one. It stays
 * behind until it has shown that it learns from there.
 */
async function restoreLost(
  exchange: Exchange,
  lost: readonly Particle[],
  { snapshots, behind }: Round,
): Promise<void> {
  for (const particle of lost) {
    const { before } = particle;
    const other = (await isFinitePoint(particle, before))
      ? undefined
      : await healthyPosition(exchange, particle, snapshots);
    await particle.restoreFrom(other ?? before, true);
    particle.judged(behind[particle.id]);
  }
}

/**
 * Puts particles in the place of the best one. Their rate is halved unless it was lower than that one's, and they were
 * behind for being slow: those that diverged were not.
 */
async function rescue(
  exchange: Exchange,
  particles: readonly Particle[],
  { snapshots, behind }: Round,
): Promise<readonly Rescue[]> {
  const leader = leaderOf(snapshots, behind);
  if (!leader) return [];
  const { particle: from, bestScore, lr, epochLoss: fromLoss = Number.NaN } = leader;
  const name = bestScore === undefined ? "position" : "best";
  const rescued = await Promise.all(
    particles.map(async (particle): Promise<Rescue | undefined> => {
      const { id } = particle;
      const point = await exchange.vector(from, name, id);
      if (!(await isFinitePoint(particle, point))) return undefined;
      const { epochLoss: loss = Number.NaN, lr: own, healthy } = snapshots[id];
      await particle.restoreFrom(point, !healthy || own >= lr);
      const { rateFactor } = particle.remembered;
      return { particle: id, from, loss, fromLoss, rateFactor };
    }),
  );
  return rescued.filter((rescue) => rescue !== undefined);
}

/** Publishes a particle, after a look at its weights. */
async function publish(
  exchange: Exchange,
  particle: Particle,
  number: number,
  withState: boolean,
): Promise<void> {
  const norm = await particle.squaredNorm();
  particle.healthy &&= Number.isFinite(norm);
  const { snapshot, published, states } = particle;
  await exchange.publish(number, snapshot, { ...published, ...(withState && states) });
}

/**
 * Runs one round for the particles of this process, in ascending order; those that are not healthy are restored
 * in it.
 */
export async function playRound(
  exchange: Exchange,
  particles: readonly Particle[],
  coupling: Coupling,
  { seed, calibration: known, deadline, constant, ...when }: RoundNumber,
): Promise<RoundResult> {
  const { number } = when;
  const { movesState = false } = coupling;
  await Promise.all(particles.map((each) => publish(exchange, each, number, movesState)));
  const snapshots = await exchange.round(number, deadline);
  const behind =
    constant === undefined
      ? snapshots.map((each) => each.behind ?? 0)
      : roundsBehind(snapshots, constant);
  // Who came too late to be heard has not diverged.
  const heard = particles.filter(({ healthy, id }) => !healthy || snapshots[id].healthy);
  for (const particle of heard) particle.judged(behind[particle.id]);
  const asks = coupling.needs.distances || (coupling.calibrate && !known);
  const apart = asks ? await distancesIn(exchange, particles, snapshots) : undefined;
  const first: Round = {
    ...when,
    snapshots,
    behind,
    distance: (i, j) => apart?.[i][j] ?? 0,
    rootSize: Math.sqrt(particles[0].learner.layout.trainable),
    calibration: {},
  };
  const calibration = known ?? coupling.calibrate?.(first);
  const round = { ...first, calibration: calibration ?? {} };
  const rescued = heard.filter(
    ({ id }) => behind[id] > 0 && coupling.rescues?.(round, id) === true,
  );
  const moves = particles.map((particle): Move => {
    const { id } = particle;
    if (!snapshots[id].healthy || rescued.includes(particle)) return [];
    if (when.last) return stay(id);
    return coupling.move(round, id, ownRandom(seed, number, id), sharedRandom(seed, number));
  });
  const present = particles.flatMap((particle, at): Mover[] =>
    moves[at].length > 0 ? [{ particle, move: moves[at] }] : [],
  );
  const moving = present.filter(({ particle, move }) => !isStay(move, particle.id));
  const lengths = new Map<Particle, number>();
  await Promise.all(
    moving.map(async ({ particle, move }) => {
      lengths.set(particle, await plan(exchange, particle, move, coupling.limit));
    }),
  );
  // A particle of another process may call itself healthy and send what is not: nobody goes there.
  const landing = moving.filter(({ particle }) => Number.isFinite(lengths.get(particle)));
  if (movesState && landing.length > 0) {
    await moveStates(
      exchange,
      present.filter((mover) => landing.includes(mover) || !moving.includes(mover)),
    );
  }
  const rescues = await rescue(exchange, rescued, round);
  const lost = particles.filter(({ healthy }) => !healthy);
  await restoreLost(exchange, lost, round);
  await Promise.all(landing.map(({ particle }) => particle.commit()));
  await Promise.all(particles.map((particle) => particle.markStart()));
  const far = particles.map((particle) =>
    landing.some((mover) => mover.particle === particle) ? lengths.get(particle)! : 0,
  );
  return { rescues, lost, moves: far, chosen: moves.map(chosenBy), calibration };
}
