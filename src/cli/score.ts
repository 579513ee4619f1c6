// `convoy score RUN IMAGE`: a staff that a net of signs has read, as music: MusicXML, MIDI, or what it means.

import type { Command } from "commander";
import { writeFileAtomic } from "../files/atomicFile.js";
import { InputError } from "../inputError.js";
import {
  type Melody,
  melodyOf,
  midiFile,
  musicXml,
  semanticOf,
  unevenBars,
} from "../music/index.js";
import { openTrained, predictFiles } from "../runs/index.js";
import { counted, percent } from "../text/format.js";
import { type Console, say, sayJson } from "./console.js";
import { addEngineFlags, type EngineFlags } from "./engineFlags.js";
import { expectNoImage } from "./imageArguments.js";

interface Options extends EngineFlags {
  readonly out?: string;
  readonly midi?: string;
  readonly json?: boolean;
}

/** What a net says of a staff. */
async function readSigns(run: string, image: string, { engine, threads }: EngineFlags) {
  const net = await openTrained(run, { engine, threads });
  try {
    for await (const { prediction, reason } of predictFiles(net, [image])) {
      if (!prediction) throw new InputError(`${image}: ${reason}`);
      const { symbols } = prediction as { symbols?: readonly { readonly token: string }[] };
      if (!symbols) {
        throw new InputError(
          `${run}: task ${net.task.name} tells no symbols, as task sequence does`,
        );
      }
      const signs = symbols.map(({ token }) => token);
      return { signs, confidence: prediction.confidence as number };
    }
    throw new InputError(`${image}: nothing was read`);
  } finally {
    await net.close();
  }
}

/** The melody of signs; says what was read where they make none. */
function melodyIn(signs: readonly string[], image: string): Melody {
  try {
    return melodyOf(signs);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      `${image}: no melody, as ${error.message}; read was: ${signs.join(" ") || "nothing"}`,
    );
  }
}

async function score(run: string, image: string, options: Options, console: Console) {
  const { out, midi, json } = options;
  for (const [flag, path] of Object.entries({ "--out": out, "--midi": midi })) {
    if (path !== undefined) expectNoImage(flag, path, [image]);
  }
  const { signs, confidence } = await readSigns(run, image, options);
  const melody = melodyIn(signs, image);
  const uneven = unevenBars(melody).map((bar) => bar + 1);
  if (out !== undefined) await writeFileAtomic(out, new TextEncoder().encode(musicXml(melody)));
  if (midi !== undefined) await writeFileAtomic(midi, midiFile(melody));
  const semantic = semanticOf(melody);
  if (json)
    return sayJson(console, { file: image, signs, semantic, confidence, uneven, out, midi });
  say(console.out, `${counted(melody.bars.length, "bar")}, confidence ${percent(confidence)}`);
  say(console.out, semantic.join(" "));
  if (uneven.length > 0) {
    say(
      console.out,
      `${counted(uneven.length, "bar")} not as long as the metre says: ${uneven.join(", ")}`,
    );
  }
  for (const path of [out, midi]) if (path !== undefined) say(console.out, `written ${path}`);
}

export function define(command: Command, console: Console): void {
  command
    .argument("<run>", "run folder of a net that reads signs of music")
    .argument("<image>", "image of one staff")
    .option("--out <file>", "MusicXML file to write")
    .option("--midi <file>", "MIDI file to write")
    .option("--json", "print one object")
    .action((run: string, image: string, options: Options) => score(run, image, options, console));
  addEngineFlags(command);
}
