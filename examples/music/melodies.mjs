// Random melodies as MusicXML and MIDI files, and what sounds in them, for check.py.
//
//   node examples/music/melodies.mjs FOLDER

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomMelody } from "convoynet/make";
import { midiFile, musicXml, playedOf } from "convoynet/music";
import { Random } from "convoynet/tensor";

const COUNT = 200;
const [folder] = process.argv.slice(2);

mkdirSync(folder, { recursive: true });
const melodies = Array.from({ length: COUNT }, (_, step) =>
  randomMelody(1 + (step % 4), new Random({ seed: 5, purpose: "make", step })),
);
for (const [at, melody] of melodies.entries()) {
  writeFileSync(join(folder, `${at}.musicxml`), musicXml(melody));
  writeFileSync(join(folder, `${at}.mid`), midiFile(melody));
}
writeFileSync(join(folder, "played.json"), JSON.stringify(melodies.map(playedOf)));
