// Melodies as what they mean, PrIMuS's semantic encoding (doi 10.3390/app8040606): `clef-G2 keySignature-GM timeSignature-3/4
// note-F#4_quarter. barline`.

import { clefName, pitchName } from "./pitch.js";
import type { Melody, Sound } from "./score.js";

/** Keys by their flats and sharps, from seven flats up. */
const MAJORS = ["Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#"];

const soundName = ({ pitch, value, dotted }: Sound) =>
  `${pitch ? `note-${pitchName(pitch)}_` : "rest-"}${value}${dotted ? "." : ""}`;

/**
 * A melody token by token.
 *
 * @example
 * import { melodyOf } from "convoynet/music";
 * const signs = "clef.G-L2 accidental.sharp-L5 digit.2-L4 digit.4-L2 note.half-S1 barline-L1".split(" ");
 * semanticOf(melodyOf(signs)).join(" "); // "clef-G2 keySignature-GM timeSignature-2/4 note-F#4_half barline"
 */
export const semanticOf = ({ clef, fifths, metre, bars }: Melody): string[] => [
  `clef-${clefName(clef)}`,
  ...(fifths === 0 ? [] : [`keySignature-${MAJORS[fifths + 7]}M`]),
  `timeSignature-${metre.beats}/${metre.unit}`,
  ...bars.flatMap((bar) => [...bar.map(soundName), "barline"]),
];
