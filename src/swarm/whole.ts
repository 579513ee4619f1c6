// The swarm as a whole, for a process that hosts a part of it: what the others' particles came to when they were
// evaluated, and the weights of those who stand for the swarm. Every process learns the same.

import { z } from "zod";
import type { Vector } from "../engine/engine.js";
import { FormatError } from "../tensor/formatError.js";
import { addTallies, type Evaluation, noSums } from "../train/index.js";
import type { Sums } from "../train/progress.js";
import { savedNumber, savedNumbers, savedSums } from "../train/savedProgress.js";
import { deadlineIn, type Exchange } from "./exchange/exchange.js";
import { decodeJson, decodeVector, encodeJson, encodeVector } from "./exchange/wire.js";
import type { Member } from "./joined.js";
import type { Particle } from "./particle.js";

/** Most bytes of a report: it has numbers by name. */
const MOST_REPORT = 256 * 1024;

const reportSchema = z.strictObject({
  healthy: z.boolean(),
  loss: savedNumber,
  metrics: savedNumbers,
  sums: savedSums,
});
type Report = z.output<typeof reportSchema>;

/** Stands for a particle of another process. */
export class RemoteMember implements Member {
  healthy = false;

  constructor(
    readonly id: number,
    /** Where it was when it was evaluated last, if others needed to know [layout.length]. */
    readonly position: Vector,
    private readonly worker: Particle,
  ) {}

  sum: Member["sum"] = (target, terms) => this.worker.sum(target, terms);
}

/** A particle of this process, as the others know it. */
class OwnMember implements Member {
  /** Whether the others have what it told last; they count one that came too late as lost, and so must we. */
  heard = true;

  constructor(private readonly particle: Particle) {}

  get id(): number {
    return this.particle.id;
  }

  get position(): Vector {
    return this.particle.position;
  }

  get healthy(): boolean {
    return this.heard && this.particle.healthy;
  }

  sum: Member["sum"] = (target, terms) => this.particle.sum(target, terms);
}

/** What {@link Whole} is made of. */
export interface WholeParts {
  readonly exchange: Exchange;
  /** Those of this process, ascending. */
  readonly particles: readonly Particle[];
  /** Of the layout. */
  readonly hash: string;
  /** Milliseconds that the others are waited for; default without end. */
  readonly wait?: number;
}

/** How long others are waited for. */
export interface Patience {
  /** Milliseconds; default without end. */
  readonly wait?: number;
  /** Only who came to all gathers from this one on is waited for. */
  readonly since?: number;
}

/** What all particles came to. */
export interface Evaluated {
  /** By particle; of one that did not come NaN. */
  readonly evaluations: readonly Evaluation[];
  readonly sums: Sums;
}

const missing: Evaluation = {
  loss: Number.NaN,
  losses: new Float32Array(0),
  metrics: {},
  outputs: [],
};

/** All members of a swarm of which this process hosts some. */
export class Whole {
  /** By number. */
  readonly members: readonly (OwnMember | RemoteMember)[];

  constructor(private readonly parts: WholeParts) {
    const { exchange, particles } = parts;
    const here = new Map(particles.map((particle) => [particle.id, particle]));
    const [first] = particles;
    this.members = Array.from({ length: exchange.particles }, (_, id) => {
      const own = here.get(id);
      if (own) return new OwnMember(own);
      return new RemoteMember(id, first.engine.vector(first.position.length), first);
    });
  }

  /** Whether somebody else hosts particles. */
  get isParted(): boolean {
    return this.parts.particles.length < this.members.length;
  }

  /** Whether the others have what the particles of this process told last. */
  get isHeard(): boolean {
    return this.members.every((member) => member instanceof RemoteMember || member.heard);
  }

  /** How the particles of this process did, where nobody else is there any more. */
  alone(own: readonly Evaluation[], sums: readonly Sums[]): Evaluated {
    const { particles } = this.parts;
    for (const member of this.members) if (member instanceof RemoteMember) member.healthy = false;
    const found = (id: number) => own[particles.findIndex((each) => each.id === id)];
    return {
      evaluations: this.members.map(({ id }) => found(id) ?? missing),
      sums: sumOf(sums),
    };
  }

  /**
   * Tells the others how the particles of this process did, and hears of theirs.
   *
   * @param patience how long the others are waited for, and whom, as an exchange gathers; default as in a round
   */
  async share(
    own: readonly Evaluation[],
    sums: readonly Sums[],
    patience?: Patience,
  ): Promise<Evaluated> {
    const { particles, exchange } = this.parts;
    const messages = particles.map(({ healthy }, at) =>
      encodeJson({
        healthy,
        loss: own[at].loss,
        metrics: own[at].metrics,
        sums: sums[at],
      } satisfies Report),
    );
    const found = await this.gather(messages, patience);
    const reports = Array.from({ length: exchange.particles }, (_, id) =>
      this.reportOf(id, found[id]),
    );
    for (const member of this.members) {
      const report = reports[member.id];
      if (member instanceof RemoteMember) member.healthy = report?.healthy === true;
      else member.heard = report !== undefined;
    }
    return {
      evaluations: reports.map((report, id) => {
        if (!report) return missing;
        const at = particles.findIndex((each) => each.id === id);
        return at >= 0 ? own[at] : { ...missing, loss: report.loss, metrics: report.metrics };
      }),
      sums: sumOf(reports.flatMap((report) => (report ? [report.sums] : []))),
    };
  }

  /** Brings the weights of members who are elsewhere here, as all processes ask for the same ones. */
  async bring(ids: readonly number[]): Promise<void> {
    const { particles, hash } = this.parts;
    const found = await this.gather(
      await Promise.all(
        particles.map(async ({ id, position }) =>
          ids.includes(id) ? encodeVector("position", await position.read(), hash) : undefined,
        ),
      ),
    );
    for (const id of ids) {
      const member = this.members[id];
      const message = found[id];
      if (!(member instanceof RemoteMember)) {
        member.heard = message !== undefined;
        continue;
      }
      const expected = { name: "position", length: member.position.length, hash };
      const values = message && tried(() => decodeVector(message, expected, `particle ${id}`));
      if (values) await member.position.write(values);
      else member.healthy = false;
    }
  }

  private async gather(
    messages: readonly (Uint8Array | undefined)[],
    { wait = this.parts.wait, since }: Patience = {},
  ) {
    const { exchange, particles } = this.parts;
    const deadline = deadlineIn(wait);
    const all = await Promise.all(
      particles.map(({ id }, at) => exchange.gather(id, messages[at], deadline, since)),
    );
    return all[0];
  }

  private reportOf(id: number, message: Uint8Array | undefined): Report | undefined {
    const reading = { schema: reportSchema, source: `report of particle ${id}`, most: MOST_REPORT };
    return message && tried(() => decodeJson(message, reading));
  }
}

/** Sums of several particles together. */
export const sumOf = (all: readonly Sums[]): Sums =>
  all.reduce(
    (a, b) => ({
      images: a.images + b.images,
      loss: a.loss + b.loss,
      tallies: addTallies(a.tallies, b.tallies),
      work: a.work + b.work,
    }),
    noSums,
  );

/** What was received; of what is damaged nothing, as of somebody who did not come. */
function tried<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}
