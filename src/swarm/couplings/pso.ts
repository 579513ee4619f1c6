// PSO-ConvNet: collaborative training with the dynamics of a particle swarm. Phong, Santos, Ribeiro,
// "PSO-Convolutional Neural Networks with Heterogeneous Learning Rate", IEEE Access 10, 2022, arXiv
// 2205.10456. As in the authors' code, the attraction falls with the distance itself, not its square.

import { z } from "zod";
import { InputError } from "../../inputError.js";
import { parseSettings } from "../../settings.js";
import type { Random } from "../../tensor/philox.js";
import { type Coupling, type Move, type Round, stay } from "../coupling.js";
import { isAlone, presence, presentOnes, simplified } from "./mixing.js";
import { interval, strength } from "./settings.js";
import { SPREAD } from "./shared.js";

/** What a form of the dynamics is made of. */
interface Form {
  /** Follows the neighbours' displacements. */
  readonly follows: boolean;
  /** Adds the neighbours' positions times the own learning rate to their displacements. */
  readonly adds: boolean;
  /** Is pulled to the best point that the neighbourhood remembers. */
  readonly pulled: boolean;
}

const forms = {
  1: { follows: true, adds: false, pulled: true },
  2: { follows: true, adds: true, pulled: true },
  knn: { follows: false, adds: false, pulled: true },
  gradient: { follows: true, adds: false, pulled: false },
} as const satisfies Record<string, Form>;

/** Settings of {@link pso}. */
export const psoSettings = z.strictObject({
  dynamics: z
    .union([z.literal(1), z.literal(2), z.literal("knn"), z.literal("gradient")])
    .default(1)
    .describe("1, 2, knn (the pull to the best alone) or gradient (the displacements alone)"),
  m: z
    .union([z.number(), z.array(z.number()), z.array(z.array(z.number()))], {
      error: "expected a number, a list of one for each receiver, or a list of such rows",
    })
    .default(0.3)
    .describe(
      "how strongly particles follow others: one number, one a receiver, or a row a receiver",
    ),
  beta: strength().default(1).describe("how fast that falls with the distance"),
  c: strength().default(0.5).describe("pull to the best point of the neighbourhood"),
  personal: strength().default(0).describe("pull to the particle's own best point"),
  neighbours: z
    .int()
    .min(1)
    .optional()
    .describe("size of the neighbourhood, the particle itself included; default all"),
  distance: z.enum(["l2", "rms"]).default("l2").describe("Euclidean, or root mean square"),
  warmup: z.int().min(0).default(0).describe("rounds of plain training before the first exchange"),
  every: interval().default("epoch").describe("local steps between two rounds"),
  limit: z.number().positive().default(0.2).describe("longest move, as a share of the norm"),
  spread: z
    .number()
    .min(1)
    .default(SPREAD)
    .describe("without a list of rates: how many times the lowest rate the highest one is"),
  rescue: z
    .int()
    .min(0)
    .default(2)
    .describe("epochs behind the best after which a particle takes its place; 0 for never"),
});
export type PsoSettings = z.input<typeof psoSettings>;
type Parsed = z.output<typeof psoSettings>;

/** Strength with which `self` follows `other`. */
function strengthOf(m: Parsed["m"], self: number, other: number): number {
  if (typeof m === "number") return m;
  const row = m[self];
  return typeof row === "number" ? row : row[other];
}

function checkSize({ m, neighbours }: Parsed, particles: number): void {
  if (neighbours !== undefined && neighbours > particles) {
    throw new InputError(
      `pso: neighbours is ${neighbours}, but the swarm has ${particles} particles; give at most ${particles}`,
    );
  }
  if (typeof m === "number") return;
  const wrong = (what: string, found: number) =>
    new InputError(`pso: ${what} ${found} numbers, but the swarm has ${particles} particles`);
  if (m.length !== particles) throw wrong("m has", m.length);
  for (const [row, values] of m.entries()) {
    if (typeof values !== "number" && values.length !== particles) {
      throw wrong(`row ${row} of m has`, values.length);
    }
  }
}

/**
 * The particle itself, then the closest others; of equally far ones the lowest numbers. One that is behind has nothing
 * to tell: its displacements are those of a dead net.
 */
function neighbourhood(round: Round, self: number, size: number): readonly number[] {
  const others = presentOnes(presence(round))
    .filter((other) => other !== self && round.behind[other] === 0)
    .filter((other) => Number.isFinite(round.distance(self, other)))
    .sort((a, b) => round.distance(self, a) - round.distance(self, b) || a - b);
  return [self, ...others.slice(0, size - 1)];
}

/** Who remembers the best score; of equal ones the lowest number, without any the particle itself. */
function bestOf({ snapshots }: Round, neighbours: readonly number[]): number {
  const scoreOf = (particle: number) => snapshots[particle].bestScore ?? Number.NEGATIVE_INFINITY;
  return neighbours.reduce((best, each) => {
    const lead = scoreOf(each) - scoreOf(best);
    return lead > 0 || (lead === 0 && each < best) ? each : best;
  });
}

/** A pull of `self` to the point that `other` remembers, if it has any: `weight (P - x)`. */
function pullTo(round: Round, self: number, other: number, weight: number): Move {
  if (round.snapshots[other].bestScore === undefined) return [];
  return [
    { particle: other, vector: "best", weight },
    { particle: self, vector: "position", weight: -weight },
  ];
}

/** What `self` takes over from a neighbour: `g (x - before + rate x)`. */
function follow(settings: Parsed, round: Round, self: number, other: number): Move {
  const { m, beta, distance, dynamics } = settings;
  const far = round.distance(self, other) / (distance === "rms" ? round.rootSize : 1);
  const g = strengthOf(m, self, other) / (1 + far) ** beta;
  const rate = forms[dynamics].adds ? round.snapshots[self].lr : 0;
  return [
    { particle: other, vector: "position", weight: g * (1 + rate) },
    { particle: other, vector: "before", weight: -g },
  ];
}

function move(settings: Parsed, round: Round, self: number, own: Random): Move {
  const { dynamics, c, personal, neighbours = round.snapshots.length } = settings;
  const { follows, pulled } = forms[dynamics];
  const near = neighbourhood(round, self, neighbours);
  const followed = follows ? near.slice(1) : [];
  const toBest = pulled ? c * own.uniform() : 0;
  const toOwnBest = personal * own.uniform();
  return simplified([
    ...stay(self),
    ...followed.flatMap((other) => follow(settings, round, self, other)),
    ...pullTo(round, self, bestOf(round, near), toBest),
    ...pullTo(round, self, self, toOwnBest),
  ]);
}

/**
 * A swarm whose particles follow their neighbours' displacements and are pulled to the best point
 * that the neighbourhood remembers. A particle that has nobody to meet trains as if alone.
 *
 * @throws InputError for a setting that is unknown or out of range.
 * @example
 * pso({ dynamics: 2, neighbours: 3 }).every; // "epoch"
 */
export function pso(settings: PsoSettings = {}): Coupling {
  const parsed = parseSettings(psoSettings, settings, "pso");
  const { warmup, every, limit, rescue } = parsed;
  // Without any pull particles are independent, to the byte.
  const couples = parsed.c > 0 || parsed.personal > 0 || [parsed.m].flat(2).some((m) => m !== 0);
  return {
    name: "pso",
    source: "Phong, Santos, Ribeiro 2022, arXiv 2205.10456",
    needs: { scores: true, distances: true },
    every,
    movesFrom: warmup,
    deploys: "soup",
    spread: parsed.spread,
    limit,
    check: (particles) => checkSize(parsed, particles),
    ...(couples &&
      rescue > 0 && {
        rescues: ({ number, behind, last }, self) =>
          number >= warmup && behind[self] >= (last ? 1 : rescue),
      }),
    move: (round, self, own) =>
      round.number < warmup || isAlone(round, self) ? stay(self) : move(parsed, round, self, own),
  };
}
