// What a learning-rate schedule is.

/** How far a run has come: `step` of `total` steps are done. */
export interface Progress {
  readonly step: number;
  readonly total: number;
  /** Losses on the selection set of the finished epochs; default none. */
  readonly losses?: readonly number[];
}

/** A schedule as data: a new one is a file with such a record, a test and one line in the index. */
export interface Schedule {
  readonly name: string;
  /** Where it comes from: authors, year, arXiv id. */
  readonly source: string;
  /** What the base learning rate is multiplied by; a pure function, so that a run can be resumed. */
  readonly factor: (progress: Progress) => number;
}
