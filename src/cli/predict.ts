// `convoy predict RUN IMAGE...`: what a run's best weights say of images, as lines, JSON or a table.

import { statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import type { Command } from "commander";
import { listImages } from "../data/index.js";
import { AtomicFile, writeFileAtomic } from "../files/atomicFile.js";
import { InputError } from "../inputError.js";
import { drawPrediction, openTrained, predictFiles, type Trained } from "../runs/index.js";
import type { Prediction } from "../tasks/index.js";
import { csvRow, spreadsheetSafe } from "../text/csv.js";
import { grouped, percent } from "../text/format.js";
import { printable } from "../text/printable.js";
import { count } from "./arguments.js";
import { type Console, say } from "./console.js";

/** Unusable files that are named. */
const NAMED = 10;

interface Options {
  readonly top: number;
  readonly engine?: string;
  readonly json?: boolean;
  readonly out?: string;
  readonly draw?: string;
}

const short = (value: string | number) =>
  typeof value === "number" ? Number(value.toPrecision(4)) : value;

/** `cat 93.10 %, dog 6.20 %` of classes with probabilities; of anything else its row of a table, `age 31.42`. */
export function inWords({ task }: Pick<Trained, "task">, prediction: Prediction): string {
  const { classes } = prediction as { classes?: { class: string; probability: number }[] };
  const parts = classes
    ? classes.map((one) => `${one.class} ${percent(one.probability)}`)
    : task.row(prediction).map(([name, value]) => `${name} ${short(value)}`);
  return parts.join(", ");
}

/** Takes predictions one by one. */
interface Sink {
  add(file: string, prediction: Prediction): Promise<void> | void;
}

/** A CSV table; its columns are those of the first prediction. */
function tableIn(file: AtomicFile, { task }: Trained): Sink {
  let begun = false;
  return {
    async add(image, prediction) {
      const row = [["file", image] as const, ...task.row(prediction)];
      if (!begun) await file.write(`${csvRow(row.map(([column]) => spreadsheetSafe(column)))}\n`);
      begun = true;
      const cells = row.map(([, value]) =>
        typeof value === "string" ? spreadsheetSafe(value) : value,
      );
      await file.write(`${csvRow(cells)}\n`);
    },
  };
}

/** The file of a table, which must be none of the images. */
async function openTable(path: string, images: readonly string[]): Promise<AtomicFile> {
  const image = images.find((one) => resolve(one) === resolve(path));
  if (image === undefined) return AtomicFile.open(path);
  throw new InputError(`--out ${path} is one of the images; name another file`);
}

function linesOn(console: Console, net: Trained, json: boolean | undefined): Sink {
  return {
    add(file, prediction) {
      if (json) say(console.out, JSON.stringify({ file, ...prediction }));
      else say(console.out, printable(`${file}: ${inWords(net, prediction)}`));
    },
  };
}

/** Draws into copies of the images, in a folder that must be none of theirs. */
async function drawingsIn(
  folder: string,
  { task, info }: Trained,
  images: readonly string[],
): Promise<Sink> {
  const home = images.find((image) => resolve(dirname(image)) === resolve(folder));
  if (home !== undefined) {
    throw new InputError(`--draw ${folder} is where ${home} lies; name another folder`);
  }
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false) {
    throw new InputError(`--draw ${folder} is a file; name a folder`);
  }
  await mkdir(folder, { recursive: true });
  const taken = new Set<string>();
  return {
    async add(image, prediction) {
      const stem = basename(image, extname(image));
      let name = stem;
      for (let twin = 2; taken.has(name); twin++) name = `${stem}-${twin}`;
      taken.add(name);
      const title = inWords({ task }, prediction);
      const drawn = await drawPrediction(image, prediction, title, info.names);
      await writeFileAtomic(join(folder, `${name}.png`), drawn);
    },
  };
}

/** Tells which files could not be used; throws when none could. */
function tellUnusable(unusable: readonly string[], files: number, console: Console): void {
  if (unusable.length === 0) return;
  for (const line of unusable.slice(0, NAMED)) say(console.err, line);
  const more = unusable.length - NAMED;
  if (more > 0) say(console.err, `... and ${grouped(more)} more`);
  const message = `${grouped(unusable.length)} of ${grouped(files)} images cannot be used`;
  if (unusable.length === files) throw new InputError(message);
  say(console.err, `warning: ${message}; the others are done`);
}

export function define(command: Command, console: Console): void {
  command
    .argument("<run>", "run folder")
    .argument("<images...>", "image files, folders of them, or patterns such as 'photos/*.jpg'")
    .option("--top <number>", "classes to name", count, 3)
    .option("--engine <name>", "auto, native or reference", "auto")
    .option("--out <file>", "write a CSV table with a row for each image")
    .option("--draw <folder>", "draw what was found into copies of the images")
    .option("--json", "print a line of JSON for each image")
    .action(async (run: string, named: string[], { top, engine, json, out, draw }: Options) => {
      const files = await listImages(named);
      const net = await openTrained(run, { engine });
      let table: AtomicFile | undefined;
      try {
        if (out !== undefined) table = await openTable(out, files);
        const sinks = [
          ...(table ? [tableIn(table, net)] : []),
          ...(draw === undefined ? [] : [await drawingsIn(draw, net, files)]),
          ...(table && !json ? [] : [linesOn(console, net, json)]),
        ];
        const unusable: string[] = [];
        for await (const { at, prediction, reason } of predictFiles(net, files, { top })) {
          if (prediction) for (const sink of sinks) await sink.add(files[at], prediction);
          else unusable.push(`${files[at]}: ${reason}`);
        }
        const rows = files.length - unusable.length;
        if (rows > 0) await table?.finish();
        if (rows > 0 && table && !json)
          say(console.out, `${grouped(rows)} ${rows === 1 ? "row" : "rows"} in ${out}`);
        tellUnusable(unusable, files.length, console);
      } finally {
        await table?.discard();
        await net.close();
      }
    });
}
