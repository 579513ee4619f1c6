// What all that compress a run are told, and what they tell.

import type { EngineOptions } from "../../engine/index.js";
import type { MetricValues, Score } from "../../tasks/index.js";
import type { OwnSetsOptions } from "../ownSets.js";
import type { TrainOptions } from "../train.js";
import type { Measuring } from "./measured.js";

/** Settings of all; beside these, what an engine may be told. */
export interface CompressOptions extends EngineOptions, Omit<OwnSetsOptions, "moved"> {
  /** Folder of the run that is made; it holds nothing yet. */
  readonly out: string;
}

/** Settings of those that may train. */
export interface CompressTrainingOptions
  extends CompressOptions,
    Pick<TrainOptions, "listeners" | "signal"> {}

/** What all tell. */
export interface CompressReport {
  readonly run: string;
  readonly out: string;
  readonly score: Score;
  /** What the score lost, in points of a share or the score's unit; below 0 where it won. */
  readonly lost: number;
}

/** What is told of a net that is changed and perhaps trained on. */
export interface ChangedReport extends CompressReport {
  /** Selection images, which the metrics are of. */
  readonly images: number;
  readonly before: MetricValues;
  /** After training; as before it where there is none. */
  readonly after: MetricValues;
}

/** Settings by who follows them: those that measure nets, those that watch a training, and the way's own. */
export function partsOf<O extends CompressTrainingOptions>(run: string, options: O) {
  const { out, data, onProgress, engine, threads, listeners, signal, ...own } = options;
  const moved = `say where: convoy compress ${run} --data NEW`;
  const measuring: Measuring = { engine: { engine, threads }, sets: { data, moved, onProgress } };
  return { out, measuring, watch: { listeners, signal, onProgress, stopFile: false }, own };
}
