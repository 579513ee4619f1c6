// One round: everybody publishes, the coupling is asked, everybody moves. Nobody reads a vector that
// somebody already moved: all moves are worked out before the first is made.

import type { Calibration, Coupling, Move, Round } from "./coupling.js";
import { distances } from "./diagnostics.js";
import type { Particle } from "./particle.js";
import { ownRandom, sharedRandom } from "./random.js";

/** What became of a round. */
export interface RoundResult {
  /** How far each particle was moved, by particle. */
  readonly moves: readonly number[];
  /** Whose best point each particle was pulled to. */
  readonly chosen: readonly (number | undefined)[];
  /** Bytes of the vectors that particles took from each other. */
  readonly bytes: number;
  /** What the coupling found in the first round. */
  readonly calibration?: Calibration;
}

/** Which round it is, and what the first one found. */
export interface RoundNumber extends Pick<Round, "number" | "total" | "epoch" | "epochs"> {
  readonly seed: number;
  readonly calibration?: Calibration;
}

/** Euclidean distances of all pairs of particles, from dot products in double precision. */
export async function distancesOf(
  particles: readonly Particle[],
): Promise<readonly (readonly number[])[]> {
  const dot = (i: number, j: number) =>
    particles[i].dot(particles[i].position, particles[j].position);
  const gram = await Promise.all(
    particles.map((_, i) => Promise.all(particles.slice(0, i + 1).map((__, j) => dot(i, j)))),
  );
  return distances((i, j) => (i >= j ? gram[i][j] : gram[j][i]), particles.length);
}

/** The particle whose best point a move pulls to, if it does. */
const chosenBy = (move: Move): number | undefined =>
  move.find(({ vector, weight }) => vector === "best" && weight > 0)?.particle;

const isStay = (move: Move, self: number) =>
  move.length === 1 &&
  move[0].particle === self &&
  move[0].vector === "position" &&
  move[0].weight === 1;

async function plan(
  particle: Particle,
  particles: readonly Particle[],
  move: Move,
  limit?: number,
): Promise<number> {
  if (isStay(move, particle.id)) return 0;
  const terms = move.map(({ particle: from, vector, weight }) => ({
    vector: particles[from].published(vector),
    weight,
  }));
  return particle.plan(terms, limit);
}

/** Bytes of all vectors that somebody takes from somebody else: each is sent once, as f32. */
function bytesOf(
  moves: readonly Move[],
  particles: readonly Particle[],
  withState: boolean,
): number {
  const { layout, state } = particles[0].learner;
  const taken = moves.flatMap((move, self) => move.filter(({ particle }) => particle !== self));
  const vectors = new Set(taken.map(({ particle, vector }) => `${particle} ${vector}`));
  const owners = new Set(taken.map(({ particle }) => particle));
  const states = withState ? owners.size * Object.keys(state.vectors).length : 0;
  return 4 * layout.trainable * (vectors.size + states);
}

/** Applies each particle's coefficients of positions to the optimizers' state as well. */
async function moveStates(particles: readonly Particle[], moves: readonly Move[]): Promise<void> {
  for (const name of Object.keys(particles[0].learner.state.vectors)) {
    const copies = await Promise.all(
      particles.map(({ learner }) => learner.state.vectors[name].read()),
    );
    await Promise.all(
      particles.map(async ({ id, learner }) => {
        const sum = new Float32Array(copies[0].length);
        for (const { particle, weight } of moves[id]) {
          const from = copies[particle];
          for (let at = 0; at < sum.length; at++) sum[at] += weight * from[at];
        }
        await learner.state.vectors[name].write(sum);
      }),
    );
  }
}

/** Runs one round over all particles; those that are not healthy are restored in it. */
export async function playRound(
  particles: readonly Particle[],
  coupling: Coupling,
  { seed, calibration: known, ...when }: RoundNumber,
): Promise<RoundResult> {
  const norms = await Promise.all(particles.map((particle) => particle.squaredNorm()));
  for (const particle of particles) particle.healthy &&= Number.isFinite(norms[particle.id]);
  const calibrates = coupling.calibrate && !known;
  const apart = coupling.needs.distances || calibrates ? await distancesOf(particles) : undefined;
  const first: Round = {
    ...when,
    snapshots: particles.map(({ snapshot }) => snapshot),
    distance: (i, j) => apart?.[i][j] ?? 0,
    rootSize: Math.sqrt(particles[0].learner.layout.trainable),
    calibration: {},
  };
  const calibration = known ?? coupling.calibrate?.(first);
  const round = { ...first, calibration: calibration ?? {} };
  const { number } = when;
  const moves = particles.map(({ id, healthy }): Move => {
    if (!healthy) return [];
    return coupling.move(round, id, ownRandom(seed, number, id), sharedRandom(seed, number));
  });
  const present = particles.filter(({ healthy }) => healthy);
  const moving = present.filter(({ id }) => !isStay(moves[id], id));
  const lengths = new Array<number>(particles.length).fill(0);
  await Promise.all(
    moving.map(async (particle) => {
      lengths[particle.id] = await plan(particle, particles, moves[particle.id], coupling.limit);
    }),
  );
  if (coupling.movesState && moving.length > 0) await moveStates(particles, moves);
  await Promise.all(moving.map((particle) => particle.commit()));
  await restoreLost(particles);
  await Promise.all(particles.map((particle) => particle.markStart()));
  const bytes = bytesOf(moves, particles, coupling.movesState ?? false);
  return { moves: lengths, bytes, chosen: moves.map(chosenBy), calibration };
}

/** A lost particle goes back to where it was before its local steps; if that is bad too, to a healthy one. */
async function restoreLost(particles: readonly Particle[]): Promise<void> {
  const healthy = particles.find((particle) => particle.healthy);
  for (const particle of particles.filter((each) => !each.healthy)) {
    const own = await particle.dot(particle.before, particle.before);
    const point = Number.isFinite(own) || !healthy ? particle.before : healthy.position;
    await particle.restoreFrom(point);
  }
}
