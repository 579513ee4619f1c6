// Melodies as signs and where they stand, PrIMuS's agnostic encoding (Calvo-Zaragoza and Rizo 2018, "End-to-end neural optical
// music recognition of monophonic scores", doi 10.3390/app8040606): `clef.G-L2 accidental.sharp-L5 digit.3-L4 digit.4-L2
// note.quarter-S2 barline-L1`. A net can read it sign by sign; what a sign means depends on those before it.

import { InputError } from "../inputError.js";
import { suggestion } from "../text/words.js";
import { Alterations, accidentals } from "./alterations.js";
import { clefs, placeName, placeNamed, placeOf, signaturePlaces, stepAt } from "./pitch.js";
import { type Melody, type Sound, type Value, values } from "./score.js";

/** The place of a dot beside a note: a note on a line has it in the space above. */
const dotPlace = (place: number) => (place % 2 === 0 ? place + 1 : place);

/** Where rests stand. */
const REST = 4;

/**
 * A melody sign by sign.
 *
 * @example
 * import { clefs } from "convoynet/music";
 * const bars = [[{ pitch: { step: 33, alter: 0 }, value: "half", dotted: true }]] as const;
 * agnosticOf({ clef: clefs[0], fifths: 0, metre: { beats: 3, unit: 4 }, bars }).slice(3);
 * // ["note.half-S2", "dot-S2", "barline-L1"]
 */
export function agnosticOf({ clef, fifths, metre, bars }: Melody): string[] {
  const signs = [
    `clef.${clef.letter}-L${clef.line}`,
    ...signaturePlaces(fifths, clef).map(
      (place) => `accidental.${fifths < 0 ? "flat" : "sharp"}-${placeName(place)}`,
    ),
    `digit.${metre.beats}-L4`,
    `digit.${metre.unit}-L2`,
  ];
  const altered = new Alterations(fifths);
  for (const bar of bars) {
    for (const { pitch, value, dotted } of bar) {
      const place = pitch ? placeOf(pitch.step, clef) : REST;
      const accidental = pitch && altered.shown(pitch);
      if (accidental) signs.push(`accidental.${accidental}-${placeName(place)}`);
      signs.push(`${pitch ? "note" : "rest"}.${value}-${placeName(place)}`);
      if (dotted) signs.push(`dot-${placeName(dotPlace(place))}`);
    }
    signs.push("barline-L1");
    altered.clear();
  }
  return signs;
}

/** A sign in its parts: `note.quarter-L3` is a `note` of shape `quarter` at place 4. */
export interface Sign {
  readonly kind: string;
  readonly shape: string;
  readonly place: number;
}

const kinds = ["clef", "accidental", "digit", "note", "rest", "dot", "barline"];

/**
 * A sign from its text.
 *
 * @param at its number, for messages
 * @throws InputError for anything else.
 */
export function signOf(text: string, at: number): Sign {
  const [, kind, shape = "", where] =
    /^([a-z]+)(?:\.([A-Za-z0-9]+))?-([LS]-?\d+)$/.exec(text) ?? [];
  const place = where === undefined ? undefined : placeNamed(where);
  if (place !== undefined && kinds.includes(kind)) return { kind, shape, place };
  throw new InputError(
    `sign ${at} is "${text}"${suggestion(text.split(/[.-]/)[0], kinds)}; expected ${kinds.join(", ")} with a place, as note.quarter-L3`,
  );
}

/** Reads a melody sign by sign. */
class MelodyReader {
  private at = 0;

  constructor(private readonly signs: readonly Sign[]) {}

  private take(kind: string): Sign | undefined {
    const sign = this.signs[this.at];
    if (sign?.kind !== kind) return undefined;
    this.at++;
    return sign;
  }

  private need(kind: string, what: string): Sign {
    const found = this.take(kind);
    if (found) return found;
    const { kind: other } = this.signs[this.at] ?? { kind: "the end" };
    throw new InputError(`sign ${this.at} is ${other}; expected ${what}`);
  }

  private clef() {
    const { shape, place } = this.need("clef", "a clef first");
    const found = clefs.find(({ letter, line }) => letter === shape && 2 * (line - 1) === place);
    if (found) return found;
    throw new InputError(
      `sign 0 is a clef ${shape} at ${placeName(place)}; known are ${clefs.map(({ letter, line }) => `${letter}${line}`).join(", ")}`,
    );
  }

  private fifths(): number {
    let fifths = 0;
    for (let sign = this.take("accidental"); sign; sign = this.take("accidental")) {
      fifths += sign.shape === "flat" ? -1 : sign.shape === "sharp" ? 1 : 0;
    }
    return Math.max(-7, Math.min(7, fifths));
  }

  private sound(altered: Alterations, clef: Melody["clef"]): Sound | undefined {
    const accidental = this.take("accidental");
    if (accidental) {
      const alter = accidentals[accidental.shape as keyof typeof accidentals];
      if (alter !== undefined) altered.set(stepAt(accidental.place, clef), alter);
    }
    const note = this.take("note");
    const sign = note ?? this.take("rest");
    if (!sign) return undefined;
    if (!Object.hasOwn(values, sign.shape)) {
      throw new InputError(
        `sign ${this.at - 1} is a ${sign.kind} of "${sign.shape}"; expected ${Object.keys(values).join(", ")}`,
      );
    }
    const dotted = this.take("dot") !== undefined;
    const step = stepAt(sign.place, clef);
    return {
      ...(note && { pitch: { step, alter: altered.of(step) } }),
      ...{ value: sign.shape as Value, dotted },
    };
  }

  melody(): Melody {
    const clef = this.clef();
    const fifths = this.fifths();
    const [beats, unit] = ["the digits of the metre", "the second digit of the metre"].map((what) =>
      Number(this.need("digit", what).shape),
    );
    const bars: Sound[][] = [];
    const altered = new Alterations(fifths);
    let bar: Sound[] = [];
    while (this.at < this.signs.length) {
      if (this.take("barline")) {
        bars.push(bar);
        bar = [];
        altered.clear();
        continue;
      }
      const sound = this.sound(altered, clef);
      if (sound) bar.push(sound);
      else
        throw new InputError(
          `sign ${this.at} is ${this.signs[this.at]?.kind ?? "the end"}; expected a note, a rest or a bar line`,
        );
    }
    if (bar.length > 0) bars.push(bar);
    return { clef, fifths, metre: { beats, unit }, bars };
  }
}

/**
 * The melody that signs mean: pitches follow from clef, key and the accidentals of the bar.
 *
 * @throws InputError naming the first sign that makes no melody.
 */
export const melodyOf = (signs: readonly string[]): Melody =>
  new MelodyReader(signs.map(signOf)).melody();
