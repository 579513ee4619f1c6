// `convoy predict RUN IMAGE...`: what a run's best weights say of images, as lines, JSON or a table.

import { statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import type { Command } from "commander";
import { listImages } from "../data/index.js";
import { AtomicFile, writeFileAtomic } from "../files/atomicFile.js";
import { expectEmpty, makeFolder } from "../files/folders.js";
import { InputError } from "../inputError.js";
import {
  drawPrediction,
  type OpenTrainedOptions,
  openTrained,
  predictFiles,
  type Trained,
} from "../runs/index.js";
import { captionOf, type Prediction, type Task } from "../tasks/index.js";
import { csvRow, spreadsheetSafe } from "../text/csv.js";
import { counted, percent } from "../text/format.js";
import { printable } from "../text/printable.js";
import { count, precisionOption, viewsOption } from "./arguments.js";
import { type Console, say } from "./console.js";
import { addEngineFlags, type EngineFlags } from "./engineFlags.js";
import { parseNumber } from "./flags.js";
import { expectNoImage, tellUnusable } from "./imageArguments.js";

interface Options extends EngineFlags {
  readonly top: number;
  readonly views?: string;
  readonly precision?: OpenTrainedOptions["precision"];
  readonly json?: boolean;
  readonly out?: string;
  readonly places?: string;
  readonly confidence?: number;
  readonly draw?: string;
}

const short = (value: string | number) =>
  typeof value === "number" ? Number(value.toPrecision(4)) : value;

/** `cat 93.10 %, dog 6.20 %` of classes with probabilities; of anything else its row of a table, `age 31.42`. */
export function inWords({ task }: Pick<Trained, "task">, prediction: Prediction): string {
  const { classes } = prediction as { classes?: { class: string; probability: number }[] };
  const parts = classes
    ? classes.map((one) => `${one.class} ${percent(one.probability)}`)
    : task
        .row(prediction)
        .map(([name, value]) => (value === "" ? `no ${name}` : `${name} ${short(value)}`));
  return parts.join(", ");
}

/** Takes predictions one by one. */
interface Sink {
  add(file: string, prediction: Prediction): Promise<void> | void;
}

/** Rows of a table: what its columns are called, and what an image's rows hold. */
interface Rows {
  columns(prediction: Prediction): readonly string[];
  of(prediction: Prediction): readonly (readonly (string | number)[])[];
}

/** A row for each image; the columns are those of the first prediction. */
const imageRows = (task: Task): Rows => ({
  columns: (prediction) => task.row(prediction).map(([column]) => column),
  of: (prediction) => [task.row(prediction).map(([, value]) => value)],
});

/** A row for each point or box. */
function placeRows({ things, name }: Task): Rows {
  if (things) return { columns: () => things.columns, of: (prediction) => things.rows(prediction) };
  throw new InputError(`--places: task ${name} tells no places; leave it out, or use --out`);
}

/** A CSV table that is written row by row. */
class Table implements Sink {
  written = 0;
  private begun = false;

  private constructor(
    private readonly file: AtomicFile,
    private readonly rows: Rows,
  ) {}

  /** Opens the file of a table, which must be none of the images. */
  static async open(flag: string, path: string, rows: Rows, images: readonly string[]) {
    expectNoImage(flag, path, images);
    return new Table(await AtomicFile.open(path), rows);
  }

  private line(cells: readonly (string | number)[]): Promise<void> {
    const safe = cells.map((cell) => (typeof cell === "string" ? spreadsheetSafe(cell) : cell));
    return this.file.write(`${csvRow(safe)}\n`);
  }

  async add(image: string, prediction: Prediction): Promise<void> {
    if (!this.begun) await this.line(["file", ...this.rows.columns(prediction)]);
    this.begun = true;
    for (const row of this.rows.of(prediction)) {
      await this.line([image, ...row]);
      this.written++;
    }
  }

  /** Gives the file its name, unless nothing was predicted. */
  async finish(): Promise<void> {
    if (this.begun) await this.file.finish();
  }

  discard(): Promise<void> {
    return this.file.discard();
  }
}

/** Opens the tables that are asked for, by their paths, into a map that knows of each as soon as it is open. */
async function openTables(
  tables: Map<string, Table>,
  { out, places }: Pick<Options, "out" | "places">,
  { task }: Trained,
  images: readonly string[],
): Promise<void> {
  if (out !== undefined && places !== undefined && resolve(out) === resolve(places)) {
    throw new InputError(`--out and --places are both ${out}; name two files`);
  }
  const rows = places === undefined ? undefined : placeRows(task);
  if (out !== undefined) tables.set(out, await Table.open("--out", out, imageRows(task), images));
  if (rows) tables.set(places!, await Table.open("--places", places!, rows, images));
}

/** Refuses a least confidence where nothing heeds it. */
export function checkConfidence(confidence: number | undefined, { name, saysFrom }: Task): void {
  if (confidence === undefined) return;
  if (!saysFrom) {
    throw new InputError(`--confidence has no effect on task ${name}; leave it out`);
  }
  if (confidence >= 0 && confidence <= 1) return;
  throw new InputError(`--confidence is ${confidence}; expected a number from 0 to 1`);
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
function drawingsIn(
  folder: string,
  { task, info }: Trained,
  images: readonly string[],
): Sink & { readonly drawn: number } {
  const home = images.find((image) => resolve(dirname(image)) === resolve(folder));
  if (home !== undefined) {
    throw new InputError(`--draw ${folder} is where ${home} lies; name another folder`);
  }
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false) {
    throw new InputError(`--draw ${folder} is a file; name a folder`);
  }
  makeFolder(folder);
  expectEmpty(folder);
  const taken = new Set<string>();
  return {
    get drawn() {
      return taken.size;
    },
    async add(image, prediction) {
      const stem = basename(image, extname(image));
      let name = stem;
      for (let twin = 2; taken.has(name); twin++) name = `${stem}-${twin}`;
      taken.add(name);
      const title = captionOf(task, prediction);
      const drawn = await drawPrediction(image, prediction, title, info.names);
      await writeFileAtomic(join(folder, `${name}.png`), drawn);
    },
  };
}

export function define(command: Command, console: Console): void {
  addEngineFlags(command);
  command
    .argument("<run>", "run folder, or an ONNX file that convoy export wrote")
    .argument("<images...>", "image files, folders of them, or patterns such as 'photos/*.jpg'")
    .option("--top <number>", "classes to name", count, 3)
    .addOption(viewsOption())
    .addOption(precisionOption())
    .option("--out <file>", "write a CSV table with a row for each image")
    .option("--places <file>", "write a CSV table with a row for each point or box")
    .option("--confidence <number>", "least confidence of a tag, point or box", parseNumber)
    .option("--draw <folder>", "draw what was found into copies of the images")
    .option("--json", "print a line of JSON for each image")
    .action(async (run: string, named: string[], options: Options) => {
      const { top, engine, threads, views, precision, json, draw, confidence } = options;
      const files = await listImages(named);
      const net = await openTrained(run, { engine, threads, views, precision });
      const tables = new Map<string, Table>();
      try {
        checkConfidence(confidence, net.task);
        await openTables(tables, options, net, files);
        const drawings = draw === undefined ? undefined : drawingsIn(draw, net, files);
        const sinks = [
          ...tables.values(),
          ...(drawings ? [drawings] : []),
          ...(tables.size > 0 && !json ? [] : [linesOn(console, net, json)]),
        ];
        const unusable: string[] = [];
        const said = predictFiles(net, files, { top, confidence });
        for await (const { at, prediction, reason } of said) {
          if (prediction) for (const sink of sinks) await sink.add(files[at], prediction);
          else unusable.push(`${files[at]}: ${reason}`);
        }
        for (const [path, table] of tables) {
          await table.finish();
          if (unusable.length < files.length && !json)
            say(console.out, `${counted(table.written, "row")} in ${path}`);
        }
        if (drawings && !json) {
          say(console.out, `${counted(drawings.drawn, "drawing")} in ${draw}`);
        }
        tellUnusable(unusable, files.length, console);
      } finally {
        for (const table of tables.values()) await table.discard();
        await net.close();
      }
    });
}
