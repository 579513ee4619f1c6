// What the server of the studio tells its page: plain data. The page imports these types and nothing else of the sources.

import type { Summary as ModelSummary } from "../models/index.js";
import type { LiveStatus } from "../runs/index.js";
import type { MetricInfo, Score } from "../tasks/index.js";

export type { LiveStatus, MetricInfo, ModelSummary, Score };

/** At work; at its end; begun and left, so that it can be resumed; not to be read. */
export type RunState = "running" | "finished" | "stopped" | "unreadable";

/** A table of numbers by column; null for what is not known. */
export interface NumberTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (number | null)[])[];
}

/** A run in the list. */
export interface RunRow {
  /** Names the run in requests. */
  readonly id: string;
  /** Path below the folder that is shown. */
  readonly path: string;
  readonly state: RunState;
  /** When its tables were written last, in milliseconds since 1970. */
  readonly updated: number;
  /** Of an unreadable one: why. */
  readonly fault?: string;
  readonly model?: string;
  readonly task?: string;
  readonly data?: string;
  readonly optimizer?: string;
  readonly seed?: number;
  /** Nets of a swarm; absent for a single net. */
  readonly particles?: number;
  readonly epochs?: { readonly done: number; readonly planned: number };
  /** Best score on the selection set so far, and what it is. */
  readonly best?: number;
  readonly metric?: MetricInfo;
  /** The score on the test set. */
  readonly test?: number;
  readonly seconds?: number;
  /** Scores of evenly spaced epochs. */
  readonly curve?: readonly (number | null)[];
}

/** What a run was made with. */
export interface RunHead {
  readonly path: string;
  readonly state: RunState;
  readonly fault?: string;
  readonly model?: string;
  readonly task?: string;
  readonly data?: string;
  /** Images to learn from, to choose by and to test with. */
  readonly images?: { readonly train: number; readonly selection: number; readonly test: number };
  readonly parameters?: number;
  readonly versions?: { readonly convoy: string; readonly node: string };
  readonly metrics?: readonly MetricInfo[];
  readonly score?: Score;
  /** Settings by name, as text. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A net of a swarm that took the place of another one; as in metrics.jsonl. */
export interface RescueRow {
  readonly epoch: number;
  readonly particle: number;
  readonly from: number;
  readonly loss: number;
  readonly fromLoss: number;
}

/** What metrics.jsonl tells between the epochs. */
export interface StepLog {
  /** Mean loss of each `every` steps one after the other, of a single net. */
  readonly losses: readonly number[];
  readonly every: number;
  readonly rescues: readonly RescueRow[];
}

/** Positions of a swarm's nets in the plane in which they spread most. */
export interface Places {
  /** Rows of epoch, particle, x, y. */
  readonly points: readonly (readonly [number, number, number, number])[];
  /** Shares of the variance along x and y. */
  readonly shares: readonly [number, number];
}

/** How classes are taken for each other: a row for each true class. */
export interface ConfusionTable {
  readonly classes: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

/** What a run came to: of summary.json what the page shows. */
export interface Ending {
  readonly best?: { readonly epoch: number; readonly score: number };
  /** Metrics on the test set by name. */
  readonly test?: Readonly<Record<string, number | null>>;
  readonly imagesPerSecond: number;
  readonly seconds: number;
}

/** All that is told of a run; null for a part that there is not. */
export interface RunParts {
  readonly head: RunHead;
  readonly live: LiveStatus | null;
  readonly summary: Ending | null;
  readonly results: NumberTable | null;
  readonly particles: NumberTable | null;
  readonly swarm: NumberTable | null;
  readonly log: StepLog | null;
  readonly places: Places | null;
  readonly confusion: ConfusionTable | null;
  /** Rows of images behind the confusion: the numbers of the true and the said class, and how many images there are. */
  readonly confused: NumberTable | null;
}

export type PartName = keyof RunParts;

/** A part that has changed: its new value, or rows that a table has from `from` on. */
export type PartChange =
  | { readonly part: PartName; readonly value: unknown }
  | { readonly part: PartName; readonly from: number; readonly rows: NumberTable["rows"] };

/** What a search of settings looks for. */
export interface StudyObjective {
  readonly name: string;
  readonly better: "higher" | "lower";
  readonly unit?: MetricInfo["unit"];
}

/** A trial of a search. */
export interface TrialRow {
  readonly number: number;
  /** Names its run in requests, which may be there or not. */
  readonly run: string;
  readonly settings: Readonly<Record<string, number | string>>;
  /** By objective, once it is over. */
  readonly values?: Readonly<Record<string, number | null>>;
  readonly epochs?: number;
  /** Where it stopped, of trials that may stop early. */
  readonly until?: number;
  /** Why it has no values. */
  readonly failed?: string;
}

/** A search of settings in the list. */
export interface StudyRow {
  readonly id: string;
  /** Path below the folder that is shown. */
  readonly path: string;
  readonly isRunning: boolean;
  /** When a trial was written last, in milliseconds since 1970. */
  readonly updated: number;
  readonly data: string;
  readonly sampler: string;
  /** The first one decides. */
  readonly objectives: readonly StudyObjective[];
  /** Trials that there shall be; absent where time decides. */
  readonly planned?: number;
  /** Trials that are over, and those of them that failed. */
  readonly over: number;
  readonly failed: number;
  /** The trials that none beats in all objectives; of one objective the best. */
  readonly front: readonly number[];
  /** The best value of the first objective. */
  readonly best?: number;
}

/** A search with its trials. */
export interface StudyParts extends StudyRow {
  readonly trials: readonly TrialRow[];
}

/** What a training is asked to be, of images that were brought. */
export interface TrainingAsked {
  /** Name of the set of images. */
  readonly set: string;
  /** Default 30. */
  readonly epochs?: number;
  /** Pixels of a side that images are brought to; default 64. */
  readonly size?: number;
  /** Whether what is mirrored is the same thing; default yes. */
  readonly mirror?: boolean;
}

/** What a net says of an image: of classes all of them, the likeliest first. */
export interface Said {
  readonly classes?: readonly { readonly class: string; readonly probability: number }[];
  readonly [name: string]: unknown;
}

/** A selection image on which a net has a large loss. */
export interface WorstImage {
  /** Its number. */
  readonly at: number;
  readonly loss: number;
}
