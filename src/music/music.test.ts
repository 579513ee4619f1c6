import { describe, expect, test } from "vitest";
import { InputError } from "../inputError.js";
import { isOnStaff, randomMelody } from "../make/music/melodies.js";
import { Random } from "../tensor/philox.js";
import {
  agnosticOf,
  clefs,
  melodyOf,
  midiFile,
  musicXml,
  pitchName,
  pitchNamed,
  placeName,
  placeNamed,
  playedOf,
  semanticOf,
  signaturePlaces,
  unevenBars,
} from "./index.js";

const melodies = Array.from({ length: 60 }, (_, step) =>
  randomMelody(3, new Random({ seed: 1, purpose: "make", step })),
);

describe("random melodies", () => {
  test("fill their bars, on the staff", () => {
    for (const melody of melodies) {
      expect(unevenBars(melody)).toEqual([]);
      expect(isOnStaff(melody)).toBe(true);
    }
  });

  test("are what their signs mean, pitches and all", () => {
    for (const melody of melodies) expect(melodyOf(agnosticOf(melody))).toEqual(melody);
  });
});

test("signs mean pitches by clef, key and the accidentals of the bar", () => {
  const signs =
    "clef.C-L3 accidental.flat-S3 accidental.flat-L4 digit.2-L4 digit.4-L2 note.eighth-L4 dot-S4 note.sixteenth-S3 " +
    "accidental.natural-S3 note.eighth-S3 note.eighth-S3 barline-L1 note.half-S3 barline-L1";
  expect(semanticOf(melodyOf(signs.split(" "))).join(" ")).toBe(
    "clef-C3 keySignature-BbM timeSignature-2/4 note-Eb4_eighth. note-D4_sixteenth note-D4_eighth note-D4_eighth barline " +
      "note-D4_half barline",
  );
});

test("an accidental holds to the end of its bar, and for its own octave", () => {
  const signs =
    "clef.G-L2 digit.4-L4 digit.4-L2 accidental.sharp-S1 note.quarter-S1 note.quarter-S1 note.half-L5 barline-L1 note.whole-S1 barline-L1";
  const [first, second] = melodyOf(signs.split(" ")).bars;
  expect(first.map(({ pitch }) => pitchName(pitch!))).toEqual(["F#4", "F#4", "F5"]);
  expect(second.map(({ pitch }) => pitchName(pitch!))).toEqual(["F4"]);
});

test("keys stand where they are written", () => {
  const [treble, bass, alto] = clefs;
  expect(signaturePlaces(4, treble).map(placeName)).toEqual(["L5", "S3", "S5", "L4"]);
  expect(signaturePlaces(-3, bass).map(placeName)).toEqual(["L2", "S3", "S1"]);
  expect(signaturePlaces(2, alto).map(placeName)).toEqual(["S4", "L3"]);
});

test("names of pitches and places lead back", () => {
  for (const name of ["C4", "Bb3", "F#5"]) expect(pitchName(pitchNamed(name)!)).toBe(name);
  for (const name of ["L1", "S0", "L-1", "S6"]) expect(placeName(placeNamed(name)!)).toBe(name);
  expect([pitchNamed("H4"), placeNamed("X1")]).toEqual([undefined, undefined]);
});

describe("signs that make no melody are refused by number", () => {
  test.each([
    ["note.quarter-L3", /sign 0 is note; expected a clef first/],
    ["clef.G-L2 digit.3-L4", /sign 2 is the end; expected the second digit/],
    ["clef.G-L1", /a clef G at L1; known are G2, F4, C3/],
    ["clef.G-L2 digit.3-L4 digit.4-L2 dot-S3", /sign 3 is dot; expected a note/],
    ["clef.G-L2 digit.3-L4 digit.4-L2 note.long-S3", /a note of "long"; expected whole, half/],
    ["clef.G-L2 digit.3-L4 digit.4-L2 accidental.sharp-L1", /sign 4 is the end; expected a note/],
    ["<b>", /sign 0 is "<b>"/],
  ])("%s", (signs, message) => {
    expect(() => melodyOf(signs.split(" "))).toThrow(InputError);
    expect(() => melodyOf(signs.split(" "))).toThrow(message);
  });
});

/** The notes of a MIDI file of one track, read by its own rules. */
function notesOf(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer);
  expect(view.getUint32(18)).toBe(bytes.length - 22);
  let at = 22;
  let now = 0;
  const open = new Map<number, number>();
  const notes: { note: number; start: number; length: number }[] = [];
  const variable = () => {
    let value = 0;
    for (;;) {
      const byte = bytes[at++];
      value = (value << 7) | (byte & 127);
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    now += variable();
    const status = bytes[at++];
    if (status === 0xff) {
      at++;
      const length = variable();
      at += length;
    } else if (status === 0x90) {
      open.set(bytes[at], now);
      at += 2;
    } else if (status === 0x80) {
      const start = open.get(bytes[at])!;
      notes.push({ note: bytes[at], start, length: now - start });
      at += 2;
    } else throw new Error(`status ${status}`);
  }
  return notes;
}

test("a MIDI file has exact onsets and durations", () => {
  for (const melody of melodies) {
    expect(notesOf(midiFile(melody))).toEqual(playedOf(melody));
    const quarters = (melody.metre.beats * 4) / melody.metre.unit;
    const last = playedOf(melody).at(-1);
    if (last) expect(last.start + last.length).toBeLessThanOrEqual(3 * quarters * 480);
  }
});

test("MusicXML has a measure for each bar, whose notes last as long as the metre says", () => {
  for (const melody of melodies.slice(0, 10)) {
    const measures = musicXml(melody).split("<measure ").slice(1);
    expect(measures).toHaveLength(melody.bars.length);
    for (const measure of measures) {
      const lengths = [...measure.matchAll(/<duration>(\d+)</g)].map(([, length]) =>
        Number(length),
      );
      const { beats, unit } = melody.metre;
      expect(lengths.reduce((a, b) => a + b, 0)).toBe((8 * 4 * beats) / unit);
    }
  }
});

test("MusicXML shows the accidentals that stand on the staff, and no others", () => {
  for (const melody of melodies) {
    const shown = [...musicXml(melody).matchAll(/<accidental>(\w+)</g)].map(([, one]) => one);
    const key = Math.abs(melody.fifths);
    const signs = agnosticOf(melody).filter((sign) => sign.startsWith("accidental."));
    expect(shown).toEqual(signs.slice(key).map((sign) => sign.slice(11, sign.indexOf("-"))));
  }
});
