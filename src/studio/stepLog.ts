// What metrics.jsonl tells between the epochs. It may be long, so that it is read on from where it was left.

import type { RescueRow, StepLog } from "./api.js";
import { readPiece, stampOf } from "./ownFile.js";

/** Means that are kept at most: twice as many steps go into each when there would be more. */
const MOST_LOSSES = 400;
const MOST_RESCUES = 500;

/** Bytes that are read at once, so that nobody waits long for a long file. */
const PIECE = 8 * 1024 * 1024;

/** Means of equally many losses one after the other. */
export class LossMeans {
  every = 1;
  private means: number[] = [];
  private sum = 0;
  private count = 0;

  add(loss: number): void {
    this.sum += loss;
    this.count++;
    if (this.count < this.every) return;
    this.means.push(this.sum / this.count);
    [this.sum, this.count] = [0, 0];
    if (this.means.length < 2 * MOST_LOSSES) return;
    const pairs = Array.from({ length: MOST_LOSSES }, (_, at) => 2 * at);
    this.means = pairs.map((at) => (this.means[at] + this.means[at + 1]) / 2);
    this.every *= 2;
  }

  get losses(): readonly number[] {
    return this.means;
  }
}

type Line = Readonly<Record<string, unknown>>;

const isNumber = (value: unknown): value is number => Number.isFinite(value);

/** A line of the file; `undefined` for one that is damaged. */
function parse(text: string): Line | undefined {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === "object" && line !== null ? (line as Line) : undefined;
  } catch {
    return undefined;
  }
}

/** The rescues that a round tells of. */
function rescuesOf({ epoch, rescued }: Line): RescueRow[] {
  if (!Array.isArray(rescued)) return [];
  return rescued.flatMap((each: Line | null) => {
    const { particle, from, loss, fromLoss } = each ?? {};
    const row = { epoch, particle, from, loss, fromLoss };
    return Object.values(row).every(isNumber) ? [row as RescueRow] : [];
  });
}

/** Follows one file. */
export class StepLogReader {
  private means = new LossMeans();
  private rescues: RescueRow[] = [];
  private offset = 0;
  private file = "";

  constructor(private readonly path: string) {}

  /** What it tells so far; null where there is no such file. */
  read(): StepLog | null {
    const [file = "", size = "0"] = stampOf(this.path).split(" ");
    if (file === "") return null;
    if (file !== this.file || Number(size) < this.offset) this.begin(file);
    this.readOn();
    const { losses, every } = this.means;
    return { losses, every, rescues: this.rescues };
  }

  private begin(file: string): void {
    this.file = file;
    this.offset = 0;
    this.means = new LossMeans();
    this.rescues = [];
  }

  /** Reads on to the last whole line. Of a line that is longer than a piece nothing is kept. */
  private readOn(): void {
    for (;;) {
      const piece = readPiece(this.path, this.offset, PIECE);
      const lines = piece.lastIndexOf("\n") + 1;
      const whole = lines === 0 && piece.length === PIECE ? PIECE : lines;
      if (whole === 0) return;
      this.offset += whole;
      for (const line of piece.toString("utf8", 0, whole).split("\n")) this.take(parse(line));
    }
  }

  private take(line: Line | undefined): void {
    if (line?.type === "step" && isNumber(line.loss)) this.means.add(line.loss);
    if (line?.type !== "round" || this.rescues.length >= MOST_RESCUES) return;
    this.rescues = [...this.rescues, ...rescuesOf(line)];
  }
}
