// Pitches, and where they stand on a staff under a clef.

/** Names of the steps, from C up. */
const STEPS = "CDEFGAB";
/** What raises or lowers a step, in writing. */
const ALTERS = ["b", "", "#"] as const;

/** A pitch of the white keys, raised (1) or lowered (-1) by half a tone. */
export interface Pitch {
  /** Steps from C0: 7 an octave. */
  readonly step: number;
  readonly alter: -1 | 0 | 1;
}

/**
 * A pitch in words.
 *
 * @example
 * pitchName({ step: 34, alter: -1 }); // "Bb4"
 */
export const pitchName = ({ step, alter }: Pitch): string =>
  `${STEPS[step % 7]}${ALTERS[alter + 1]}${Math.floor(step / 7)}`;

/** The pitch of such words; `undefined` for others. */
export function pitchNamed(name: string): Pitch | undefined {
  const [, letter, alter, octave] = /^([A-G])([b#]?)([0-9])$/.exec(name) ?? [];
  if (letter === undefined) return undefined;
  const index = ALTERS.indexOf(alter as "b" | "" | "#");
  return { step: 7 * Number(octave) + STEPS.indexOf(letter), alter: (index - 1) as Pitch["alter"] };
}

/** Half tones above C of each step. */
const HALVES = [0, 2, 4, 5, 7, 9, 11];

/** The number of a pitch in MIDI: 60 is C4. */
export const midiOf = ({ step, alter }: Pitch): number =>
  12 * (Math.floor(step / 7) + 1) + HALVES[step % 7] + alter;

/** A clef: its letter, the line that it stands on, and the step that this line has. */
export interface Clef {
  readonly letter: "G" | "F" | "C";
  readonly line: number;
  readonly step: number;
}

/** The clefs that are known. */
export const clefs: readonly Clef[] = [
  { letter: "G", line: 2, step: 32 },
  { letter: "F", line: 4, step: 24 },
  { letter: "C", line: 3, step: 28 },
];

export const clefName = ({ letter, line }: Clef): string => `${letter}${line}`;

// Places on a staff are counted in steps from its lowest line.

/** The place of a step under a clef. */
export const placeOf = (step: number, clef: Clef): number => step - clef.step + 2 * (clef.line - 1);

/** The step at a place under a clef. */
export const stepAt = (place: number, clef: Clef): number =>
  place + clef.step - 2 * (clef.line - 1);

/**
 * A place in words: L1 is the lowest line, S1 the space above it.
 *
 * @example
 * [placeName(0), placeName(1), placeName(-1)]; // ["L1", "S1", "S0"]
 */
export const placeName = (place: number): string =>
  `${place % 2 === 0 ? "L" : "S"}${Math.floor(place / 2) + 1}`;

/** The place of such words; `undefined` for others. */
export function placeNamed(name: string): number | undefined {
  const [, kind, number] = /^([LS])(-?\d+)$/.exec(name) ?? [];
  return kind === undefined ? undefined : 2 * (Number(number) - 1) + (kind === "S" ? 1 : 0);
}

/** Places of the accidentals of keys, in their order, under the G clef. */
const SIGNATURES = { 1: [8, 5, 9, 6, 3, 7, 4], [-1]: [4, 7, 3, 6, 2, 5, 1] } as const;
/** How far other clefs move them down. */
const LOWER: Readonly<Record<Clef["letter"], number>> = { G: 0, C: 1, F: 2 };

/** Where the accidentals of a key stand, in their order: `fifths` sharps, or flats where it is below 0. */
export const signaturePlaces = (fifths: number, { letter }: Clef): number[] =>
  SIGNATURES[fifths < 0 ? -1 : 1].slice(0, Math.abs(fifths)).map((place) => place - LOWER[letter]);

/** Steps in the order in which keys raise them; they are lowered in the opposite one. */
const RAISED = [3, 0, 4, 1, 5, 2, 6];

/** How a key alters a step. */
export function alterIn(fifths: number, step: number): Pitch["alter"] {
  const at = RAISED.indexOf(step % 7);
  if (fifths > 0) return at < fifths ? 1 : 0;
  return 6 - at < -fifths ? -1 : 0;
}
