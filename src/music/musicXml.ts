// Melodies as MusicXML 4.0, which programs that set music read.

import { Alterations } from "./alterations.js";
import type { Pitch } from "./pitch.js";
import { lengthOf, type Melody, type Sound } from "./score.js";

/** Divisions of a quarter: the shortest dotted value is a whole number of them. */
const DIVISIONS = 8;

/** MusicXML's names of values that have others. */
const types: Readonly<Record<string, string>> = { sixteenth: "16th" };

const tag = (name: string, ...inside: readonly (string | number)[]) =>
  `<${name}>${inside.join("")}</${name}>`;

const pitchTag = ({ step, alter }: Pitch) =>
  tag(
    "pitch",
    tag("step", "CDEFGAB"[step % 7]),
    ...(alter === 0 ? [] : [tag("alter", alter)]),
    tag("octave", Math.floor(step / 7)),
  );

function noteTag(sound: Sound, altered: Alterations): string {
  const accidental = sound.pitch && altered.shown(sound.pitch);
  return tag(
    "note",
    sound.pitch ? pitchTag(sound.pitch) : "<rest/>",
    tag("duration", lengthOf(sound) * DIVISIONS),
    tag("voice", 1),
    tag("type", types[sound.value] ?? sound.value),
    ...(sound.dotted ? ["<dot/>"] : []),
    ...(accidental ? [tag("accidental", accidental)] : []),
  );
}

/** The notes of a bar, with the accidentals that a reader needs. */
function notesTag(bar: readonly Sound[], fifths: number): string {
  const altered = new Alterations(fifths);
  return bar.map((sound) => noteTag(sound, altered)).join("");
}

const attributes = ({ clef, fifths, metre }: Melody) =>
  tag(
    "attributes",
    tag("divisions", DIVISIONS),
    tag("key", tag("fifths", fifths)),
    tag("time", tag("beats", metre.beats), tag("beat-type", metre.unit)),
    tag("clef", tag("sign", clef.letter), tag("line", clef.line)),
  );

/**
 * A melody as a MusicXML file of one part.
 *
 * @example
 * import { melodyOf } from "convoynet/music";
 * musicXml(melodyOf("clef.G-L2 digit.2-L4 digit.4-L2 note.half-L3".split(" "))).includes("<step>B</step>"); // true
 */
export function musicXml(melody: Melody): string {
  const measures = melody.bars.map(
    (bar, at) =>
      `    <measure number="${at + 1}">${at === 0 ? attributes(melody) : ""}${notesTag(bar, melody.fifths)}</measure>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">
<score-partwise version="4.0">
  <part-list><score-part id="P1"><part-name>Melody</part-name></score-part></part-list>
  <part id="P1">
${measures.join("\n")}
  </part>
</score-partwise>
`;
}
