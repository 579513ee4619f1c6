// What the key and the accidentals of a bar make of the notes that follow.

import { alterIn, type Pitch } from "./pitch.js";

/** Accidentals by what they do. */
export const accidentals = { flat: -1, natural: 0, sharp: 1 } as const;
type Accidental = keyof typeof accidentals;

const accidentalOf = (alter: Pitch["alter"]): Accidental =>
  (Object.keys(accidentals) as Accidental[]).find((one) => accidentals[one] === alter)!;

/** How steps are altered: by the key, and within a bar by accidentals at a place. */
export class Alterations {
  private readonly here = new Map<number, Pitch["alter"]>();

  constructor(private readonly fifths: number) {}

  of(step: number): Pitch["alter"] {
    return this.here.get(step) ?? alterIn(this.fifths, step);
  }

  set(step: number, alter: Pitch["alter"]): void {
    this.here.set(step, alter);
  }

  /** The accidental that a note needs, which holds from then on; none where it sounds so without one. */
  shown({ step, alter }: Pitch): Accidental | undefined {
    if (this.of(step) === alter) return undefined;
    this.set(step, alter);
    return accidentalOf(alter);
  }

  /** A bar line ends what accidentals say. */
  clear(): void {
    this.here.clear();
  }
}
