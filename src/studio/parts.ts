// What is told of a run, part by part: from which files each is made, and how.

import { join } from "node:path";
import type { z } from "zod";
import { parseJson } from "../files/json.js";
import { runFiles, swarmPlane } from "../runs/index.js";
import { parseCsv, spreadsheetPlain } from "../text/csv.js";
import type { ConfusionTable, PartName, Places, RunParts } from "./api.js";
import type { FoundRun } from "./findRuns.js";
import { headOf } from "./head.js";
import { parseNumbers } from "./numberTable.js";
import { readOwn } from "./ownFile.js";
import { ending, liveStatus } from "./schemas.js";
import type { StepLogReader } from "./stepLog.js";

/** A run with what is remembered between two looks at it. */
export interface WatchedRun {
  readonly run: FoundRun;
  readonly log: StepLogReader;
}

/** One part. */
interface Part<T> {
  /** The part is made again when one of these has changed. */
  readonly files: readonly string[];
  make(watched: WatchedRun): T;
}

/** Points of the plane at most; finding it takes their number to the third. */
const MOST_POINTS = 160;
/** Classes of a confusion that is still to be looked at. */
const MOST_CLASSES = 200;

const textOf = ({ run }: WatchedRun, name: keyof typeof runFiles) =>
  readOwn(join(run.folder, runFiles[name]));

/** What a run has written as JSON; null for what is damaged, another program's or not there. */
function parsed<S extends z.ZodType>(text: string | undefined, schema: S): z.output<S> | null {
  try {
    return schema.safeParse(parseJson(text ?? "null")).data ?? null;
  } catch {
    return null;
  }
}

/** live.json by its text. */
export const liveOf = (text: string | undefined) => parsed(text, liveStatus);

const jsonOf = <S extends z.ZodType>(
  watched: WatchedRun,
  name: keyof typeof runFiles,
  schema: S,
): z.output<S> | null => parsed(textOf(watched, name), schema);

const tableOf = (watched: WatchedRun, name: keyof typeof runFiles) =>
  parseNumbers(textOf(watched, name) ?? "");

/** Positions by epoch and net. */
export function placesOf(text: string): Places | null {
  const rows = (parseNumbers(text)?.rows ?? []).filter((row) => row.every((cell) => cell !== null));
  if (rows.length < 2) return null;
  const { shown, plane } = swarmPlane(rows as number[][], MOST_POINTS);
  return {
    points: shown.map(([epoch, particle], at) => [epoch, particle, plane.x[at], plane.y[at]]),
    shares: plane.shares,
  };
}

/** The table of confusions; null for one that is damaged, or too large to be looked at. */
export function confusionOf(text: string): ConfusionTable | null {
  try {
    const [head, ...rows] = parseCsv(text, runFiles.confusionTable).map(({ cells }) => cells);
    const counts = rows.map((row) => row.slice(1).map(Number));
    const square = counts.every((row) => row.length === rows.length && row.every(Number.isFinite));
    if (!head || !square || rows.length > MOST_CLASSES) return null;
    return { classes: head.slice(1).map(spreadsheetPlain), counts };
  } catch {
    return null;
  }
}

/** All parts, in the order in which they are sent. */
export const parts: { readonly [P in PartName]: Part<RunParts[P]> } = {
  head: {
    files: [runFiles.config],
    make: ({ run }) => headOf(run),
  },
  live: { files: [runFiles.live], make: (run) => jsonOf(run, "live", liveStatus) },
  results: { files: [runFiles.results], make: (run) => tableOf(run, "results") },
  particles: { files: [runFiles.particles], make: (run) => tableOf(run, "particles") },
  swarm: { files: [runFiles.swarm], make: (run) => tableOf(run, "swarm") },
  log: { files: [runFiles.metrics], make: ({ log }) => log.read() },
  places: { files: [runFiles.places], make: (run) => placesOf(textOf(run, "places") ?? "") },
  summary: { files: [runFiles.summary], make: (run) => jsonOf(run, "summary", ending) },
  confusion: {
    files: [runFiles.confusionTable],
    make: (run) => confusionOf(textOf(run, "confusionTable") ?? ""),
  },
  confused: { files: [runFiles.confusedRows], make: (run) => tableOf(run, "confusedRows") },
};

/** Names of the parts, in their order. */
export const partNames = Object.keys(parts) as PartName[];
