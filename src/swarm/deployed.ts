// The net that a swarm gives: who stands for it since it was evaluated last, and the point that they make together.

import type { Dataset, Loader } from "../data/index.js";
import type { Vector } from "../engine/engine.js";
import type { ParamLayout } from "../graph/index.js";
import type { Score } from "../tasks/index.js";
import type { Evaluation } from "../train/index.js";
import type { Deployment } from "./deployments.js";
import type { Joined, Member } from "./joined.js";

/** What is needed to choose. */
export interface DeployedParts {
  readonly deployment: Deployment;
  readonly joined: Joined;
  /** Of the whole swarm. */
  readonly particles: readonly Member[];
  readonly score: Score;
  readonly selection: Dataset;
}

/** Who stands for a swarm. */
export class Deployed {
  /** Places in the list of particles. */
  members: readonly number[];
  private readonly selection: Loader;

  constructor(private readonly parts: DeployedParts) {
    const { deployment, particles, joined, selection } = parts;
    // Before the first evaluation none is better than another.
    this.members = deployment.name === "best" ? [0] : [...particles.keys()];
    this.selection = joined.evaluator.loader(selection);
  }

  /** Of the net that the swarm gives. */
  get layout(): ParamLayout {
    return this.parts.joined.layout;
  }

  /** Chooses anew by what particles have on the selection set, and tells how well the choice does. */
  async choose(
    evaluations: readonly Evaluation[],
  ): Promise<Evaluation & { readonly point: Vector }> {
    const { deployment, particles, score, joined } = this.parts;
    const healthy = [...particles.keys()].filter((at) => particles[at].healthy);
    const candidates = healthy.length > 0 ? healthy : [0];
    const { members, evaluation } = await deployment.choose(
      candidates.map((particle) => ({ particle, evaluation: evaluations[particle] })),
      {
        score,
        together: async (of) => joined.evaluator.evaluate(await this.pointOf(of), this.selection),
      },
    );
    this.members = members;
    return { ...evaluation, point: await this.point() };
  }

  /** Whose weights are needed to choose by these evaluations. */
  async asked(evaluations: readonly Evaluation[]): Promise<readonly number[]> {
    const { deployment, particles } = this.parts;
    if (deployment.name !== "best") return [...particles.keys()];
    await this.choose(evaluations);
    return this.members;
  }

  /** Where those who stand for the swarm are now. */
  point(): Promise<Vector> {
    return this.pointOf(this.members);
  }

  /** Evaluates weights of the net that the swarm gave. */
  async evaluate(weights: Float32Array, dataset: Dataset): Promise<Evaluation> {
    const { spare, evaluator } = this.parts.joined;
    await spare.write(weights);
    return evaluator.evaluate(spare, evaluator.loader(dataset));
  }

  private pointOf(members: readonly number[]): Promise<Vector> {
    const { particles, joined } = this.parts;
    const healthy = members.map((at) => particles[at]).filter((each) => each.healthy);
    return joined.pointOf(healthy.length > 0 ? healthy : [particles[0]]);
  }
}
