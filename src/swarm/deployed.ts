// The net that a swarm gives: who stands for it since it was evaluated last, and the point that they make together.

import type { Loader } from "../data/index.js";
import type { Vector } from "../engine/engine.js";
import type { Score } from "../tasks/index.js";
import type { Evaluation, Evaluator, Statistics } from "../train/index.js";
import type { Deployment } from "./deployments.js";
import type { Particle } from "./particle.js";

/** What is needed to choose. */
export interface DeployedParts {
  readonly deployment: Deployment;
  readonly particles: readonly Particle[];
  readonly score: Score;
  readonly evaluator: Evaluator;
  readonly selection: Loader;
  readonly statistics: Statistics;
  /** A point of the first particle's engine, for means [layout.length]. */
  readonly spare: Vector;
}

/** Stores the mean of the trainable parts. */
export function meanOf(particles: readonly Particle[], target: Vector): Promise<void> {
  const weight = 1 / particles.length;
  return particles[0].sum(
    target,
    particles.map(({ position }) => ({ vector: position, weight })),
  );
}

/** Who stands for a swarm. */
export class Deployed {
  /** Places in the list of particles. */
  members: readonly number[];

  constructor(private readonly parts: DeployedParts) {
    const { deployment, particles } = parts;
    // Before the first evaluation none is better than another.
    this.members = deployment.name === "best" ? [0] : [...particles.keys()];
  }

  /** Chooses anew by what particles have on the selection set, and tells how well the choice does. */
  async choose(
    evaluations: readonly Evaluation[],
  ): Promise<Evaluation & { readonly point: Vector }> {
    const { deployment, particles, score, evaluator, selection } = this.parts;
    const healthy = [...particles.keys()].filter((at) => particles[at].healthy);
    const candidates = healthy.length > 0 ? healthy : [0];
    const { members, evaluation } = await deployment.choose(
      candidates.map((particle) => ({ particle, evaluation: evaluations[particle] })),
      {
        score,
        evaluateMean: async (of) => evaluator.evaluate(await this.pointOf(of), selection),
      },
    );
    this.members = members;
    return { ...evaluation, point: await this.point() };
  }

  /** Where those who stand for the swarm are now. */
  point(): Promise<Vector> {
    return this.pointOf(this.members);
  }

  /** The only one's point, or the mean of those that did not diverge, its batch statistics estimated anew. */
  private async pointOf(members: readonly number[]): Promise<Vector> {
    const { particles, spare, statistics } = this.parts;
    const healthy = members.map((at) => particles[at]).filter((each) => each.healthy);
    const [first = particles[0], ...others] = healthy;
    if (others.length === 0) return first.position;
    await spare.write(await first.position.read());
    await meanOf([first, ...others], spare);
    await statistics.renew(spare);
    return spare;
  }
}
