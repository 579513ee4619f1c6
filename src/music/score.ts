// A melody on one staff.

import type { Clef, Pitch } from "./pitch.js";

/** Values of notes and rests, in quarters. */
export const values = { whole: 4, half: 2, quarter: 1, eighth: 0.5, sixteenth: 0.25 } as const;
export type Value = keyof typeof values;

/** A note, or a rest where it has no pitch. */
export interface Sound {
  readonly pitch?: Pitch;
  readonly value: Value;
  readonly dotted: boolean;
}

/** How long it lasts, in quarters. */
export const lengthOf = ({ value, dotted }: Pick<Sound, "value" | "dotted">): number =>
  values[value] * (dotted ? 1.5 : 1);

/** Beats of a bar, and the value of one: 3 and 4 are three quarters. */
export interface Metre {
  readonly beats: number;
  readonly unit: number;
}

/** Quarters of a bar. */
export const barLength = ({ beats, unit }: Metre): number => (4 * beats) / unit;

/** A melody: bars end with a bar line, the last one perhaps without. */
export interface Melody {
  readonly clef: Clef;
  /** Sharps of the key, or flats where it is below 0. */
  readonly fifths: number;
  readonly metre: Metre;
  readonly bars: readonly (readonly Sound[])[];
}

/**
 * Bars that do not last as long as their metre says, by number from 0.
 */
export const unevenBars = ({ metre, bars }: Melody): number[] =>
  [...bars.keys()].filter(
    (at) => bars[at].reduce((sum, sound) => sum + lengthOf(sound), 0) !== barLength(metre),
  );
