// A CSV file whose rows begin with the epoch that they tell of. It begins with its first rows, so that
// a run which has none leaves no file.

import { csvRow } from "../../text/csv.js";
import { sixDigits } from "../../text/format.js";
import type { RunStart } from "../../train/events.js";
import type { RunLog } from "../runLog.js";

/** Six digits are enough for reading; what is not known stays empty. */
export const cell = (value: number | null | undefined): number | undefined =>
  value === undefined || value === null ? undefined : sixDigits(value);

const rowOf = (values: readonly (number | undefined)[]): string => csvRow(values.map(cell));

const parse = (line: string): number[] =>
  line.split(",").map((text) => (text.trim() === "" ? Number.NaN : Number(text)));

/** A table that grows with a run. */
export class EpochTable {
  constructor(
    private readonly log: RunLog,
    /** Names of the columns behind the epoch. */
    private readonly columns: readonly string[],
  ) {}

  /** A resumed run's table keeps the rows of the epochs before it; damaged ones are left out. */
  async begin({ resumed }: RunStart): Promise<void> {
    if (!this.log.exists) return;
    const first = resumed?.epoch ?? 1;
    const found = await this.log.read();
    const kept = found.split("\n").filter((line) => this.isRow(line) && parse(line)[0] < first);
    const text = [this.header, ...kept].map((line) => `${line}\n`).join("");
    if (text !== found) await this.log.rewrite(text);
  }

  async append(epoch: number, rows: readonly (readonly (number | undefined)[])[]): Promise<void> {
    if (rows.length === 0) return;
    if (!this.log.exists) await this.log.rewrite(`${this.header}\n`);
    this.log.append(rows.map((row) => `${rowOf([epoch, ...row])}\n`).join(""));
  }

  /** All rows, the epoch in front; NaN where a cell is empty. */
  async rows(): Promise<number[][]> {
    return (await this.log.read())
      .split("\n")
      .filter((line) => this.isRow(line))
      .map(parse);
  }

  /** Whether a line is what {@link append} writes. */
  private isRow(line: string): boolean {
    const [epoch, ...cells] = line.split(",");
    return (
      cells.length === this.columns.length &&
      /^[1-9]\d*$/.test(epoch) &&
      cells.every((text) => text === "" || `${cell(Number(text))}` === text)
    );
  }

  private get header(): string {
    return csvRow(["epoch", ...this.columns]);
  }
}
