// A search is a pure function of what it was told: trials that were proposed, in order, with what became of them. It
// keeps no state, so resuming is asking again. What it proposes does not depend on the order in which results came.

import type { z } from "zod";
import { InputError } from "../inputError.js";
import { Random } from "../tensor/philox.js";
import { checkSettings, type Settings, type Space } from "./space.js";

/** Something to try. */
export interface Trial {
  readonly settings: Settings;
  /** The trial that it continues: it begins where that one stopped. Absent: it begins anew. */
  readonly from?: number;
  /** Where it stops, in units of the resource, counted from the beginning of all. Absent: at its own end. */
  readonly until?: number;
}

/** A trial that was proposed. Its number is its place among those that were told. */
export interface Told extends Trial {
  /**
   * What it came to: a number an objective, less is better. Absent: it still runs. A number that is not finite says
   * that it failed, which is worse than anything.
   */
  readonly losses?: readonly number[];
}

/** What a search says: try this, wait until a trial that runs has ended, or there is nothing left. */
export type Next = Trial | "wait" | "done";

/** What trials have to spend, where they can stop early: epochs, say. */
export interface Resource {
  /** Before a first comparison. */
  readonly least: number;
  /** Of a trial in full. */
  readonly most: number;
}

/** What a sampler is asked with. */
export interface Asked {
  readonly space: Space;
  readonly told: readonly Told[];
  /** Most trials that begin anew; those that continue another do not count. */
  readonly trials: number;
  readonly resource?: Resource;
  /** Number of the trial that it is asked for. */
  readonly number: number;
  /** A sampler that needs several streams names them. */
  readonly random: RandomOf;
}

/** Random numbers of a trial, in several streams where a number is given. */
export type RandomOf = (number: number, stream?: number) => Random;

/** A way to choose trials. All of them see the order of losses alone: any rising function of them changes nothing. */
export interface Sampler<O extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly description: string;
  /** Paper and year. */
  readonly source: string;
  /** Its own options, with defaults. */
  readonly options: O;
  /** Whether its trials stop early and go on, so that it needs a {@link Resource}. */
  readonly stages?: true;
  /** Whether a trial that goes on may have other settings than the one it continues. */
  readonly changes?: true;
  /** A pure function. */
  next(asked: Asked, options: z.output<O>): Next;
}

/** The most that an option takes which costs memory or time: far beyond what any search has use for. */
export const MOST = 10_000;

/** A sampler with the types of its options. */
export const sampler = <O extends z.ZodObject>(one: Sampler<O>): Sampler<O> => one;

/** Whether a trial has ended. */
export const hasEnded = ({ losses }: Told): boolean => losses !== undefined;

/** Whether it has ended well. */
export const hasLosses = (told: Told): told is Told & { losses: readonly number[] } =>
  told.losses?.every(Number.isFinite) ?? false;

/** Trials that began anew. */
export const begun = (told: readonly Told[]): number =>
  told.filter(({ from }) => from === undefined).length;

/**
 * Checks what a search is told.
 *
 * @throws InputError naming the trial and what does not fit: settings outside of the space, a trial continued that is
 * not known, numbers of objectives that differ.
 */
export function checkTold(space: Space, told: readonly Told[]): void {
  let objectives: number | undefined;
  for (const [number, { settings, from, losses }] of told.entries()) {
    const where = `trial ${number}`;
    checkSettings(space, settings, where);
    if (from !== undefined && !(Number.isInteger(from) && from >= 0 && from < number)) {
      throw new InputError(`${where}: continues trial ${from}; expected one before it`);
    }
    if (losses === undefined) continue;
    objectives ??= losses.length;
    if (losses.length !== objectives || objectives === 0) {
      throw new InputError(
        `${where}: has ${losses.length} losses; expected ${objectives || "one at least"}, as many as the others`,
      );
    }
  }
}

/** The stream of random numbers of a trial. */
export const randomOf =
  (seed: number): RandomOf =>
  (number, stream = 0) =>
    new Random({ seed, purpose: "search", step: number }, stream);
