// Where what lies in a run folder, and how run folders are named.

import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { absolute } from "../files/folders.js";

/** Files of a run folder, relative to it. */
export const runFiles = {
  config: "config.json",
  results: "results.csv",
  metrics: "metrics.jsonl",
  events: "events.out.tfevents.convoy",
  particles: "particles.csv",
  swarm: "swarm.csv",
  distances: "distances.csv",
  places: "places.csv",
  track: "track.svg",
  summary: "summary.json",
  state: "state.safetensors",
  previousState: "state.previous.safetensors",
  best: "weights/best.safetensors",
  last: "weights/last.safetensors",
  curves: "curves.svg",
  confusion: "confusion.svg",
  precisionRecall: "precision-recall.svg",
  confusionTable: "confusion.csv",
  confused: "confused.svg",
  confusedRows: "confused.csv",
  live: "live.json",
  stop: "stop",
} as const;

/** Folder of the weights in a run folder. */
export const WEIGHTS_FOLDER = "weights";

/** Letters of a name that enter that of a folder: with number and model it stays far below any limit. */
const MOST_LETTERS = 60;

/** A name as a part of a folder's, in any script; never hidden, never empty. */
function readable(name: string, otherwise: string): string {
  const plain = name.normalize("NFC").replace(/[^\p{L}\p{M}\p{N}_.-]+/gu, "-");
  const letters = [...plain.replace(/^[.-]+|[.-]+$/g, "")].slice(0, MOST_LETTERS);
  return letters.join("") || otherwise;
}

/**
 * `runs/<data>-<model>`, to which a number is added.
 *
 * @param data name or path of the data; a path stands for what it leads to: `.` for the working folder
 */
export const runStem = (data: string, model: string): string =>
  join("runs", `${readable(basename(absolute(data)), "data")}-${readable(model, "model")}`);

/** The first folder `<stem>-<number>` that is not there. */
export function freeFolder(stem: string): string {
  for (let number = 1; ; number++) if (!existsSync(`${stem}-${number}`)) return `${stem}-${number}`;
}
