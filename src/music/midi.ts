// Melodies as MIDI files of one track (Standard MIDI Files 1.0, format 0).

import { midiOf } from "./pitch.js";
import { lengthOf, type Melody } from "./score.js";

/** Ticks of a quarter. */
const TICKS = 480;
/** How hard keys are struck, and microseconds of a quarter: 120 a minute. */
const [VELOCITY, TEMPO] = [80, 500_000];

/** A note as it sounds: its number in MIDI, and when, in ticks of 480 a quarter. */
export interface Played {
  readonly note: number;
  readonly start: number;
  readonly length: number;
}

/** The notes of a melody as they sound. */
export function playedOf({ bars }: Melody): Played[] {
  let now = 0;
  return bars.flat().flatMap((sound) => {
    const [start, length] = [now, lengthOf(sound) * TICKS];
    now += length;
    return sound.pitch ? [{ note: midiOf(sound.pitch), start, length }] : [];
  });
}

/** A number in groups of seven bits, the highest first, of which all but the last are marked. */
function variable(value: number): number[] {
  const bytes = [value & 127];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 127) | 128);
  return bytes;
}

const big = (value: number, bytes: number) =>
  Array.from({ length: bytes }, (_, at) => (value >>> (8 * (bytes - 1 - at))) & 255);
const letters = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
const chunk = (name: string, bytes: readonly number[]) => [
  ...letters(name),
  ...big(bytes.length, 4),
  ...bytes,
];

/**
 * A melody as the bytes of a MIDI file: 480 ticks a quarter, 120 quarters a minute.
 *
 * @example
 * import { melodyOf } from "convoynet/music";
 * const bytes = midiFile(melodyOf("clef.G-L2 digit.2-L4 digit.4-L2 note.half-L3".split(" ")));
 * String.fromCharCode(...bytes.subarray(0, 4)); // "MThd"
 */
export function midiFile(melody: Melody): Uint8Array {
  const { beats, unit } = melody.metre;
  const track = [
    ...[0, 0xff, 0x51, 3, ...big(TEMPO, 3)],
    ...[0, 0xff, 0x58, 4, beats, Math.round(Math.log2(unit)), 24, 8],
    ...[0, 0xff, 0x59, 2, melody.fifths & 255, 0],
  ];
  let now = 0;
  for (const { note, start, length } of playedOf(melody)) {
    track.push(...variable(start - now), 0x90, note, VELOCITY);
    track.push(...variable(length), 0x80, note, 0);
    now = start + length;
  }
  track.push(0, 0xff, 0x2f, 0);
  const head = [...big(0, 2), ...big(1, 2), ...big(TICKS, 2)];
  return Uint8Array.from([...chunk("MThd", head), ...chunk("MTrk", track)]);
}
