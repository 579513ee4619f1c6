// Random melodies: a walk over the staff that fills its bars.

import {
  alterIn,
  barLength,
  clefs,
  lengthOf,
  type Melody,
  type Metre,
  placeName,
  placeOf,
  type Sound,
  stepAt,
  type Value,
} from "../../music/index.js";
import type { Random } from "../../tensor/philox.js";

/** Things with how often they come. */
type Choices<T> = readonly (readonly [of: T, weight: number])[];

function chosen<T>(choices: Choices<T>, random: Random): T {
  let left = random.uniform() * choices.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [of, weight] of choices) {
    left -= weight;
    if (left < 0) return of;
  }
  return choices[choices.length - 1][0];
}

const metres: Choices<Metre> = [
  [{ beats: 2, unit: 4 }, 2],
  [{ beats: 3, unit: 4 }, 3],
  [{ beats: 4, unit: 4 }, 3],
  [{ beats: 6, unit: 8 }, 1],
];

const lengths: Choices<{ readonly value: Value; readonly dotted: boolean }> = [
  [{ value: "whole", dotted: false }, 1],
  [{ value: "half", dotted: true }, 1],
  [{ value: "half", dotted: false }, 2],
  [{ value: "quarter", dotted: true }, 1],
  [{ value: "quarter", dotted: false }, 5],
  [{ value: "eighth", dotted: false }, 4],
  [{ value: "sixteenth", dotted: false }, 1],
];

/** Shares of rests, and of notes that are altered against their key. */
const [RESTS, ALTERED] = [0.1, 0.08];
/** The lowest and highest place: two ledger lines. */
const [LOWEST, HIGHEST] = [-4, 12];

/** Values that fill a bar exactly. */
function rhythm(metre: Metre, random: Random) {
  const bar: { readonly value: Value; readonly dotted: boolean }[] = [];
  for (let left = barLength(metre); left > 0; left -= lengthOf(bar[bar.length - 1])) {
    // Nothing shorter than what is left on the grid, so that sixteenths come in pairs.
    const odd = left % 0.5 !== 0;
    const fitting = lengths.filter(
      ([one]) =>
        lengthOf(one) <= left &&
        (odd ? one.value === "sixteenth" : (left - lengthOf(one)) % 0.25 === 0),
    );
    bar.push(chosen(fitting, random));
  }
  return bar;
}

/**
 * A melody of some bars, always the same of the same random numbers.
 *
 * @param bars how many
 */
export function randomMelody(bars: number, random: Random): Melody {
  const clef = chosen(
    clefs.map((one, at) => [one, [6, 2, 1][at]] as const),
    random,
  );
  const fifths = random.integer(9) - 4;
  const metre = chosen(metres, random);
  let place = 2 + random.integer(6);
  const made = Array.from({ length: bars }, () =>
    rhythm(metre, random).map((length): Sound => {
      if (random.uniform() < RESTS) return length;
      const leap = random.integer(7) - 3;
      place = Math.max(LOWEST, Math.min(HIGHEST, place + leap));
      const step = stepAt(place, clef);
      const own = alterIn(fifths, step);
      // What the key alters becomes natural, what it does not a sharp or a flat.
      const other = own === 0 ? (random.uniform() < 0.5 ? 1 : -1) : 0;
      const alter = random.uniform() < ALTERED ? other : own;
      return { ...length, pitch: { step, alter } };
    }),
  );
  return { clef, fifths, metre, bars: made };
}

/** Whether all notes of a melody lie on the staff or its two ledger lines. */
export const isOnStaff = ({ bars, clef }: Melody): boolean =>
  bars.flat().every(({ pitch }) => {
    const place = pitch ? placeOf(pitch.step, clef) : 4;
    return place >= LOWEST && place <= HIGHEST;
  });

/** Every sign that a melody may have, in the agnostic encoding. */
export function staveSigns(): string[] {
  const places = Array.from({ length: HIGHEST - LOWEST + 1 }, (_, at) => LOWEST + at);
  const beats = [...new Set(metres.flatMap(([{ beats }]) => `digit.${beats}-L4`))];
  const units = [...new Set(metres.flatMap(([{ unit }]) => `digit.${unit}-L2`))];
  const drawn = [...new Set(lengths.map(([{ value }]) => value))];
  const at = (sign: string, all: readonly number[]) =>
    all.map((place) => `${sign}-${placeName(place)}`);
  return [
    ...clefs.map(({ letter, line }) => `clef.${letter}-L${line}`),
    ...["flat", "natural", "sharp"].flatMap((one) => at(`accidental.${one}`, places)),
    ...beats,
    ...units,
    ...drawn.flatMap((value) => at(`note.${value}`, places)),
    ...drawn.flatMap((value) => at(`rest.${value}`, [4])),
    // Dots stand in spaces.
    ...at(
      "dot",
      [...places, HIGHEST + 1].filter((place) => place % 2 !== 0),
    ),
    "barline-L1",
  ];
}
